import { DEPTHS, type Depth } from '../engine/useThinking.js';

const LINES = [1, 3, 5, 10, 20];

/** Fields that choose how much the model thinks. */
export function DepthFields({ depth, onChange }: { depth: Depth; onChange: (depth: Depth) => void }) {
  return (
    <div class="depth">
      <label>
        Simulations
        <select
          value={depth.simulations}
          onChange={({ currentTarget }) => onChange({ ...depth, simulations: Number(currentTarget.value) })}
        >
          {DEPTHS.map((simulations) => (
            <option key={simulations} value={simulations}>
              {simulations.toLocaleString('en')}
            </option>
          ))}
        </select>
      </label>
      <label>
        Lines
        <select
          value={depth.lines}
          onChange={({ currentTarget }) => onChange({ ...depth, lines: Number(currentTarget.value) })}
        >
          {LINES.map((lines) => (
            <option key={lines} value={lines}>
              {lines}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
