/** Analysis of a recorded game: the value of each move, and better moves. */
import { sourceOf, withSource } from '../game/action.js';
import { type Position, parseMove, printMove } from '../game/notation.js';
import { PHASE, PLAYING, ROUND, TURN } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { TERMINAL } from '../mcts/game.js';
import { positionsOf, type RecordedGame } from './record.js';
import type { Thinker } from './thinker.js';

export interface JudgedMove {
  /** Number of the move, from 1. */
  ply: number;
  round: number;
  seat: number;
  move: string;
  /** The move that the search prefers, and the play that it expects from there, that move first. */
  best: string;
  pv: string[];
  /** Each player's expected result, -1 to 1, before and after the move. */
  before: number[];
  after: number[];
  /** Each player's expected margin over the best other before the move, in points. */
  margins: number[];
  /** Fraction of the game that the move lost its player: half the difference of the expected results. */
  loss: number;
}

/** The methods of a thinker that analysis needs. */
export type Judging = Pick<Thinker, 'search' | 'evaluate'>;

interface JudgeOptions {
  sims: number;
  seed: number;
}

/**
 * Searches every position of a game in which a player moved. The search of the next position gives the value after the move.
 * `onProgress` gets the number of positions done.
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
 * Renames equal factories in the play that a search expects. A search names the first of equal factories; if its first move
 * is the played one but for the factory, the played factory takes its place.
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

/** The players' results in a position without a move: final at the end, expected before a deal. */
async function judgePause(position: Position, thinker: Judging, seed: number): Promise<number[]> {
  const { rules, state } = position;
  const azul = new AzulGame(rules.players);
  if (azul.kind(state, 0) !== TERMINAL) return (await thinker.evaluate(position, seed)).values;
  return Array.from({ length: rules.players }, (_, seat) => azul.rankValue(state, 0, seat));
}

/** Whether the search prefers another move and the played one lost at least 0.1 %. */
export function erred({ move, best, loss }: Pick<JudgedMove, 'move' | 'best' | 'loss'>): boolean {
  return move !== best && loss >= 0.001;
}

/** The name of `wonFraction` at a table of n players. */
export function chanceName(players: number): string {
  return players === 2 ? 'winning chance' : 'share of others beaten';
}

/** An expected result, -1 to 1, as a fraction from 0 to 1. */
export function wonFraction(value: number): number {
  return (1 + value) / 2;
}
