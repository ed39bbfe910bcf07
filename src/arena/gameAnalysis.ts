/** A recorded game move by move: what each was worth, and what would have been better. */
import { sourceOf, withSource } from '../game/action.js';
import { type Position, parseMove, printMove } from '../game/notation.js';
import { PHASE, PLAYING, ROUND, TURN } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { TERMINAL } from '../mcts/game.js';
import { positionsOf, type RecordedGame } from './record.js';
import type { Thinker } from './thinker.js';

export interface JudgedMove {
  /** From 1. */
  ply: number;
  round: number;
  seat: number;
  move: string;
  /** What the search would have played, and the play that it expects after it. */
  best: string;
  pv: string[];
  /** Each player's expected result, -1 to 1, before and after the move. */
  before: number[];
  after: number[];
  /** How many points each player is expected to be ahead of the best other before it. */
  margins: number[];
  /** The part of what can be won that the move lost its player: half the difference of the expected results. */
  loss: number;
}

/** What of a thinker judges games. */
export type Judging = Pick<Thinker, 'search' | 'evaluate'>;

interface JudgeOptions {
  sims: number;
  seed: number;
}

/**
 * Searches every position in which somebody moved. What a move left behind is judged by the search of the next one.
 * `onProgress` is told how many positions are done.
 */
export async function judgeGame(
  game: Pick<RecordedGame, 'start' | 'tokens'>,
  thinker: Judging,
  { sims, seed }: JudgeOptions,
  onProgress?: (done: number) => void,
): Promise<JudgedMove[]> {
  const { rules } = game.start;
  const positions = [...positionsOf(game)];
  const moves: Omit<JudgedMove, 'after' | 'loss'>[] = [];
  const after: number[][] = [];
  for (const [i, position] of positions.entries()) {
    const { state } = position;
    const token = game.tokens[i];
    const moved = i > 0 && !game.tokens[i - 1]!.startsWith('=');
    if (state[PHASE] === PLAYING) {
      const { values, margins, lines } = await thinker.search(position, { sims }, { multipv: 1, seed });
      if (moved) after.push(values);
      if (token !== undefined) {
        const pv = asPlayed(position, parseMove(rules, token), lines[0]!.pv).map((action) => printMove(rules, action));
        moves.push({
          ply: moves.length + 1,
          round: state[ROUND]!,
          seat: state[TURN]!,
          move: token,
          best: pv[0]!,
          pv,
          before: values,
          margins,
        });
      }
    } else if (moved) {
      after.push(await judgePause(position, thinker, seed));
    }
    onProgress?.(i + 1);
  }
  return moves.map((move, i) => {
    const [was, is] = [move.before[move.seat]!, after[i]![move.seat]!];
    return { ...move, after: after[i]!, loss: (was - is) / 2 };
  });
}

/**
 * The play that a search expects, told with the factory that was played from where its first move is the one that was
 * played but for the name of an equal factory; of such a search names the first.
 */
function asPlayed({ rules, state }: Position, played: number, pv: readonly number[]): readonly number[] {
  const pile = (factory: number) => (factory < rules.factories ? state[rules.firstFactory + factory] : undefined);
  const [from, to] = [sourceOf(pv[0]!), sourceOf(played)];
  if (withSource(pv[0]!, to) !== played || pile(from) === undefined || pile(from) !== pile(to)) return pv;
  return pv.map((action) => {
    if (sourceOf(action) === from) return withSource(action, to);
    return sourceOf(action) === to ? withSource(action, from) : action;
  });
}

/** The players' results where nobody moves: at the end, or expected before a deal. */
async function judgePause(position: Position, thinker: Judging, seed: number): Promise<number[]> {
  const { rules, state } = position;
  const azul = new AzulGame(rules.players);
  if (azul.kind(state, 0) !== TERMINAL) return (await thinker.evaluate(position, seed)).values;
  return Array.from({ length: rules.players }, (_, seat) => azul.rankValue(state, 0, seat));
}

/** Whether the search would have played otherwise, and to some effect. */
export function erred({ move, best, loss }: Pick<JudgedMove, 'move' | 'best' | 'loss'>): boolean {
  return move !== best && loss >= 0.001;
}

/** What `part` is with so many players. */
export function chanceName(players: number): string {
  return players === 2 ? 'winning chance' : 'share of others beaten';
}

/** An expected result, -1 to 1, as a part of what can be won. */
export function part(value: number): number {
  return (1 + value) / 2;
}
