import { useEffect } from 'preact/hooks';
import { judgeGame } from '../../../src/arena/gameAnalysis.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import type { AnalyseEvent, AnalyseState } from './analyseState.js';

/** Simulations per move. */
export const SIMULATIONS = 200;

/** Judges the whole game while the state asks for it, and starts again when the game changes. */
export function useJudging(
  engine: Engine,
  { study, progress }: AnalyseState,
  dispatch: (event: AnalyseEvent) => void,
): void {
  const { tokens } = study;
  const asked = progress !== undefined;
  useEffect(() => {
    if (!asked) return;
    const controller = new AbortController();
    void (async () => {
      try {
        const thinker = engine.until(controller.signal);
        const moves = await judgeGame(study, thinker, { sims: SIMULATIONS, seed: 0 }, (done) =>
          dispatch({ kind: 'progress', tokens, fraction: done / (tokens.length + 1) }),
        );
        dispatch({ kind: 'judged', tokens, moves });
      } catch (error) {
        if (error instanceof Withdrawn) return;
        // A notice says why the search stopped. The game can be judged again.
        dispatch({ kind: 'stop' });
        if (!(error instanceof Stopped)) throw error;
      }
    })();
    return () => controller.abort();
  }, [tokens, asked]);
}
