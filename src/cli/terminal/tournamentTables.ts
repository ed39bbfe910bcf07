/** Tables of a tournament as text. */
import type { Standings, TournamentPlan } from '../../arena/tournament.js';
import { percent, plusMinus, signed } from './format.js';
import { formatTable } from './table.js';

/** A table with one row per pairing. It has a column of forfeits if there are any. */
export function pairingsTable({ specs }: TournamentPlan, { pairings }: Standings): string {
  const anyForfeits = pairings.some(({ forfeits }) => forfeits.some((games) => games > 0));
  const rows = pairings.map(({ a, b, score, elo, margin, wins, draws, losses, forfeits, bySeat }) => [
    specs[a]!,
    specs[b]!,
    percent(score.mean),
    `${percent(score.low)} – ${percent(score.high)}`,
    `${wins} ${draws} ${losses}`,
    `${signed(elo.mean)} (${signed(elo.low)} – ${signed(elo.high)})`,
    plusMinus(margin),
    bySeat.map(({ mean }) => (100 * mean).toFixed(0)).join(' '),
    ...(anyForfeits ? [forfeits.join(' : ')] : []),
  ]);
  const head = ['player', 'against', 'score', '95 % interval', '+ = -', 'Elo', 'points ahead', 'by seat'];
  return formatTable(anyForfeits ? [...head, 'forfeits'] : head, rows);
}

/** The results of the sequential tests, one line per pairing. */
export function sprtLines({ specs, sprt: elo }: TournamentPlan, { pairings }: Standings): string[] {
  return pairings.flatMap(({ a, b, pairs, sprt }) => {
    if (!sprt) return [];
    const found = {
      elo1: `${specs[a]} is stronger than ${specs[b]}`,
      elo0: `${specs[a]} is not stronger than ${specs[b]} by ${elo} Elo`,
      undecided: `undecided whether ${specs[a]} is stronger than ${specs[b]}`,
    }[sprt.verdict];
    const bounds = `${sprt.low.toFixed(2)} and ${sprt.high.toFixed(2)}`;
    return [
      `SPRT of 0 against ${elo} Elo: ${found}, after ${pairs} deals (log-likelihood ratio ${sprt.ratio.toFixed(2)}, bounds ${bounds})`,
    ];
  });
}

/** A table with one row per player, best first, and its scores against the others. */
export function crosstable({ specs }: TournamentPlan, standings: Standings): string {
  const rows = crosstableRows(standings).map(({ player, rating, score, against }, i) => [
    String(i + 1),
    specs[player]!,
    signed(rating.mean),
    `${signed(rating.low)} – ${signed(rating.high)}`,
    percent(score),
    ...against.map((other) => (other === undefined ? '' : percent(other))),
  ]);
  const head = ['', 'player', 'rating', '95 % interval', 'score', ...rows.map(([place]) => place!)];
  return formatTable(head, rows);
}

/** The standings, each with its scores against all players in the same order; undefined for two players that have not met. */
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
