import { useEffect } from 'preact/hooks';
import { chooseMove, LEVELS, type Level } from '../../../src/arena/levels.js';
import { DEAL_DUE, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { isOver } from './game.js';
import type { PlayEvent, PlayState } from './playState.js';

/** Shortest time of a model's move, in milliseconds, so that a person can follow it: without and with flying tiles. */
const MIN_MS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 100 : 700;

/** The level to move; undefined if it is a person's turn or no move is due. */
export function levelToMove({ game, position: { state }, roundEnd }: PlayState): Level | undefined {
  if (roundEnd || state[PHASE] !== PLAYING) return undefined;
  return LEVELS.find(({ id }) => id === game.seats[state[TURN]!]);
}

/** Makes the deals and the models' moves. */
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
    const pause = new Promise((resolve) => setTimeout(resolve, MIN_MS));
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
