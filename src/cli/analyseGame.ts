/** A recorded game move by move: what each was worth, and which lost most. */
import { positionsOf, type RecordedGame } from '../arena/record.js';
import { type Position, parseMove, printMove } from '../game/notation.js';
import { PHASE, PLAYING, ROUND, TURN } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { TERMINAL } from '../mcts/game.js';
import { describeMove } from './board.js';
import { drawChart } from './chart.js';
import { percent } from './format.js';
import { progressBar } from './progress.js';
import { formatTable } from './table.js';
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

interface JudgeOptions {
  sims: number;
  seed: number;
  json: boolean;
}

/** Searches every position in which somebody moved. What a move left behind is judged by the search of the next one. */
export async function judgeGame(game: RecordedGame, thinker: Thinker, options: JudgeOptions): Promise<JudgedMove[]> {
  const { sims, seed, json } = options;
  const { rules } = game.start;
  const positions = [...positionsOf(game)];
  const bar = json ? undefined : progressBar('analysing', positions.length);
  const moves: Omit<JudgedMove, 'after' | 'loss'>[] = [];
  const after: number[][] = [];
  for (const [i, position] of positions.entries()) {
    const { state } = position;
    const token = game.tokens[i];
    const moved = i > 0 && !game.tokens[i - 1]!.startsWith('=');
    if (state[PHASE] === PLAYING) {
      const { values, margins, lines } = await thinker.search(position, { sims }, { multipv: 1, seed });
      if (moved) after.push(values);
      const [best] = lines;
      const pv = best!.pv.map((action) => printMove(rules, action));
      if (token !== undefined) {
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
    bar?.update(i + 1);
  }
  bar?.stop();
  return moves.map((move, i) => {
    const [was, is] = [move.before[move.seat]!, after[i]![move.seat]!];
    return { ...move, after: after[i]!, loss: (was - is) / 2 };
  });
}

/** The players' results where nobody moves: at the end, or expected before a deal. */
async function judgePause(position: Position, thinker: Thinker, seed: number): Promise<number[]> {
  const { rules, state } = position;
  const azul = new AzulGame(rules.players);
  if (azul.kind(state, 0) !== TERMINAL) return (await thinker.evaluate(position, seed)).values;
  return Array.from({ length: rules.players }, (_, seat) => azul.rankValue(state, 0, seat));
}

/** The moves, a chart for each player but the last of two, and the `worst` moves that lost most. */
export function gameText(game: RecordedGame, moves: readonly JudgedMove[], number: number, worst: number): string {
  const { players } = game.start.rules;
  const name = (seat: number) => `${game.seats[seat]} (seat ${seat})`;
  const rounds = new Map<number, string>();
  moves.forEach(({ round }, i) => {
    if (round !== moves[i - 1]?.round) rounds.set(i, String(round));
  });
  const what = chanceName(players);
  const charts = Array.from({ length: players === 2 ? 1 : players }, (_, seat) => {
    const curve = moves.map(({ after }) => part(after[seat]!));
    return `${what} of ${name(seat)} after each move; below, the rounds\n${drawChart(curve, rounds)}\n`;
  });
  const rows = moves.map(({ ply, round, seat, move, before, after, best, loss }) => [
    String(ply),
    String(round),
    name(seat),
    move,
    percent(part(before[seat]!)),
    percent(part(after[seat]!)),
    ...(erred({ move, best, loss }) ? [best, percent(loss)] : ['', '']),
  ]);
  return [
    `game ${number}: ${game.seats.join(' – ')}`,
    '',
    formatTable(['ply', 'round', 'player', 'move', what, 'after it', 'better', 'lost'], rows, [], true),
    '',
    ...charts,
    ...worstMoves(game, moves, worst, name),
  ].join('\n');
}

function worstMoves(
  game: RecordedGame,
  moves: readonly JudgedMove[],
  worst: number,
  name: (seat: number) => string,
): string[] {
  const lost = moves.filter(erred);
  if (lost.length === 0) return ['No move lost anything.'];
  const positions = [...positionsOf(game)].filter(({ state }) => state[PHASE] === PLAYING);
  const shown = lost.sort((a, b) => b.loss - a.loss).slice(0, worst);
  return [
    'The moves that lost most:',
    ...shown.flatMap(({ ply, seat, move, pv, loss }) => {
      const position = positions[ply - 1]!;
      return [
        `${percent(loss)} by ${name(seat)}, ply ${ply}: ${describeMove(position, parseMove(position.rules, move))}`,
        `  better: ${describeMove(position, parseMove(position.rules, pv[0]!))}${pv.length > 1 ? `, then ${pv.slice(1).join(' ')}` : ''}`,
      ];
    }),
  ];
}

/** Whether the search would have played otherwise, and to some effect. */
function erred({ move, best, loss }: Pick<JudgedMove, 'move' | 'best' | 'loss'>): boolean {
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
