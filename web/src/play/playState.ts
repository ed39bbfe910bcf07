/** A game that is being played, and what the page shows of it. */
import { type Position, printMove } from '../../../src/game/notation.js';
import { DEAL_DUE, PHASE } from '../../../src/game/state.js';
import { type LastMove, lastMove } from '../table/move.js';
import { dealFor, type Game, positionAfter, takenBack } from './game.js';
import { type RoundEndStep, roundEndSteps } from './roundEnd.js';

export interface RoundEnd {
  /** The table when the last tile was taken. */
  taken: Int32Array;
  steps: RoundEndStep[];
  /** Number of steps that are done. */
  at: number;
}

export interface Hint {
  /** What the search says, of the move if there is one. */
  text: string;
  /** The move to point at; undefined until the search has found it. */
  move?: LastMove;
}

export interface PlayState {
  game: Game;
  position: Position;
  /** The newest move. Its tiles fly. */
  last?: LastMove | undefined;
  roundEnd?: RoundEnd | undefined;
  hint?: Hint | undefined;
  /** Whether the model to move failed to answer. It waits until the person asks again. */
  failed: boolean;
}

/** An event of a search names the game that was searched. It is ignored if another game is shown by now. */
export type PlayEvent =
  | { kind: 'move'; game: Game; action: number }
  | { kind: 'hint'; game: Game; hint: Hint }
  | { kind: 'fail'; game: Game }
  | { kind: 'retry' }
  | { kind: 'deal' }
  | { kind: 'takeBack' }
  | { kind: 'step'; at: number }
  | { kind: 'endRound' };

export function begun(game: Game): PlayState {
  return { game, position: positionAfter(game), failed: false };
}

export function reduce(state: PlayState, event: PlayEvent): PlayState {
  const { game, position } = state;
  if ('game' in event && event.game !== game) return state;
  switch (event.kind) {
    case 'move': {
      const { rules } = position;
      const taken = position.state.slice();
      rules.take(taken, 0, event.action);
      const ended = rules.roundIsOver(taken, 0);
      return {
        ...begun(withToken(game, printMove(rules, event.action))),
        last: lastMove(position, event.action),
        roundEnd: ended ? { taken, steps: roundEndSteps({ rules, state: taken }), at: 0 } : undefined,
      };
    }
    case 'deal':
      return begun(withToken(game, dealFor(position, game.seed)));
    case 'takeBack': {
      const earlier = takenBack(game);
      return earlier ? begun(earlier) : state;
    }
    case 'hint':
      return { ...state, hint: event.hint };
    case 'fail':
      return { ...state, failed: true };
    case 'retry':
      return { ...state, failed: false };
    case 'step':
      return state.roundEnd ? { ...state, roundEnd: { ...state.roundEnd, at: event.at } } : state;
    case 'endRound':
      return { ...state, roundEnd: undefined, last: undefined };
  }
}

/** The position on the table, also during the end of a round. */
export function shownPosition({ position, roundEnd }: PlayState): Position {
  if (!roundEnd) return position;
  const { taken, steps, at } = roundEnd;
  const state = (steps[at - 1]?.state ?? taken).slice();
  state[PHASE] = DEAL_DUE;
  return { rules: position.rules, state };
}

function withToken(game: Game, token: string): Game {
  return { ...game, tokens: [...game.tokens, token] };
}
