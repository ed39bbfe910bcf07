import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { azul, folderForTests, SHORTEST, startAzul } from './processes.js';

const folder = folderForTests();

interface Estimate {
  mean: number;
  low: number;
  high: number;
}

interface Output {
  players: number;
  pairs: number;
  pairings: {
    a: string;
    b: string;
    wins: number;
    draws: number;
    losses: number;
    score: Estimate;
    sprt?: { verdict: string; ratio: number; low: number; high: number };
  }[];
  ratings: (Estimate & { player: string })[];
}

async function evaluate(...args: string[]): Promise<Output> {
  const { status, stdout, stderr } = await azul(['evaluate', ...args, '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Output;
}

test('every two players meet, and the numbers add up', async () => {
  const players = ['random', 'greedy', 'heuristic'];
  const { pairings, ratings, ...settings } = await evaluate(...players, '--pairs', '10', '--seed', '3');
  expect(settings).toEqual({ players: 2, pairs: 10, seed: 3 });
  expect(pairings.map(({ a, b }) => [a, b])).toEqual([
    ['random', 'greedy'],
    ['random', 'heuristic'],
    ['greedy', 'heuristic'],
  ]);
  for (const { wins, draws, losses, score } of pairings) {
    expect(wins + draws + losses).toBe(20);
    expect(score.mean).toBeCloseTo((wins + draws / 2) / 20, 12);
    expect(score.low).toBeLessThanOrEqual(score.mean);
    expect(score.high).toBeGreaterThanOrEqual(score.mean);
  }
  expect(ratings.map(({ player }) => player).sort()).toEqual(players.sort());
  expect(ratings.find(({ player }) => player === 'heuristic')!.mean).toBe(0);
  expect(ratings.map(({ mean }) => mean)).toEqual(ratings.map(({ mean }) => mean).sort((x, y) => y - x));
});

test('equal seeds give equal games, and other seeds give others', async () => {
  const scores = (seed: string) =>
    evaluate('greedy', 'heuristic', '--pairs', '10', '--seed', seed).then(({ pairings }) => pairings[0]);
  const [first, again, other] = await Promise.all([scores('5'), scores('5'), scores('6')]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('a player meets itself, and three players sit at a table', async () => {
  const { pairings } = await evaluate('greedy', 'greedy', '--pairs', '4');
  expect(pairings[0]!.wins + pairings[0]!.draws + pairings[0]!.losses).toBe(8);
  expect((await evaluate('greedy', 'random', '--pairs', '4', '--players', '3')).players).toBe(3);
});

test('a sequential test ends a clear match early, and reports its result', async () => {
  const players = ['greedy', 'random'];
  const { pairings } = await evaluate(...players, '--pairs', '5000', '--sprt', '20');
  const { wins, draws, losses, sprt } = pairings[0]!;
  expect(sprt).toMatchObject({ verdict: 'elo1' });
  expect(sprt!.low).toBeCloseTo(-Math.log(19), 9);
  expect(sprt!.ratio).toBeGreaterThan(sprt!.high);
  expect((wins + draws + losses) % 80).toBe(0);
  expect(wins + draws + losses).toBeLessThan(2000);
  const { stdout } = await azul(['evaluate', ...players.toReversed(), '--pairs', '5000', '--sprt', '20']);
  expect(stdout).toMatch(
    /SPRT of 0 against 20 Elo: random is not stronger than greedy by 20 Elo, after \d+ deals \(log-likelihood ratio -\d/,
  );
  expect(stdout).toContain('at most 5000 deals');
});

test('the output for people is a table, plain where there is no terminal', async () => {
  const { stdout } = await azul(['evaluate', 'greedy', 'random', '--pairs', '4']);
  expect(stdout).toMatch(/│ greedy +│ random +│ \d+\.\d %/);
  expect(stdout).toMatch(/points ahead │ by seat/);
  expect(stdout).not.toContain('forfeits');
  expect(stdout).toContain('4 deals a pairing, each from all 2 seats; seed 1');
  expect(stdout).not.toContain('\x1b');
});

test('an interruption ends the match with status 130', async () => {
  const { child, ended } = startAzul(['evaluate', 'rollouts:sims=1000', 'random', '--pairs', '100000']);
  // A match does not show from outside that it has begun.
  setTimeout(() => child.kill('SIGINT'), 2000);
  const { status, stdout, stderr } = await ended;
  expect(stderr).toMatch(/^stopped, and no game was saved; --out <folder> saves games.*\n$/);
  expect([status, stdout]).toEqual([130, '']);
});

test('a match keeps its model, whatever happens to the run', async () => {
  const run = join(folder, 'run');
  const pids = join(folder, 'pids');
  expect((await azul(['train', ...SHORTEST, '--run', run])).status).toBe(0);
  const fake = fileURLToPath(new URL('../arena/fakeEngine.js', import.meta.url));
  const engine = `engine:"${process.execPath}" "${fake}" silent "${pids}" 1,ms=2000,grace=0`;
  const { ended } = startAzul(['evaluate', `latest:${run},sims=2`, engine, 'random', '--pairs', '1', '--json']);
  // The first engine is only checked. The second one plays in the first pairing, and is silent for two seconds.
  const engines = () => (existsSync(pids) ? readFileSync(pids, 'utf8').split('\n').length - 1 : 0);
  await expect.poll(engines, { timeout: 20_000 }).toBeGreaterThan(1);
  rmSync(run, { recursive: true });
  const { status, stdout, stderr } = await ended;
  for (const line of stderr.trim().split('\n')) expect(line).toContain('the engine gave no answer within 2000 ms');
  expect(status).toBe(0);
  expect((JSON.parse(stdout) as Output).pairings).toHaveLength(3);
});
