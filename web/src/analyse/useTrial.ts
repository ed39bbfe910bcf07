import { useEffect } from 'preact/hooks';
import { judgeGame } from '../../../src/arena/gameAnalysis.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import type { AnalyseEvent, AnalyseState } from './analyseState.js';
import { positionOf } from './study.js';
import { SIMULATIONS } from './useJudging.js';

/** Judges the move that the person tries in place of an error. */
export function useTrial(
  engine: Engine,
  { study, trial }: AnalyseState,
  dispatch: (event: AnalyseEvent) => void,
): void {
  const token = trial?.token;
  useEffect(() => {
    if (token === undefined) return;
    const controller = new AbortController();
    void (async () => {
      try {
        const game = { start: positionOf(study), tokens: [token] };
        const [verdict] = await judgeGame(game, engine.until(controller.signal), { sims: SIMULATIONS, seed: 0 });
        dispatch({ kind: 'verdict', verdict: verdict! });
      } catch (error) {
        if (error instanceof Withdrawn) return;
        dispatch({ kind: 'tryAgain' });
        if (!(error instanceof Stopped)) throw error;
      }
    })();
    return () => controller.abort();
  }, [trial?.token, study]);
}
