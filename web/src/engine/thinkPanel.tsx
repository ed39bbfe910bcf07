/** The model's opinion: winning chances, best moves, and the line that it expects after each. */
import { chanceName, wonFraction } from '../../../src/arena/gameAnalysis.js';
import type { Line } from '../../../src/arena/thinker.js';
import { type Position, printMove } from '../../../src/game/notation.js';
import { TURN } from '../../../src/game/state.js';
import { movesOf } from '../play/replies.js';
import { signed } from '../table/move.js';
import { MoveText } from '../table/moveText.js';
import type { Thoughts } from './useThinking.js';

/** Moves of an expected line that are written out. */
const SHOWN = 6;

export interface ThinkPanelProps {
  position: Position;
  names: readonly string[];
  thoughts: Thoughts | undefined;
  /** Shows the first `count` moves of an expected line on the table. */
  onShow: (pv: readonly number[], count: number) => void;
}

export function ThinkPanel({ position, names, thoughts, onShow }: ThinkPanelProps) {
  const report = thoughts?.report;
  if (thoughts?.failed) {
    return (
      <div class="buttons">
        <span class="fault">The model has stopped thinking.</span>
        <button type="button" onClick={thoughts.again}>
          Ask again
        </button>
      </div>
    );
  }
  if (!report) return <p class="quiet">The model looks at the position…</p>;
  const mover = position.state[TURN]!;
  return (
    <div class="thoughts">
      <dl class="chances">
        {names.map((name, seat) => (
          <div key={seat}>
            <dt>{name}</dt>
            <dd>
              <meter
                min={0}
                max={1}
                value={wonFraction(report.values[seat]!)}
                aria-label={`${chanceName(names.length)} of ${name}`}
              />
              <b>{percent(wonFraction(report.values[seat]!))}</b>
              <span title="expected points ahead at the end">{signed(report.margins[seat]!, 1)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <table class="lines">
        <caption>
          Best moves after {report.sims} simulations{thoughts?.thinking ? ', thinking on…' : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">Move</th>
            <th scope="col">{names.length === 2 ? 'Wins' : 'Beats'}</th>
            <th scope="col">Points</th>
            <th scope="col">Visits</th>
          </tr>
        </thead>
        <tbody>
          {report.lines.map((line) => (
            <LineRows key={line.action} line={line} mover={mover} position={position} onShow={onShow} />
          ))}
        </tbody>
      </table>
      <p class="quiet legend">Percentages on tiles are the network’s first instinct, before the search.</p>
    </div>
  );
}

function LineRows({
  line,
  mover,
  position,
  onShow,
}: Pick<ThinkPanelProps, 'position' | 'onShow'> & { line: Line; mover: number }) {
  const { rules } = position;
  const moves = movesOf({ start: position, tokens: line.pv.slice(0, SHOWN).map((action) => printMove(rules, action)) });
  const [first, ...rest] = moves.filter((move) => move !== undefined);
  return (
    <>
      <tr>
        <th scope="row">
          <MoveText move={first!} rules={rules} />
        </th>
        <td>{percent(wonFraction(line.values[mover]!))}</td>
        <td>{signed(line.margins[mover]!, 1)}</td>
        <td>{line.visits}</td>
      </tr>
      <tr class="pv">
        <td colSpan={4}>
          <button type="button" onClick={() => onShow(line.pv, line.pv.length)} aria-label="play out the line">
            <svg viewBox="0 0 10 10" width="9" height="9" aria-hidden="true">
              <path d="M1 0.5v9l8-4.5z" fill="currentColor" />
            </svg>
          </button>
          {rest.map((move, i) => (
            <button key={i} type="button" onClick={() => onShow(line.pv, i + 2)}>
              <MoveText move={move} rules={rules} />
            </button>
          ))}
        </td>
      </tr>
    </>
  );
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
