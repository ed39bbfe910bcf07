import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseGames } from '../../src/arena/record.js';
import { azul, expectFailure, folderForTests, SHORTEST, shell, startAzul } from './processes.js';

const folder = folderForTests();

/** The numbers of the complete games in a tournament's folder. */
function gamesIn(out: string): string[] {
  const text = readFileSync(join(out, 'games.azul'), 'utf8');
  const whole = /^.*\nresult [\d,]+\n/s.exec(text)?.[0];
  if (whole === undefined) return [];
  return parseGames(whole).map(({ tags }) => ['pairing', 'pair', 'rotation'].map((name) => tags.get(name)).join(' '));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a tournament in a folder', () => {
  test('that is killed repeatedly loses and repeats no finished game', async () => {
    const out = join(folder, 'killed');
    const args = ['evaluate', 'rollouts:sims=40', 'greedy', 'random', '--pairs', '16', '--seed', '6', '--out', out];
    const signals = ['SIGKILL', 'SIGINT', 'SIGKILL'] as const;
    let before: string[] = [];
    for (const signal of signals) {
      const { child, ended } = startAzul(args);
      await until(() => existsSync(join(out, 'games.azul')) && gamesIn(out).length > before.length);
      child.kill(signal);
      const { status, stderr } = await ended;
      expect(status).toBe(signal === 'SIGKILL' ? signal : 130);
      if (signal === 'SIGINT') expect(stderr).toBe(`stopped; the same command continues the tournament in ${out}\n`);
      const now = gamesIn(out);
      expect(now.slice(0, before.length)).toEqual(before);
      before = now;
    }
    const { status, stdout, stderr } = await azul(args);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const all = gamesIn(out);
    expect(all.slice(0, before.length)).toEqual(before);
    expect(new Set(all).size).toBe(96);
    expect(all.length).toBe(96);
    expect(stdout).toMatch(/│ 1 │ greedy +│ \+\d+ +│/);
    expect((await azul(['replay', join(out, 'games.azul'), '--moves'])).status).toBe(0);
    // Once more: no game is left to play.
    const again = await azul([...args, '--json']);
    expect(JSON.parse(again.stdout).pairings).toHaveLength(3);
    expect(gamesIn(out)).toEqual(all);
  });

  test('continues after the disk was full', async () => {
    const out = join(folder, 'full');
    const line = `$AZUL evaluate greedy random heuristic --pairs 10 --out ${out}`;
    expectFailure(await shell(`ulimit -f 12; exec ${line}`), 1, /cannot write to .*games\.azul: .*; make room/);
    const before = gamesIn(out);
    expect(before.length).toBeGreaterThan(0);
    const { status, stdout, stderr } = await shell(line);
    expect(stderr).toMatch(/^(\S+games\.azul ends within a game; that game is played again\n)?$/);
    expect(status).toBe(0);
    expect(stdout).toContain(`${before.length} of 60 games are already played\n`);
    expect(gamesIn(out).slice(0, before.length)).toEqual(before);
    expect(new Set(gamesIn(out)).size).toBe(60);
  });

  test('makes a page that needs no other file', async () => {
    const out = join(folder, 'page');
    const { stdout } = await azul([
      'evaluate',
      'greedy',
      'random',
      'heuristic',
      '--pairs',
      '3',
      '--gauntlet',
      '--out',
      out,
    ]);
    expect(stdout).toContain(`${join(out, 'index.html')} shows it`);
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    expect(page).toContain('gauntlet of greedy');
    expect(page).not.toMatch(/<script|<link|src=|url\(|http/);
    expect(page.match(/<circle/g)).toHaveLength(3);
    expect(page).not.toContain('NaN');
    expect(gamesIn(out)).toHaveLength(12);
  });

  test('refuses other players, and unknown players, before it makes a file', async () => {
    const out = join(folder, 'other');
    const evaluate = (...args: string[]) => azul(['evaluate', ...args, '--pairs', '1', '--out', out]);
    expectFailure(await evaluate('greedy', 'nosuch'), 2, /unknown player 'nosuch'/);
    expect(existsSync(out)).toBe(false);
    expect((await evaluate('greedy', 'random')).status).toBe(0);
    expectFailure(
      await evaluate('greedy', 'heuristic'),
      1,
      /other holds a tournament with specs .*, not .*; give the same specs/,
    );
    expectFailure(await evaluate('greedy', 'random', '--seed', '2'), 1, /with seed 1, not 2/);
  });

  test('keeps the models that it began with', async () => {
    const run = join(folder, 'run');
    const out = join(folder, 'models');
    expect((await azul(['train', ...SHORTEST, '--run', run])).status).toBe(0);
    const args = ['evaluate', `latest:${run},sims=2`, 'random', '--pairs', '2', '--out', out];
    const first = await azul(args);
    expect(first.stderr).toBe('');
    const model = readFileSync(join(run, 'checkpoints/000001/model.onnx'));
    expect(readFileSync(join(out, 'models/0.onnx'))).toEqual(model);
    cpSync(run, `${run}.away`, { recursive: true });
    rmSync(run, { recursive: true });
    rmSync(join(out, 'games.azul'));
    const again = await azul(args);
    expect(again.stderr).toBe('');
    expect(again.status).toBe(0);
    expect(gamesIn(out)).toHaveLength(4);
  });
});
