/** Players against each other, every deal from every seat. */
import { availableParallelism } from 'node:os';
import type { GameRecord } from '../arena/match.js';
import { rate as rateAll } from '../arena/rating.js';
import { type Comparison, compare } from '../arena/statistics.js';
import { createWorkers } from '../training/actors.js';
import { playMatchOn } from '../training/evaluation.js';
import { checkPlayer } from '../training/players.js';
import { duration, percent } from './format.js';
import { progressBar } from './progress.js';
import { formatTable } from './table.js';

export interface EvaluateOptions {
  players: number;
  pairs: number;
  seed: number;
  json: boolean;
}

interface Pairing extends Comparison {
  a: string;
  b: string;
}

/** Plays every two of the players against each other, in order, and prints scores, with intervals, and ratings. */
export async function evaluate(specs: string[], { players, pairs, seed, json }: EvaluateOptions): Promise<void> {
  for (const spec of specs) await checkPlayer(spec, players);
  const started = performance.now();
  const workers = createWorkers(availableParallelism());
  const pairings: Pairing[] = [];
  try {
    for (const [i, a] of specs.entries()) {
      for (const b of specs.slice(i + 1)) {
        const bar = json ? undefined : progressBar(`${a} – ${b}`, pairs * players);
        const games: GameRecord[] = await playMatchOn(workers, {
          seats: players,
          contestants: [a, b],
          pairs,
          seed,
          onProgress: (done) => bar?.update(done),
        });
        bar?.stop();
        pairings.push({ a, b, ...compare(games) });
      }
    }
  } finally {
    await workers.destroy();
  }
  const ratings = ratingsOf(specs, pairings);
  if (json) {
    console.log(JSON.stringify({ players, pairs, seed, pairings, ratings }, undefined, 1));
    return;
  }
  const scores = pairings.map(({ a, b, score, elo, margin, wins, draws, losses }) => [
    a,
    b,
    percent(score.mean),
    `${percent(score.low)} – ${percent(score.high)}`,
    `${wins} ${draws} ${losses}`,
    `${signed(elo.mean)} (${signed(elo.low)} – ${signed(elo.high)})`,
    `${margin.mean.toFixed(1)} ± ${margin.error.toFixed(1)}`,
  ]);
  console.log(formatTable(['player', 'against', 'score', '95 % interval', '+ = -', 'Elo', 'points ahead'], scores));
  if (specs.length > 2) {
    const list = ratings.map(({ player, mean, low, high }) => [
      player,
      signed(mean),
      `${signed(low)} – ${signed(high)}`,
    ]);
    console.log(formatTable(['player', 'rating', '95 % interval'], list));
  }
  console.log(
    `${pairs} deals a pairing, each from all ${players} seats; seed ${seed}; ${duration((performance.now() - started) / 1000)}`,
  );
}

/** Bradley–Terry ratings in Elo, best first; the last player named is the zero point. */
function ratingsOf(specs: readonly string[], pairings: readonly Pairing[]) {
  const points = specs.map(() => specs.map(() => 0));
  let next = 0;
  for (const i of specs.keys()) {
    for (let j = i + 1; j < specs.length; j++) {
      const { wins, draws, losses } = pairings[next++]!;
      points[i]![j] = wins + draws / 2;
      points[j]![i] = losses + draws / 2;
    }
  }
  return rateAll(points, specs.length - 1)
    .map((estimate, i) => ({ player: specs[i]!, ...estimate }))
    .sort((a, b) => b.mean - a.mean);
}

function signed(elo: number): string {
  if (!Number.isFinite(elo)) return elo > 0 ? '+∞' : '-∞';
  return `${elo < 0 ? '' : '+'}${elo.toFixed(0)}`;
}
