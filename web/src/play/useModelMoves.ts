import { useEffect } from 'preact/hooks';
import { chooseMove, LEVELS, type Level } from '../../../src/arena/levels.js';
import { DEAL_DUE, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { isOver } from './game.js';
import type { PlayEvent, PlayState } from './playState.js';

/** A model's move comes no sooner, so that one can follow it: with tiles that fly, and without. */
const LEAST_MS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 100 : 700;

/** The level that is to move, if one is. */
export function levelToMove({ game, position: { state }, roundEnd }: PlayState): Level | undefined {
  if (roundEnd || state[PHASE] !== PLAYING) return undefined;
  return LEVELS.find(({ id }) => id === game.seats[state[TURN]!]);
}

/** Makes the moves of all that are not persons at this screen: the bag, and the models. */
export function useModelMoves(engine: Engine, play: PlayState, dispatch: (event: PlayEvent) => void): void {
  const { game, position, roundEnd, failed } = play;
  useEffect(() => {
    if (roundEnd || failed || isOver(position)) return;
    if (position.state[PHASE] === DEAL_DUE) {
      dispatch({ kind: 'deal' });
      return;
    }
    const level = levelToMove(play);
    if (!level) return;
    const controller = new AbortController();
    const pause = new Promise((resolve) => setTimeout(resolve, LEAST_MS));
    void (async () => {
      try {
        const seed = game.seed + game.tokens.length;
        const action = await chooseMove(engine.until(controller.signal), position, level, seed);
        await pause;
        dispatch({ kind: 'move', game, action });
      } catch (error) {
        if (error instanceof Withdrawn) return;
        dispatch({ kind: 'fail', game });
        if (!(error instanceof Stopped)) throw error;
      }
    })();
    return () => controller.abort();
  }, [game, roundEnd, failed]);
}
