/** `azul evaluate`: matches between players, each deal played from every seat. */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { GameRecord } from '../arena/match.js';
import { type Pairing, pairingsOf, sprtOf, standingsOf, type TournamentPlan } from '../arena/tournament.js';
import { TournamentFolder } from '../arena/tournamentFolder.js';
import { writeWhole } from '../files.js';
import { labelled } from '../network/foreign/foreignModel.js';
import { Network } from '../network/network.js';
import { encodeNetwork } from '../network/onnxModel.js';
import { type MatchJob, playSprt } from '../players/matches.js';
import { checkPlayer, isForeignPlayer, isModelPlayer, type PlayerDescription } from '../players/players.js';
import { shellWord } from '../quoting.js';
import { threadExecutor } from '../training/selfplay/executor.js';
import { tournamentPage } from './pages/tournamentPage.js';
import { warn } from './terminal/colours.js';
import { duration } from './terminal/format.js';
import { progressBar } from './terminal/progress.js';
import { crosstable, pairingsTable, sprtLines } from './terminal/tournamentTables.js';

export interface EvaluateOptions {
  players: number;
  pairs: number;
  seed: number;
  gauntlet: boolean;
  /** Elo difference that a sequential test looks for. */
  sprt?: number;
  json: boolean;
  /** Address of the fleet that plays, and its credentials; without an address this machine plays. */
  fleet?: string;
  creds?: string;
  /** Folder that stores the tournament. */
  out?: string;
}

/** Deals between two checks of a sequential test. */
const SPRT_CHUNK = 40;

/** Plays a tournament, or its missing games, and prints scores with intervals, and ratings. */
export async function evaluate(specs: string[], { json, out, fleet, creds, ...rest }: EvaluateOptions): Promise<void> {
  const plan: TournamentPlan = { sprt: undefined, specs, ...rest };
  const begun = out !== undefined && TournamentFolder.holds(out, plan);
  const contestants: PlayerDescription[] = [];
  for (const [i, spec] of specs.entries()) {
    const copy = begun ? modelCopy(out, i) : undefined;
    contestants.push(await checkPlayer(spec, plan.players, copy && existsSync(copy) ? copy : undefined));
  }
  const folder = out === undefined ? undefined : TournamentFolder.open(out, plan, warn);
  try {
    if (folder) keepModels(contestants, plan.players, folder.folder, begun);
    await play(plan, contestants, folder, { json, fleet, creds });
  } finally {
    folder?.close();
  }
}

/** Path of a tournament's copy of the model of player `i`. */
function modelCopy(out: string, i: number): string {
  return join(out, 'models', `${i}.onnx`);
}

/** Stores copies of the models for continuing later: while their run trains, `best` and `latest` change. */
function keepModels(contestants: readonly PlayerDescription[], players: number, out: string, begun: boolean): void {
  for (const [i, player] of contestants.entries()) {
    const copy = modelCopy(out, i);
    if (begun && existsSync(copy)) continue;
    const bytes = modelBytes(player, players);
    if (!bytes) continue;
    mkdirSync(dirname(copy), { recursive: true });
    writeWhole(copy, bytes);
  }
}

/** The model file of a player, if it has one. */
function modelBytes(player: PlayerDescription, players: number): Uint8Array | undefined {
  if (isForeignPlayer(player)) return labelled(player.foreign);
  if (!isModelPlayer(player)) return undefined;
  const { shape, weights, ranges } = player;
  return encodeNetwork(new Network(players, shape), weights, ranges);
}

async function play(
  plan: TournamentPlan,
  contestants: readonly PlayerDescription[],
  folder: TournamentFolder | undefined,
  { json, fleet, creds }: Pick<EvaluateOptions, 'json' | 'fleet' | 'creds'>,
): Promise<void> {
  const started = performance.now();
  const pairings = pairingsOf(plan);
  const total = plan.pairs * plan.players;
  const test = sprtOf(plan);
  const executor =
    fleet === undefined
      ? threadExecutor(availableParallelism())
      : await (await import('./fleet/lead.js')).leadMatches({ url: fleet, creds });
  const played: (Pairing & { games: GameRecord[] })[] = [];
  const kept = folder ? pairings.reduce((sum, pairing) => sum + folder.numbersOf(pairing).size, 0) : 0;
  if (kept > 0 && !json) console.log(`${kept} of ${pairings.length * total} games are already played`);
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
          ? (await playSprt(executor, { ...match, test, pairsPerTest: SPRT_CHUNK, known: before })).games
          : [...before, ...(await executor.playMatch(match))];
        bar?.stop();
      }
      played.push({ ...pairing, games });
      folder?.writePage(tournamentPage(plan, standingsOf(plan, played), played));
    }
  } finally {
    await executor.close();
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
      `${join(folder.folder, 'index.html')} shows it; azul replay ${shellWord(join(folder.folder, 'games.azul'))} shows the games`,
    );
}
