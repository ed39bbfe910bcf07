/** A tournament that is killed at any moment and continued has each game once, and keeps its earlier games. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Random } from '../../src/game/random.js';
import { startAzul } from '../cli/processes.js';
import { type Counts, campaign, expectOrderly, pick } from './campaign.js';
import { inFolder, someMoment } from './smallRun.js';

const PLAYERS = ['greedy', 'heuristic', 'alphabeta:nodes=300'];
const PAIRS = 30;
/** Three pairings, with each deal played from two seats. */
const GAMES = 3 * PAIRS * 2;
const PER_TOURNAMENT = 5;

const start = (folder: string) => startAzul(['evaluate', ...PLAYERS, '--pairs', String(PAIRS), '--out', folder]);

/** The whole games in a tournament's file. */
function gamesOf(folder: string): string[] {
  const file = join(folder, 'games.azul');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split(/^(?=game$)/m).filter((game) => /^result .*\n$/m.test(game));
}

/** Pairing, pair and rotation, which identify one game. */
function identityOf(game: string): string {
  return ['pairing', 'pair', 'rotation'].map((name) => new RegExp(`^tag ${name} (.*)$`, 'm').exec(game)![1]).join(' ');
}

async function round(random: Random): Promise<Counts> {
  const counts: Counts = {};
  await inFolder(async (folder) => {
    let known: string[] = [];
    for (let n = 0; n < PER_TOURNAMENT; n++) {
      const signal = pick(random, ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const);
      const running = start(folder);
      await someMoment(running, random);
      running.child.kill(signal);
      const { stderr } = await running.ended;
      expectOrderly(stderr);
      const games = gamesOf(folder);
      for (const game of known) expect(games).toContain(game);
      known = games;
      counts[signal] = (counts[signal] ?? 0) + 1;
    }
    const { status, stderr } = await start(folder).ended;
    expect(status, stderr).toBe(0);
    const games = gamesOf(folder);
    expect(new Set(games.map(identityOf)).size).toBe(GAMES);
    expect(games).toHaveLength(GAMES);
    for (const game of known) expect(games).toContain(game);
  });
  return counts;
}

campaign('tournaments', round);
