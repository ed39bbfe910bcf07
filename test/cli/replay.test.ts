import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { printGame } from '../../src/arena/record.js';
import { startPosition } from '../../src/game/notation.js';
import { azul, expectFailure, folderForTests } from './processes.js';

const folder = folderForTests();

/** A file with the two games of a pair. */
async function recordFile(name: string, change = (text: string) => text): Promise<string> {
  const contestants = [new GreedyPlayer(), new RandomPlayer()];
  const games = await playMatch({ seats: 2, contestants, seed: 8, from: 0, to: 1 });
  const texts = games.map((game) =>
    printGame({
      ...game,
      seats: game.seats.map((contestant) => contestants[contestant]!.name),
      tags: new Map([['seed', '8']]),
      start: startPosition(2),
      finished: true,
    }),
  );
  const file = join(folder, name);
  writeFileSync(file, change(texts.join('')));
  return file;
}

test('games are shown board by board', async () => {
  const { status, stdout, stderr } = await azul(['replay', await recordFile('games')]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^game 1: greedy – random \(seed 8\)\n/);
  expect(stdout).toMatch(/\nply 1: greedy plays ...: all \d \w+ of factory \d .+\n\nRound 1: random to move\n/);
  expect(stdout).toContain('The game is over after round');
  expect(stdout).toMatch(/\nWon by greedy: greedy \d+, random \d+\n/);
  expect(stdout).toContain('\ngame 2: random – greedy (seed 8)\n');
  expect(stdout).toMatch(/\n2 games: moves, scores and results follow the rules.\n$/);
});

test('games are shown round by round, and a single game can be chosen', async () => {
  const { stdout } = await azul(['replay', await recordFile('two'), '--moves', '--game', '2']);
  expect(stdout).not.toContain('game 1');
  expect(stdout).toMatch(
    /^game 2: random – greedy \(seed 8\)\n\n1\. =\S+( [1-5c][BYRKW][1-5f])+ {2}\(\d+ \d+\)\n2\. =/,
  );
});

describe('a wrong record', () => {
  test('with an illegal move: the move is named', async () => {
    const file = await recordFile('illegal', (text) =>
      text.replace(/(position start 2\nmoves =\S+ )...( ...)/, '$1cB1$2'),
    );
    expectFailure(
      await azul(['replay', file]),
      1,
      /illegal, game 1, line 6: ply 1: move "cB1" is not legal: no B in the/,
    );
  });

  test('with other scores or another winner', async () => {
    const scores = await recordFile('scores', (text) => text.replace(/scores (\d+)/, 'scores 9$1'));
    expectFailure(
      await azul(['replay', scores]),
      1,
      /game 1, line \d+: scores are 9\d+ \d+, but by the rules they are/,
    );
    const result = await recordFile('result', (text) => text.replace(/result 1/, 'result 0'));
    expectFailure(await azul(['replay', result]), 1, /game 2, line \d+: result is "0", but by the rules it is 1/);
  });

  test('that is no record, does not exist, or has fewer games', async () => {
    const file = join(folder, 'text');
    writeFileSync(file, 'no record at all');
    expectFailure(await azul(['replay', file]), 1, /text, line 1: "no" comes where a game should begin/);
    expectFailure(await azul(['replay', join(folder, 'nosuch')]), 1, /cannot read the record .*nosuch: ENOENT/);
    expectFailure(
      await azul(['replay', await recordFile('few'), '--game', '3']),
      1,
      /has no game 3; choose one from 1 to 2/,
    );
    expectFailure(await azul(['replay']), 2, /missing required argument 'file'/);
  });
});
