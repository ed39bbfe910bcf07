/** A judged game as text: a table of its moves, charts, and the costliest moves. */

import { chanceName, erred, type JudgedMove, wonFraction } from '../arena/gameAnalysis.js';
import { positionsOf, type RecordedGame } from '../arena/record.js';
import { describeMove } from '../game/description.js';
import { parseMove } from '../game/notation.js';
import { PHASE, PLAYING } from '../game/state.js';
import { drawChart } from './terminal/chart.js';
import { percent } from './terminal/format.js';
import { formatTable } from './terminal/table.js';

/**
 * The table of moves, charts, and the `worst` costliest moves. Two players share one chart, as one's chance is 100 % minus the
 * other's; more players have a chart each.
 */
export function gameText(game: RecordedGame, moves: readonly JudgedMove[], number: number, worst: number): string {
  const { players } = game.start.rules;
  const title = `game ${number}: ${game.seats.join(' – ')}`;
  if (moves.length === 0) return `${title}\n\nIt has no moves.`;
  const name = (seat: number) => `${game.seats[seat]} (seat ${seat})`;
  const rounds = new Map<number, string>();
  moves.forEach(({ round }, i) => {
    if (round !== moves[i - 1]?.round) rounds.set(i, String(round));
  });
  const what = chanceName(players);
  const charts = Array.from({ length: players === 2 ? 1 : players }, (_, seat) => {
    const curve = moves.map(({ after }) => wonFraction(after[seat]!));
    return `${what} of ${name(seat)} after each move; the axis shows the rounds\n${drawChart(curve, rounds)}\n`;
  });
  const rows = moves.map(({ ply, round, seat, move, before, after, best, loss }) => [
    String(ply),
    String(round),
    name(seat),
    move,
    percent(wonFraction(before[seat]!)),
    percent(wonFraction(after[seat]!)),
    ...(erred({ move, best, loss }) ? [best, percent(loss)] : ['', '']),
  ]);
  return [
    title,
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
    'The costliest moves:',
    ...shown.flatMap(({ ply, seat, move, pv, loss }) => {
      const position = positions[ply - 1]!;
      return [
        `${percent(loss)} by ${name(seat)}, ply ${ply}: ${describeMove(position, parseMove(position.rules, move))}`,
        `  better: ${describeMove(position, parseMove(position.rules, pv[0]!))}${pv.length > 1 ? `, then ${pv.slice(1).join(' ')}` : ''}`,
      ];
    }),
  ];
}
