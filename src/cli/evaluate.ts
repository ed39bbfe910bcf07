/** Players against each other, every deal from every seat. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { GameRecord } from '../arena/match.js';
import { type Pairing, pairingsOf, sprtOf, standingsOf, type TournamentPlan } from '../arena/tournament.js';
import { TournamentFolder } from '../arena/tournamentFolder.js';
import { writeWhole } from '../files.js';
import { type MatchJob, playMatchOn, playSprtOn } from '../training/evaluation.js';
import { checkPlayer, modelOf, withModel } from '../training/players.js';
import { createWorkers } from '../training/workers.js';
import { UsageError } from '../usageError.js';
import { duration } from './format.js';
import { progressBar } from './progress.js';
import { tournamentPage } from './tournamentPage.js';
import { crosstable, pairingsTable, sprtLines } from './tournamentTables.js';

export interface EvaluateOptions {
  players: number;
  pairs: number;
  seed: number;
  gauntlet: boolean;
  /** The Elo that a sequential test asks for. */
  sprt?: number;
  json: boolean;
  /** The folder that keeps the tournament. */
  out?: string;
}

/** Pairs between two looks at a sequential test. */
const SPRT_PART = 40;

/** Plays a tournament, or what is missing of one, and prints scores, with intervals, and ratings. */
export async function evaluate(specs: string[], { json, out, ...rest }: EvaluateOptions): Promise<void> {
  const plan: TournamentPlan = { sprt: undefined, specs, ...rest };
  const begun = out !== undefined && TournamentFolder.holds(out, plan);
  if (!begun) for (const spec of specs) await checkPlayer(spec, plan.players);
  const folder = out === undefined ? undefined : TournamentFolder.open(out, plan);
  try {
    const contestants = specs.map((spec, i) => pinned(spec, folder && join(folder.folder, 'models', `${i}.onnx`)));
    if (begun) for (const spec of contestants) await checkPlayer(spec, plan.players);
    await play(plan, contestants, folder, json);
  } finally {
    folder?.close();
  }
}

/**
 * The player with its model as it is now: `best` and `latest` mean others while their run goes on, and checkpoints go
 * away. `copy` is where the model is kept, if anywhere.
 */
function pinned(spec: string, copy: string | undefined): string {
  if (copy !== undefined && existsSync(copy)) return withModel(spec, copy);
  const model = modelOf(spec);
  if (model === undefined) return spec;
  if (copy === undefined) return withModel(spec, model);
  if (copy.includes(',')) throw new UsageError(`--out ${copy}: the path of a model can't have a comma in it`);
  mkdirSync(dirname(copy), { recursive: true });
  writeWhole(copy, readFileSync(model));
  return withModel(spec, copy);
}

async function play(
  plan: TournamentPlan,
  contestants: readonly string[],
  folder: TournamentFolder | undefined,
  json: boolean,
): Promise<void> {
  const started = performance.now();
  const pairings = pairingsOf(plan);
  const total = plan.pairs * plan.players;
  const test = sprtOf(plan);
  const workers = createWorkers(availableParallelism());
  const played: (Pairing & { games: GameRecord[] })[] = [];
  const kept = folder ? pairings.reduce((sum, pairing) => sum + folder.numbersOf(pairing).size, 0) : 0;
  if (kept > 0 && !json) console.log(`${kept} of ${pairings.length * total} games have been played`);
  try {
    for (const pairing of pairings) {
      const before = folder?.gamesOf(pairing) ?? [];
      let games = before;
      if (before.length < total) {
        const task = `${plan.specs[pairing.a]} – ${plan.specs[pairing.b]}`;
        const bar = json ? undefined : progressBar(task, total, before.length);
        const match: MatchJob = {
          seats: plan.players,
          contestants: [contestants[pairing.a]!, contestants[pairing.b]!],
          pairs: plan.pairs,
          seed: plan.seed,
          skip: folder?.numbersOf(pairing),
          onGame: (game) => folder?.add(pairing, game),
          onProgress: (done) => bar?.update(before.length + done),
        };
        games = test
          ? (await playSprtOn(workers, { ...match, test, part: SPRT_PART, known: before })).games
          : [...before, ...(await playMatchOn(workers, match))];
        bar?.stop();
      }
      played.push({ ...pairing, games });
      folder?.writePage(tournamentPage(plan, standingsOf(plan, played)));
    }
  } finally {
    await workers.destroy();
  }
  const standings = standingsOf(plan, played);
  const { specs, players, pairs, seed } = plan;
  if (json) {
    const compared = standings.pairings.map(({ a, b, ...comparison }) => ({ a: specs[a], b: specs[b], ...comparison }));
    const ratings = standings.standings.map(({ player, rating }) => ({ player: specs[player], ...rating }));
    console.log(JSON.stringify({ players, pairs, seed, pairings: compared, ratings }, undefined, 1));
    return;
  }
  console.log(pairingsTable(plan, standings));
  if (specs.length > 2) console.log(crosstable(plan, standings));
  for (const line of sprtLines(plan, standings)) console.log(line);
  const time = duration((performance.now() - started) / 1000);
  console.log(
    `${test ? 'at most ' : ''}${pairs} deals a pairing, each from all ${players} seats; seed ${seed}; ${time}`,
  );
  if (folder)
    console.log(
      `${join(folder.folder, 'index.html')} shows it; azul replay ${join(folder.folder, 'games.azul')} shows the games`,
    );
}
