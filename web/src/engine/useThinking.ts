import { useEffect, useState } from 'preact/hooks';
import type { PolicyAndValues, SearchReport } from '../../../src/arena/thinker.js';
import { type Position, printPosition } from '../../../src/game/notation.js';
import { PHASE, PLAYING } from '../../../src/game/state.js';
import { type Engine, Withdrawn } from './engine.js';

/** Simulations of the searches, which follow one another up to the depth that is wanted. */
const SIMULATIONS = [200, 1000, 5000, 20_000, 100_000];
const SEED = 0;

/** How much the model thinks. */
export interface Depth {
  /** Simulations of the last search, one of DEPTHS. */
  simulations: number;
  /** Number of best moves that are shown. */
  lines: number;
}

export const DEPTHS = SIMULATIONS.slice(1);
export const STANDARD_DEPTH: Depth = { simulations: 5000, lines: 5 };

/** Resolves once the changes are on the screen. Until then the worker leaves the cores to drawing. */
async function drawn(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}

export interface Thoughts {
  /** The position, as text. */
  key: string;
  evaluation?: PolicyAndValues;
  report?: SearchReport;
  thinking: boolean;
  /** Whether the search failed. `again` starts it again. */
  failed?: boolean;
  again: () => void;
}

/** Searches a position in which a move is due, and returns the results as they improve; undefined without a position. */
export function useThinking(
  engine: Engine,
  position: Position | undefined,
  { simulations, lines }: Depth = STANDARD_DEPTH,
): Thoughts | undefined {
  const key = position && position.state[PHASE] === PLAYING ? printPosition(position) : undefined;
  const [thoughts, setThoughts] = useState<Omit<Thoughts, 'again'>>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!position || key === undefined) return;
    const controller = new AbortController();
    const { signal } = controller;
    const note = (more: Partial<Thoughts>) =>
      setThoughts((known) => (known?.key === key ? { ...known, ...more } : known));
    setThoughts({ key, thinking: true });
    void (async () => {
      try {
        // Shown together with the first report. Otherwise the table would be drawn twice within two frames.
        const evaluation = await engine.evaluate(position, SEED, signal);
        for (const sims of SIMULATIONS.filter((sims) => sims <= simulations)) {
          const options = { multipv: lines, seed: SEED };
          note({ evaluation, report: await engine.search(position, { sims }, options, undefined, signal) });
          await drawn();
        }
      } catch (error) {
        if (error instanceof Withdrawn) return;
        note({ failed: true });
      }
      note({ thinking: false });
    })();
    return () => controller.abort();
  }, [engine, key, attempt, simulations, lines]);
  return thoughts && thoughts.key === key ? { ...thoughts, again: () => setAttempt(attempt + 1) } : undefined;
}
