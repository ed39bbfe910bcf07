import { useEffect, useState } from 'preact/hooks';
import type { PolicyAndValues, SearchReport } from '../../../src/arena/thinker.js';
import { type Position, printPosition } from '../../../src/game/notation.js';
import { PHASE, PLAYING } from '../../../src/game/state.js';
import { type Engine, Withdrawn } from './engine.js';

/** Searches, one after the other, that think ever longer. */
const SIMULATIONS = [200, 1000, 5000];
const LINES = 5;
const SEED = 0;

/** Resolves once what has changed is on the screen, so that the worker does not take the cores that draw it. */
async function drawn(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}

export interface Thoughts {
  /** What they are about, as text. */
  key: string;
  evaluation?: PolicyAndValues;
  report?: SearchReport;
  thinking: boolean;
  /** Whether they ended with a fault; `again` starts anew. */
  failed?: boolean;
  again: () => void;
}

/** What the model thinks of a position where a move is due, better and better; nothing where none is given. */
export function useThinking(engine: Engine, position: Position | undefined): Thoughts | undefined {
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
        // Shown with the first report: the table would be drawn twice within two frames.
        const evaluation = await engine.evaluate(position, SEED, signal);
        for (const sims of SIMULATIONS) {
          const options = { multipv: LINES, seed: SEED };
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
  }, [engine, key, attempt]);
  return thoughts && thoughts.key === key ? { ...thoughts, again: () => setAttempt(attempt + 1) } : undefined;
}
