import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../src/database.js';
import { packageRoot } from '../../../src/paths.js';
import { type FinishedGame, ReplayBuffer, ReplayBufferError } from '../../../src/training/data/replayBuffer.js';
import { temporaryFolder } from '../helpers.js';

function game(number: number, changes: Partial<FinishedGame> = {}, positions = 3): FinishedGame {
  const records = Array.from({ length: positions }, (_, i) => Uint8Array.of(number, i, 7));
  const rest = {
    plies: 50,
    rounds: 5,
    scores: [10, 20],
    simulations: 100,
    policyEntropy: 1,
    actions: new Uint16Array(0),
    searchValues: new Float32Array(0),
  };
  return { number, iteration: 1, ...rest, records, ...changes };
}

function open(path = join(temporaryFolder(), 'replay.db'), players = 2): ReplayBuffer {
  const buffer = new ReplayBuffer(path, players);
  onTestFinished(() => buffer.close());
  return buffer;
}

/** The path of a closed buffer with games 0 to n - 1. */
function filled(n: number, positions = 3): string {
  const path = join(temporaryFolder(), 'replay.db');
  const buffer = new ReplayBuffer(path, 2);
  buffer.add(Array.from({ length: n }, (_, i) => game(i, {}, positions)));
  buffer.close();
  return path;
}

test('totals count all games up to an iteration, in any order of additions and queries', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }))), (steps) => {
      const buffer = new ReplayBuffer(':memory:', 2);
      const added: number[] = [];
      for (const [iteration, asked] of steps) {
        buffer.add([game(added.length, { iteration })]);
        added.push(iteration);
        const games = added.filter((of) => of <= asked).length;
        expect(buffer.totals(asked)).toEqual({ games, positions: 3 * games });
      }
      buffer.close();
    }),
  );
});

describe('games', () => {
  test('are stored once, each with its records, and survive closing', () => {
    const path = join(temporaryFolder(), 'replay.db');
    const first = new ReplayBuffer(path, 2);
    expect(first.add([game(4), game(5)])).toBe(2);
    expect(first.add([game(5, { scores: [99, 0] }), game(6), game(6)])).toBe(1);
    first.close();
    const buffer = open(path);
    expect([3, 4, 5, 6, 7].map((n) => buffer.has(n))).toEqual([false, true, true, true, false]);
    expect([...buffer.record(5, 2)]).toEqual([5, 2, 7]);
    expect(buffer.statistics(1, 1).firstPlayerScore).toBe(0);
    expect(buffer.positions).toBe(9);
    expect(buffer.check()).toEqual([]);
  });

  test('are added all or none: if one fails, none of its batch is stored', () => {
    const buffer = open();
    expect(() => buffer.add([game(1), game(2, { plies: null as unknown as number })])).toThrow(ReplayBufferError);
    expect(buffer.has(1)).toBe(false);
    expect(buffer.totals(9)).toEqual({ games: 0, positions: 0 });
  });

  test('a missing record is named by its game and place', () => {
    const buffer = open();
    buffer.add([game(1)]);
    expect(() => buffer.record(1, 3)).toThrow(/lacks position 3 of game 1/);
  });
});

test('statistics, compared with values by hand', () => {
  const buffer = open(undefined, 3);
  buffer.add([
    game(0, { plies: 60, rounds: 5, scores: [30, 20, 10], simulations: 100, policyEntropy: 2.5 }, 4),
    game(1, { plies: 70, rounds: 6, scores: [10, 40, 40], simulations: 200 }, 5),
    game(2, { plies: 71, rounds: 7, scores: [50, 50, 20], simulations: 300, iteration: 2 }, 6),
    game(3, { iteration: 3 }),
  ]);
  expect(buffer.statistics(1, 2)).toEqual({
    games: 3,
    positions: 15,
    simulations: 600,
    meanPlies: 67,
    meanRounds: 6,
    meanScore: (20 + 30 + 40) / 3,
    firstPlayerScore: (1 + 0 + 0.5) / 3,
    policyEntropy: 1.5,
  });
  expect(buffer.statistics(8, 9)).toMatchObject({ games: 0, positions: 0 });
  expect(buffer.totals(2)).toEqual({ games: 3, positions: 15 });
});

describe('the window', () => {
  test('holds the newest games up to an iteration, and as many as fit', () => {
    const buffer = open();
    buffer.add([0, 1, 2, 3].map((n) => game(n, { iteration: 1 + (n >> 1) }, 10)));
    const numbers = (iteration: number, positions: number) =>
      buffer.newestGames(iteration, positions).map(({ number }) => number);
    expect(numbers(2, 10)).toEqual([3]);
    expect(numbers(2, 11)).toEqual([2, 3]);
    expect(numbers(2, 1000)).toEqual([0, 1, 2, 3]);
    expect(numbers(1, 10)).toEqual([1]);
    expect(numbers(0, 10)).toEqual([]);
    expect(buffer.newestGames(2, 1)).toEqual([{ number: 3, positions: 10 }]);
  });

  test('drops positions and keeps the count of games', () => {
    const buffer = open();
    buffer.add([0, 1, 2].map((n) => game(n)));
    buffer.dropBefore(2);
    expect(buffer.positions).toBe(3);
    expect(buffer.newestGames(1, 100).map(({ number }) => number)).toEqual([2]);
    expect(buffer.totals(1)).toEqual({ games: 3, positions: 9 });
    expect(buffer.has(0)).toBe(true);
    expect(buffer.add([game(0)])).toBe(0);
    expect([...buffer.record(2, 0)]).toEqual([2, 0, 7]);
    expect(() => buffer.record(1, 2)).toThrow(ReplayBufferError);
    expect(buffer.check()).toEqual([]);
  });
});

describe('check finds', () => {
  test.each([
    ['a lost position', 'DELETE FROM positions WHERE id = 1025', ['game 1 has 2 positions, not 3']],
    ['a lost game', 'DELETE FROM games WHERE number = 2', ['3 positions belong to no game']],
    ['positions too many', "INSERT INTO positions VALUES (3, x'00')", ['game 0 has 4 positions, not 3']],
  ])('%s', (_, sql, faults) => {
    const path = filled(3);
    const other = new Database(path);
    other.exec(sql);
    other.close();
    expect(open(path).check()).toEqual(faults);
  });

  test('a page of random bytes', () => {
    const path = filled(300, 20);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, bytes.length - 2 * 4096, bytes.length - 4096);
    writeFileSync(path, bytes);
    const buffer = open(path);
    try {
      expect(buffer.check()).not.toEqual([]);
    } catch (error) {
      expect(error).toBeInstanceOf(ReplayBufferError);
    }
  });
});

test('after the write-ahead log was removed, games are durable again from the next sync', () => {
  const path = filled(3);
  const buffer = open(path);
  rmSync(`${path}-wal`);
  buffer.add([game(3)]);
  buffer.sync();
  buffer.add([game(4)]);
  // What another process would find if this process were killed now.
  const copy = join(temporaryFolder(), 'replay.db');
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
  const found = open(copy);
  expect(found.totals(1).games).toBe(5);
  expect(found.check()).toEqual([]);
});

describe('a buffer that cannot be opened is refused in one line', () => {
  function refusal(path: string, players = 2): string {
    try {
      new ReplayBuffer(path, players).close();
    } catch (error) {
      expect(error).toBeInstanceOf(ReplayBufferError);
      const { message } = error as Error;
      expect(message).toContain(path);
      expect(message).not.toContain('\n');
      return message;
    }
    throw new Error('opened, against expectation');
  }

  test('another number of players', () => {
    expect(refusal(filled(1), 3)).toMatch(/holds games of 2 players, not 3/);
  });

  test('a buffer of another version, which is not changed', () => {
    const path = filled(2);
    const old = new Database(path);
    old.exec('PRAGMA user_version = 0');
    old.close();
    expect(refusal(path)).toMatch(
      /written by another version of azul; continue with that version, or start another run/,
    );
    const same = new Database(path);
    expect(same.prepare('SELECT count(*) FROM games').pluck().get()).toBe(2);
    same.close();
  });

  test('a buffer in use by another process, until that process ends', async () => {
    const path = filled(2);
    const script = `
      const { ReplayBuffer } = await import(process.argv[1]);
      const buffer = new ReplayBuffer(process.argv[2], 2);
      console.log('open');
      setInterval(() => buffer.has(1), 1000);`;
    const module = new URL('dist/src/training/data/replayBuffer.js', packageRoot).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(refusal(path)).toMatch(/in use by another process; stop that one first/);
    child.kill('SIGKILL');
    await ended;
    expect(open(path).totals(1).games).toBe(2);
  });

  test('a file that is no database', () => {
    const path = join(temporaryFolder(), 'replay.db');
    writeFileSync(path, 'this is a letter to my grandmother\n'.repeat(100));
    expect(refusal(path)).toMatch(/damaged/);
    expect(readFileSync(path, 'utf8')).toMatch(/^this is a letter/);
  });

  test.each([0.2, 0.5, 0.9])('a database cut to %f of its length, when it is read at the latest', (part) => {
    const path = filled(300, 20);
    truncateSync(path, Math.floor((readFileSync(path).length * part) / 4096) * 4096 + 100);
    const use = () => {
      const buffer = new ReplayBuffer(path, 2);
      try {
        expect(buffer.check()).not.toEqual([]);
        for (let n = 0; n < 300; n++) for (let i = 0; i < 20; i++) buffer.record(n, i);
      } finally {
        buffer.close();
      }
    };
    expect(use).toThrow(ReplayBufferError);
  });

  test('a path below a file, a folder as the path, and a missing folder', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(refusal(join(folder, 'file', 'replay.db'))).toMatch(/cannot use|cannot write/);
    expect(refusal(join(folder, 'missing', 'replay.db'))).toMatch(/cannot use|cannot write/);
    expect(refusal(folder)).toMatch(/cannot use|cannot write/);
  });

  test('a disk that is full', () => {
    const path = filled(1);
    const buffer = open(path);
    // SQLite reports the same error for a database at its size limit as for a full disk.
    (buffer as unknown as { db: Database }).db.exec('PRAGMA max_page_count = 12');
    const many = Array.from({ length: 500 }, (_, i) => game(i + 1, {}, 50));
    expect(() => buffer.add(many)).toThrow(/make room or permit writing, then resume/);
    expect(() => buffer.add(many)).toThrow(ReplayBufferError);
    expect(buffer.has(1)).toBe(false);
    expect(buffer.check()).toEqual([]);
  });
});

test('the games of a worker are counted, and discarded in one iteration only', () => {
  const buffer = open(join(temporaryFolder(), 'replay.db'));
  const by = (worker: string, number: number, iteration: number) => ({ ...game(number, { iteration }), worker });
  buffer.add([by('a', 0, 1), by('b', 1, 1), by('a', 2, 1), by('a', 3, 2), game(4, { iteration: 1 })]);
  expect(buffer.workersOf(1)).toBe(2);
  expect(buffer.totals(2).games).toBe(5);
  expect(buffer.discard('a', 1)).toEqual([0, 2]);
  expect([0, 1, 2, 3, 4].map((number) => buffer.has(number))).toEqual([false, true, false, true, true]);
  expect(buffer.totals(2).games).toBe(3);
  expect(buffer.check()).toEqual([]);
  // The games can be played again.
  buffer.add([by('b', 0, 1)]);
  buffer.verify([0]);
  expect(buffer.workersOf(1)).toBe(1);
});
