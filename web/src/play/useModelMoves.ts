import { useEffect } from 'preact/hooks';
import { chooseMove, LEVELS, type Level } from '../../../src/arena/levels.js';
import { DEAL_DUE, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { MOTIONS, type Settings } from '../settings.js';
import { isOver } from './game.js';
import type { PlayEvent, PlayState } from './playState.js';

/** Shortest time of a model's move, in milliseconds, so that a person can follow it: with and without flying tiles. */
const MIN_MS = 700;
const MIN_STILL_MS = 100;

/** The level to move; undefined if it is a person's turn or no move is due. */
export function levelToMove({ game, position: { state }, roundEnd }: PlayState): Level | undefined {
  if (roundEnd || state[PHASE] !== PLAYING) return undefined;
  return LEVELS.find(({ id }) => id === game.seats[state[TURN]!]);
}

/** Makes the deals and, unless they are paused, the models' moves. */
export function useModelMoves(
  engine: Engine,
  play: PlayState,
  dispatch: (event: PlayEvent) => void,
  motion: Settings['motion'],
  paused: boolean,
): void {
  const { game, position, roundEnd, failed } = play;
  useEffect(() => {
    if (roundEnd || failed || isOver(position)) return;
    if (position.state[PHASE] === DEAL_DUE) {
      dispatch({ kind: 'deal' });
      return;
    }
    const level = levelToMove(play);
    if (!level || paused) return;
    const controller = new AbortController();
    const pause = new Promise((resolve) =>
      setTimeout(resolve, motion === 'off' ? MIN_STILL_MS : MIN_MS * MOTIONS[motion].pauses),
    );
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
  }, [game, roundEnd, failed, paused]);
}
