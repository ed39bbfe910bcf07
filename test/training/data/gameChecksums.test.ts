import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../src/database.js';
import { type FinishedGame, ReplayBuffer, ReplayBufferError } from '../../../src/training/data/replayBuffer.js';
import { ReplayWindow } from '../../../src/training/data/replayWindow.js';
import { temporaryFolder } from '../helpers.js';

const ALL = 1e9;
const GAMES = 40;

function game(number: number): FinishedGame {
  return {
    number,
    iteration: 1 + (number >> 3),
    plies: 50,
    rounds: 5,
    scores: [10, 20],
    simulations: 100,
    policyEntropy: 1.25,
    actions: new Uint16Array(0),
    records: Array.from({ length: 20 }, (_, i) => new Uint8Array(200).fill(number + i)),
    searchValues: new Float32Array(0),
  };
}

/** The path of a filled and closed buffer. */
function filled(): string {
  const path = join(temporaryFolder(), 'replay.db');
  const buffer = new ReplayBuffer(path, 2);
  buffer.add(Array.from({ length: GAMES }, (_, i) => game(i)));
  buffer.close();
  return path;
}

/** Changes a buffer in a way that no version of the program does. */
function edit(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** Opens a buffer (read-only without `players`), calls a function with it, and closes it. */
function session<T>(path: string, players: number | undefined, work: (buffer: ReplayBuffer) => T): T {
  const buffer = new ReplayBuffer(path, players);
  try {
    return work(buffer);
  } finally {
    buffer.close();
  }
}

/** Moves a window over all games of a buffer, as resume and fit do. Returns the number of positions. */
function readWindow(buffer: ReplayBuffer): number {
  const window = new ReplayWindow(buffer, { recency: 1, validationFraction: 0.2 });
  window.move(ALL, ALL);
  return window.positions + window.heldOutPositions;
}

test('a window holds the games as written, in a read-only buffer too, and after older games were dropped', () => {
  const path = filled();
  for (const players of [2, undefined]) expect(session(path, players, readWindow)).toBe(GAMES * 20);
  session(path, 2, (buffer) => buffer.dropBefore(10));
  session(path, 2, (buffer) => {
    expect(readWindow(buffer)).toBe((GAMES - 10) * 20);
    expect(buffer.check()).toEqual([]);
  });
});

test.each([
  ['a record', "UPDATE positions SET record = x'00' || substr(record, 2) WHERE id = 7 * 1024 + 3"],
  ['two records that changed places', 'UPDATE positions SET id = 7 * 1024 + 99 WHERE id = 7 * 1024 + 3'],
  ['a count of plies', 'UPDATE games SET plies = 51 WHERE number = 7'],
  ['an iteration', 'UPDATE games SET iteration = 4 WHERE number = 7'],
])('a window refuses a game after a change to %s', (_, sql) => {
  const path = filled();
  edit(path, sql);
  for (const players of [2, undefined]) {
    session(path, players, (buffer) => {
      for (let n = 0; n < 2; n++) {
        expect(() => readWindow(buffer)).toThrow(
          /replay\.db is damaged: game 7 does not match its checksum; restore it, or start another run with --from latest:/,
        );
      }
      expect(() => readWindow(buffer)).toThrow(ReplayBufferError);
      expect(buffer.check()).toEqual(['game 7 does not match its checksum']);
    });
  }
});

test('games of a version without checksums are accepted, and games added to them are checked', () => {
  const path = filled();
  edit(path, 'DROP TABLE checksums');
  expect(session(path, undefined, readWindow)).toBe(GAMES * 20);
  session(path, 2, (buffer) => buffer.add([game(GAMES)]));
  expect(session(path, undefined, readWindow)).toBe((GAMES + 1) * 20);
  edit(path, `UPDATE games SET simulations = 1 WHERE number = ${GAMES}`);
  expect(() => session(path, undefined, readWindow)).toThrow(/game 40 does not match/);
});

/** Two games of format 3 with its checksums, as that version wrote them. */
const FORMAT_3 = `
  PRAGMA user_version = 3;
  CREATE TABLE meta (players INTEGER NOT NULL);
  CREATE TABLE games (
    number INTEGER PRIMARY KEY, iteration INTEGER NOT NULL, plies INTEGER NOT NULL, rounds INTEGER NOT NULL,
    scores TEXT NOT NULL, winner_share REAL NOT NULL, simulations INTEGER NOT NULL, policy_entropy REAL NOT NULL,
    positions INTEGER NOT NULL, kept INTEGER NOT NULL, surprise BLOB NOT NULL);
  CREATE INDEX games_by_iteration ON games (iteration);
  CREATE INDEX kept_games ON games (number) WHERE kept = 1;
  CREATE TABLE positions (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
  CREATE TABLE checksums (number INTEGER PRIMARY KEY, crc INTEGER NOT NULL);
  INSERT INTO meta VALUES (2);
  INSERT INTO games VALUES (0, 1, 50, 5, '[10,20]', 0.0, 100, 1.25, 2, 1, x'0000003f0000c07f');
  INSERT INTO games VALUES (1, 1, 50, 5, '[10,20]', 0.0, 100, 1.25, 2, 1, x'0000003f0000c07f');
  INSERT INTO positions VALUES (0, x'0001'), (1, x'0002'), (1024, x'0101'), (1025, x'0102');
  INSERT INTO checksums VALUES (0, 22640814), (1, 2230299197);`;

test('a buffer of format 3 is read and continued, and its games are checked', () => {
  const path = join(temporaryFolder(), 'replay.db');
  edit(path, FORMAT_3);
  expect(session(path, undefined, readWindow)).toBe(4);
  session(path, 2, (buffer) => {
    expect(buffer.add([game(1), game(2)])).toBe(1);
    expect(buffer.check()).toEqual([]);
    buffer.dropBefore(1);
  });
  session(path, 2, (buffer) => {
    expect(readWindow(buffer)).toBe(2 + 20);
    expect(buffer.check()).toEqual([]);
  });
  edit(path, "UPDATE games SET surprise = x'00' WHERE number = 1");
  expect(() => session(path, undefined, readWindow)).toThrow(/game 1 does not match/);
});

test('an index that points to the wrong rows is refused when the buffer is opened', () => {
  const path = filled();
  const db = new Database(path);
  const page = db.pluck("SELECT rootpage FROM sqlite_master WHERE name = 'games_by_iteration'").get() as number;
  db.close();
  const bytes = readFileSync(path);
  // The entry that was inserted first is at the end of the page.
  bytes[page * 4096 - 1]! ^= 1;
  writeFileSync(path, bytes);
  for (const players of [2, undefined]) {
    expect(() => session(path, players, readWindow)).toThrow(
      /replay\.db is damaged \([^\n]+\); restore it, or start another run/,
    );
  }
});
