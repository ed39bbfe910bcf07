/** A tournament as one HTML page that needs no other file. */
import type { GameRecord } from '../../arena/match.js';
import type { Pairing, Standings, TournamentPlan } from '../../arena/tournament.js';
import { percent, plusMinus, signed } from '../terminal/format.js';
import { crosstableRows, sprtLines } from '../terminal/tournamentTables.js';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 74rem; padding: 0 1rem; color: #222; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
.wide { overflow-x: auto; } .score { padding: 0.1rem 0.4rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; text-align: right; border-bottom: 1px solid #ddd; white-space: nowrap; }
th { font-weight: 600; } .name { text-align: left; font-family: ui-monospace, monospace; font-size: 0.9em; white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
svg { display: block; max-width: 100%; height: auto; font: 13px ui-monospace, monospace; }
svg text { fill: #222; } .note { color: #666; font-size: 0.9rem; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #16181c; } svg text { fill: #ddd; } th, td { border-color: #3a3d44; } .note { color: #999; }
}`;

/** The page of a tournament, with the pairings played so far. */
export function tournamentPage(
  plan: TournamentPlan,
  standings: Standings,
  played: readonly (Pairing & { games: readonly GameRecord[] })[],
): string {
  const { specs, players, pairs, seed, gauntlet } = plan;
  const rows = crosstableRows(standings);
  const name = (player: number) => escaped(specs[player]!);
  const cross = table(
    ['', 'player', 'rating', '95 % interval', 'score', ...rows.map((_, i) => String(i + 1))],
    rows.map(({ player, rating, score, against }, i) => [
      String(i + 1),
      name(player),
      signed(rating.mean),
      `${signed(rating.low)} … ${signed(rating.high)}`,
      inPercent(score),
      ...against.map((other) => (other === undefined ? '' : shaded(other))),
    ]),
    [1],
  );
  const pairings = table(
    ['player', 'against', 'score', '95 % interval', '+', '=', '−', 'Elo', '95 % interval', 'points ahead', 'forfeits'],
    standings.pairings.map(({ a, b, score, wins, draws, losses, elo, margin, forfeits }) => [
      name(a),
      name(b),
      shaded(score.mean),
      `${percent(score.low)} … ${percent(score.high)}`,
      String(wins),
      String(draws),
      String(losses),
      signed(elo.mean),
      `${signed(elo.low)} … ${signed(elo.high)}`,
      plusMinus(margin),
      forfeits.join(' : '),
    ]),
    [0, 1],
  );
  const seats = table(
    ['player', 'against', ...Array.from({ length: players }, (_, seat) => `from seat ${seat}`)],
    standings.pairings.map(({ a, b, bySeat }) => [
      name(a),
      name(b),
      ...bySeat.map(
        ({ mean, low, high }) =>
          `${inPercent(mean)} <span class="note">(${inPercent(low)} … ${inPercent(high)})</span>`,
      ),
    ]),
    [0, 1],
  );
  const kind = gauntlet ? `gauntlet of ${name(0)}` : 'round robin';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Azul tournament</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Azul tournament</h1>
<p>${specs.length} players, ${kind}, ${players} at a table; ${pairs} deals a pairing, each played from all seats; seed ${seed}.</p>
<h2>Crosstable</h2>
<div class="wide">${cross}</div>
<p class="note">A row’s scores are its player’s, in percent. Ratings are Elo by maximum likelihood, ${name(specs.length - 1)} at 0.</p>
<h2>Ratings with their 95 % intervals</h2>
${ratingBars(specs, standings)}
<h2>Pairings</h2>
<div class="wide">${pairings}</div>
<p class="note">Points ahead: the mean of the pairs, ± half of its 95 % interval. Forfeits: games that the player : the other
lost by a late or illegal move or a crash.</p>
${forfeitsTable(plan, played)}${sprtLines(plan, standings)
  .map((line) => `<p>${escaped(line)}.</p>\n`)
  .join('')}<h2>Score by seat</h2>
<div class="wide">${seats}</div>
<p class="note">The first player’s score from each seat; seat 0 starts the game.</p>
</body>
</html>
`;
}

/** Table of the reasons for forfeits and their counts; empty if there were none. */
function forfeitsTable(
  { specs }: TournamentPlan,
  played: readonly (Pairing & { games: readonly GameRecord[] })[],
): string {
  const rows = new Map<string, { cells: string[]; games: number }>();
  for (const { a, b, games } of played) {
    for (const { seats, forfeit, reason = '' } of games) {
      if (forfeit === undefined) continue;
      const [loser, other] = seats[forfeit] === 0 ? [a, b] : [b, a];
      const cells = [specs[loser]!, specs[other]!, reason];
      const row = rows.get(JSON.stringify(cells)) ?? { cells, games: 0 };
      rows.set(JSON.stringify(cells), { cells, games: row.games + 1 });
    }
  }
  if (rows.size === 0) return '';
  const cells = [...rows.values()].map(({ cells, games }) => [...cells.map(escaped), String(games)]);
  const head = ['player', 'against', 'why it lost at once', 'games'];
  return `<h2>Forfeits</h2>\n<div class="wide">${table(head, cells, [0, 1, 2])}</div>\n`;
}

const WIDTH = 860;
const ROW = 26;

/** Chart with a bar per player for its 95 % interval and a point for its rating. */
function ratingBars(specs: readonly string[], { standings }: Standings): string {
  const low = Math.min(...standings.map(({ rating }) => rating.low));
  const high = Math.max(...standings.map(({ rating }) => rating.high));
  const left = 12 + 8 * Math.min(40, Math.max(...specs.map((spec) => spec.length)));
  const x = (elo: number) => (left + ((elo - low) / (high - low || 1)) * (WIDTH - left - 70)).toFixed(1);
  const bars = standings.map(({ player, rating }, i) => {
    const y = ROW * i + ROW / 2;
    const label = specs[player]!.length > 40 ? `${specs[player]!.slice(0, 39)}…` : specs[player]!;
    return `<text x="0" y="${y + 4}">${escaped(label)}</text>
<line x1="${x(rating.low)}" x2="${x(rating.high)}" y1="${y}" y2="${y}" stroke="#7aa6d8" stroke-width="8"/>
<circle cx="${x(rating.mean)}" cy="${y}" r="5" fill="#1f5fa8"/>
<text x="${Number(x(rating.high)) + 10}" y="${y + 4}">${signed(rating.mean)}</text>`;
  });
  const height = ROW * standings.length;
  const zero = `<line x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}" stroke="#999" stroke-dasharray="3 3"/>`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="ratings">
${zero}
${bars.join('\n')}
</svg>`;
}

/** A table with a head and rows. `names` lists the columns that contain players' names. */
function table(head: readonly string[], rows: readonly (readonly string[])[], names: readonly number[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell, i) => `<${tag}${names.includes(i) ? ' class="name"' : ''}>${cell}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table>\n<tr>${cells('th', head)}</tr>\n${body}\n</table>`;
}

/** A score on a green background above 50 %, and on a red one below. */
function shaded(score: number): string {
  const colour = score < 0.5 ? '210 72 63' : '46 158 91';
  const opacity = (0.4 * Math.abs(2 * score - 1)).toFixed(2);
  return `<span class="score" style="background: rgb(${colour} / ${opacity})">${inPercent(score)}</span>`;
}

function inPercent(score: number): string {
  return (100 * score).toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
