import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { type GameRecord, playMatch } from '../../src/arena/match.js';
import type { TournamentPlan } from '../../src/arena/tournament.js';
import { TournamentFolder } from '../../src/arena/tournamentFolder.js';

const PLAN: TournamentPlan = { specs: ['greedy', 'random'], players: 3, pairs: 2, seed: 4, gauntlet: false };
const PAIRING = { a: 0, b: 1 };

let folder: string;
let games: GameRecord[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'azul-test-'));
  games = await playMatch({
    seats: 3,
    contestants: [new GreedyPlayer(), new RandomPlayer()],
    seed: 4,
    from: 0,
    to: 2,
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Calls a function with the tournament, as a process of its own would. */
function session<T>(work: (tournament: TournamentFolder) => T, plan = PLAN): T {
  const tournament = TournamentFolder.open(folder, plan);
  try {
    return work(tournament);
  } finally {
    tournament.close();
  }
}

describe('a tournament in a folder', () => {
  test('reads its games back in order', () => {
    expect(TournamentFolder.holds(folder, PLAN)).toBe(false);
    session((tournament) => {
      for (const game of [4, 0, 3]) tournament.add(PAIRING, games[game]!);
    });
    expect(TournamentFolder.holds(folder, PLAN)).toBe(true);
    session((tournament) => {
      expect(tournament.gamesOf(PAIRING)).toEqual([games[0], games[3], games[4]]);
      expect(tournament.numbersOf(PAIRING)).toEqual(new Set([0, 3, 4]));
    });
  });

  test('keeps the whole games when it is cut short anywhere, and accepts the next game', () => {
    session((tournament) => {
      for (const game of games.slice(0, 2)) tournament.add(PAIRING, game);
    });
    const file = join(folder, 'games.azul');
    const text = readFileSync(file, 'utf8');
    const second = text.lastIndexOf('game\n');
    for (let length = text.length; length >= 0; length -= 23) {
      writeFileSync(file, text.slice(0, length));
      const whole = length === text.length ? 2 : length >= second ? 1 : 0;
      session((tournament) => {
        expect(tournament.gamesOf(PAIRING)).toEqual(games.slice(0, whole));
        tournament.add(PAIRING, games[2]!);
      });
      session((tournament) => expect(tournament.gamesOf(PAIRING)).toEqual([...games.slice(0, whole), games[2]]));
    }
  });

  test('keeps forfeits', async () => {
    const illegal = { name: 'illegal', choose: async (positions: readonly Int32Array[]) => positions.map(() => -1) };
    const contestants = [illegal, new GreedyPlayer()];
    const [game] = await playMatch({ seats: 3, contestants, seed: 4, from: 0, to: 1 });
    expect(game!.forfeit).toBe(0);
    session((tournament) => tournament.add(PAIRING, game!));
    session((tournament) => expect(tournament.gamesOf(PAIRING)).toEqual([game]));
  });
});

describe('a damaged game', () => {
  test.each([
    ['a score', /scores (\d+)/, 'scores 9$1', /scores are/],
    [
      'a tag',
      'tag pair 0',
      'tag pair 1',
      /a line of this game was changed; if that was intended, remove its line tag checksum/,
    ],
    ['a word', 'position', 'positiom', /unknown word "positiom"/],
    ['its first line', 'game\n', 'gamf\n', /"gamf" comes where a game should begin/],
  ])('with a change to %s is named, is played again, and is kept in a copy', (_, from, to, fault) => {
    session((tournament) => {
      for (const game of games.slice(0, 3)) tournament.add(PAIRING, game);
    });
    const file = join(folder, 'games.azul');
    const [first, second, third] = readFileSync(file, 'utf8').split(/^(?=game)/m) as [string, string, string];
    const damaged = first + third + second.replace(from, to);
    writeFileSync(file, damaged);
    const messages: string[] = [];
    const reopen = () => TournamentFolder.open(folder, PLAN, (message) => void messages.push(message));
    const tournament = reopen();
    const kept = _ === 'its first line' ? [games[0]] : [games[0], games[2]];
    expect(tournament.gamesOf(PAIRING)).toEqual(kept);
    expect(messages[0]).toMatch(/games\.azul, (game \d, )?line \d+: .*; the game is played again$/);
    expect(messages[0]).toMatch(fault);
    expect(messages[1]).toBe(`${file} as it was is kept as ${file}.damaged`);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(damaged);
    for (const game of games.slice(0, 3)) if (!kept.includes(game)) tournament.add(PAIRING, game);
    tournament.close();
    reopen().close();
    expect(messages).toHaveLength(2);
    session((whole) => expect(whole.gamesOf(PAIRING)).toEqual(games.slice(0, 3)));
  });

  test('without a checksum, as other versions wrote it, is accepted if it is whole', () => {
    session((tournament) => tournament.add(PAIRING, games[0]!));
    const file = join(folder, 'games.azul');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/tag checksum .*\n/, ''));
    session((tournament) => expect(tournament.gamesOf(PAIRING)).toEqual([games[0]]));
  });
});

describe('refused:', () => {
  test.each([
    [
      { specs: ['greedy', 'heuristic'] },
      /with specs \["greedy","random"\], not \["greedy","heuristic"\]; give the same specs/,
    ],
    [{ pairs: 3 }, /holds a tournament with pairs 2, not 3; give the same pairs, or name another folder/],
    [{ seed: 5 }, /seed 4, not 5/],
    [{ gauntlet: true }, /gauntlet false, not true/],
  ])('a different plan, %j', (change, message) => {
    session(() => {});
    expect(() => TournamentFolder.open(folder, { ...PLAN, ...change })).toThrow(message);
    session(() => {});
  });

  test('games of another tournament, or duplicate games', () => {
    session((tournament) => tournament.add(PAIRING, games[0]!));
    const file = join(folder, 'games.azul');
    const text = readFileSync(file, 'utf8');
    appendFileSync(file, text);
    expect(() => session(() => {})).toThrow(/games\.azul, game 2 is there twice; correct it, or name another folder/);
    const unsealed = text.replace(/tag checksum .*\n/, '');
    writeFileSync(file, unsealed.replace('tag pair 0', 'tag pair 7'));
    expect(() => session(() => {})).toThrow(/games\.azul, game 1 is none of this tournament/);
    writeFileSync(file, unsealed.replace('tag pairing 0-1\n', ''));
    expect(() => session(() => {})).toThrow(/game 1 is none of this tournament/);
  });

  test('a folder that is in use', () => {
    session(() => expect(() => session(() => {})).toThrow(/is in use by another process; stop that one first/));
    // The lock of an earlier version holds a process number that another process may have now.
    writeFileSync(join(folder, 'lock'), '1');
    session(() => {});
  });

  test('a damaged plan, and a folder that cannot be made', () => {
    writeFileSync(join(folder, 'tournament.json'), '{');
    expect(() => session(() => {})).toThrow(/tournament\.json is not readable/);
    writeFileSync(join(folder, 'tournament.json'), 'null');
    expect(() => session(() => {})).toThrow(/holds a tournament with specs undefined, not/);
    writeFileSync(join(folder, 'tournament.json'), `\uFEFF${JSON.stringify(PLAN)}`);
    session(() => {});
    expect(() => TournamentFolder.open(join(folder, 'tournament.json/x'), PLAN)).toThrow(/cannot keep a tournament in/);
  });
});

describe('changes are noticed while games are played:', () => {
  const moved = () => `${folder}.moved`;
  afterEach(() => rmSync(moved(), { recursive: true, force: true }));

  test('a moved folder, whose tournament continues at its new place', () => {
    session((tournament) => {
      tournament.add(PAIRING, games[0]!);
      renameSync(folder, moved());
      expect(() => tournament.add(PAIRING, games[1]!)).toThrow(/was moved or removed while its tournament was played/);
      expect(() => tournament.writePage('')).toThrow(/was moved or removed/);
      expect(existsSync(folder)).toBe(false);
    });
    const again = TournamentFolder.open(moved(), PLAN);
    expect(again.gamesOf(PAIRING)).toEqual([games[0]]);
    again.close();
    mkdirSync(folder);
  });

  test('another tournament in its place, which gets none of its games', () => {
    session((tournament) => {
      renameSync(folder, moved());
      session((other) => {
        other.add(PAIRING, games[0]!);
        expect(() => tournament.add(PAIRING, games[0]!)).toThrow(/was moved or removed/);
      });
    });
    session((tournament) => expect(tournament.gamesOf(PAIRING)).toEqual([games[0]]));
  });

  test('removed games', () => {
    session((tournament) => {
      tournament.add(PAIRING, games[0]!);
      rmSync(join(folder, 'games.azul'));
      expect(() => tournament.add(PAIRING, games[1]!)).toThrow(/cannot write to .*games\.azul: ENOENT.*; put it back/);
    });
    session((tournament) => expect(tournament.gamesOf(PAIRING)).toEqual([]));
  });
});
