/** A tournament on the terminal. */
import type { Standings, TournamentPlan } from '../arena/tournament.js';
import { percent, signed } from './format.js';
import { formatTable } from './table.js';

/** A row for each pairing. */
export function pairingsTable({ specs }: TournamentPlan, { pairings }: Standings): string {
  const rows = pairings.map(({ a, b, score, elo, margin, wins, draws, losses }) => [
    specs[a]!,
    specs[b]!,
    percent(score.mean),
    `${percent(score.low)} – ${percent(score.high)}`,
    `${wins} ${draws} ${losses}`,
    `${signed(elo.mean)} (${signed(elo.low)} – ${signed(elo.high)})`,
    `${margin.mean.toFixed(1)} ± ${margin.error.toFixed(1)}`,
  ]);
  return formatTable(['player', 'against', 'score', '95 % interval', '+ = -', 'Elo', 'points ahead'], rows);
}

/** A row for each player, best first, with the scores against the others. */
export function crosstable({ specs }: TournamentPlan, standings: Standings): string {
  const rows = crosstableRows(standings).map(({ player, rating, score, against }, i) => [
    String(i + 1),
    specs[player]!,
    signed(rating.mean),
    `${signed(rating.low)} – ${signed(rating.high)}`,
    percent(score),
    ...against.map((part) => (part === undefined ? '' : percent(part))),
  ]);
  const head = ['', 'player', 'rating', '95 % interval', 'score', ...rows.map(([place]) => place!)];
  return formatTable(head, rows);
}

/** The standings, each with its scores against all, in the same order; undefined where two have not met. */
export function crosstableRows({ standings, pairings }: Standings) {
  return standings.map((standing) => ({
    ...standing,
    against: standings.map(({ player: other }) => {
      const asFirst = pairings.find(({ a, b }) => a === standing.player && b === other);
      const asSecond = pairings.find(({ a, b }) => b === standing.player && a === other);
      return asFirst ? asFirst.score.mean : asSecond && 1 - asSecond.score.mean;
    }),
  }));
}
