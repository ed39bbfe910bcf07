import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { printGame } from '../../src/arena/record.js';
import { printPosition, startPosition } from '../../src/game/notation.js';
import { azul, expectFailure, folderForTests } from './processes.js';

const folder = folderForTests();
const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const START = printPosition(startPosition(2));
const BUDGET = ['--sims', '16'];

interface Judged {
  ply: number;
  seat: number;
  move: string;
  best: string;
  before: number[];
  after: number[];
  loss: number;
}

async function record(seats: number): Promise<string> {
  const contestants = [new GreedyPlayer(), new RandomPlayer()];
  const games = await playMatch({ seats, contestants, seed: 8, from: 0, to: 1 });
  const texts = games.map((game) =>
    printGame({
      ...game,
      seats: game.seats.map((contestant) => contestants[contestant]!.name),
      tags: new Map(),
      start: startPosition(seats),
      finished: true,
    }),
  );
  const file = join(folder, `games${seats}`);
  writeFileSync(file, texts.join(''));
  return file;
}

describe('a position', () => {
  const subject = `start 2 moves ${DEAL} 1B2`;

  test('is shown with the best moves, their values, and the expected play', async () => {
    const { status, stdout, stderr } = await azul(['analyse', subject, ...BUDGET, '--lines', '3']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Round 1: seat 1 to move\n/);
    expect(stdout).toMatch(
      /\nseat 1: \d+\.\d % winning chance, expected result \S+, \S+ points ahead \(16 simulations, .+\)\n/,
    );
    expect(stdout).toMatch(/\nbest is ...: .+\n/);
    expect(stdout.match(/^│ [1-5c][BYRKW][1-5f] /gm)).toHaveLength(3);
  });

  test('may begin with an empty factory, though it then looks like an option', async () => {
    const { stdout } = await azul(['analyse', ...BUDGET, '--json', subject]);
    const { position } = JSON.parse(stdout);
    expect(position).toMatch(/^-\//);
    expect((await azul(['analyse', ...BUDGET, '--json', position])).stdout).toBe(stdout);
    expect((await azul(['analyse', ...BUDGET, '--json', ...position.split(' ')])).stdout).toBe(stdout);
  });

  test('is read from arguments or from a file, and its JSON is the same for the same seed', async () => {
    const args = ['analyse', ...BUDGET, '--json'];
    const quoted = await azul([...args, subject]);
    const file = join(folder, 'position');
    writeFileSync(file, `# a remark\nposition ${subject}\n`);
    expect((await azul([...args, file])).stdout).toBe(quoted.stdout);
    expect((await azul([...args, ...subject.split(' ')])).stdout).toBe(quoted.stdout);
    const { position, turn, sims, values, margins, lines } = JSON.parse(quoted.stdout);
    expect(position).toMatch(/^-\/RRWW\/BYKK\/YYRW\/BRKW 1YK /);
    expect([turn, sims, lines.length]).toEqual([1, 16, 5]);
    expect([values.length, margins.length]).toEqual([2, 2]);
    for (const { move, visits, pv, values: after } of lines) {
      expect(pv[0]).toBe(move);
      expect(visits).toBeGreaterThan(0);
      expect(Math.abs(after[0])).toBeLessThanOrEqual(1);
    }
  });
});

describe('a recorded game', () => {
  test('each move is judged, with a chart and the costliest moves', async () => {
    const { status, stdout, stderr } = await azul([
      'analyse',
      await record(2),
      '--game',
      '2',
      ...BUDGET,
      '--lines',
      '2',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^game 2: random – greedy\n/);
    expect(stdout).toContain('winning chance of random (seat 0) after each move');
    expect(stdout).toMatch(/\n {2}0 % └1─+2─+3/);
    expect(stdout).toMatch(/\nThe costliest moves:\n(\d.+ % by .+, ply \d+: .+\n {2}better: .+\n){2}/);
  });

  test('as JSON: the value after a move is the value before the next one, and the last value is the result', async () => {
    const { stdout } = await azul(['analyse', await record(2), '--game', '1', ...BUDGET, '--json']);
    const { seats, ranks, moves } = JSON.parse(stdout) as { seats: string[]; ranks: number[]; moves: Judged[] };
    expect(seats).toEqual(['greedy', 'random']);
    moves.forEach(({ ply, seat, before, after, loss }, i) => {
      expect(ply).toBe(i + 1);
      expect(loss).toBeCloseTo((before[seat]! - after[seat]!) / 2, 12);
    });
    expect(moves[1]!.before).toEqual(moves[0]!.after);
    expect(moves.at(-1)!.after).toEqual(ranks.map((rank) => (rank === 1 ? 1 : -1)));
  });

  test('a game without a move is reported as such', async () => {
    const file = join(folder, 'forfeited');
    writeFileSync(file, `game\nposition start 2\nmoves ${DEAL}\nforfeit 0\nresult 1\n`);
    const { status, stdout, stderr } = await azul(['analyse', file, ...BUDGET]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^game 1: seat 0 – seat 1\n\nIt has no moves\.\n/);
  });

  test('a game of three players has a chart for each', async () => {
    const { stdout } = await azul(['analyse', await record(3), '--game', '1', '--sims', '4']);
    expect(stdout.match(/share of others beaten of \w+ \(seat \d\) after each move/g)).toHaveLength(3);
  });
});

describe('bad input is reported in one line:', () => {
  const cases: [args: string[], status: number, message: RegExp][] = [
    [[], 2, /missing required argument 'subject'/],
    [['nosuch'], 1, /cannot read nosuch: there is no such file; name a record, or give a position in quotes/],
    [['start', '2'], 1, /there is no move to find: a deal is due; add one after the word moves/],
    [[`start 2 moves ${DEAL} 1R1`], 1, /move "1R1" is not legal: no R in factory 1/],
    [['no position'], 1, /position "no position" has 2 fields/],
    [['.'], 1, /cannot read \.: .+; name a record, or give a position in quotes/],
    [['start 2', '--sims', '0'], 2, /must be a whole number from 1/],
    [[`start 2 moves ${DEAL}`, '--model', 'nosuch.onnx'], 1, /cannot read the model nosuch.onnx/],
  ];
  test.concurrent.each(cases)('azul analyse %j', async (args, status, message) => {
    expectFailure(await azul(['analyse', ...args], { cwd: folder }), status, message);
  });

  test.concurrent.each([
    ['of many words', 'x '.repeat(28_413)],
    ['of one word', '\x1b[31m\u202e'.repeat(100)],
    ['of what is invisible', ' \x07\x7f\x9b\u2028'.repeat(100)],
    ['with a bad part', START.replace('20,20', `${'\x1b'.repeat(500)},20`)],
  ])('something %s is shortened in the message', async (_, text) => {
    const ended = await azul(['analyse', text], { cwd: folder });
    expectFailure(ended, 1, /^azul: \P{C}{1,200}\n$/u);
  });

  test('a record with many games, or with an error', async () => {
    const file = await record(2);
    expectFailure(await azul(['analyse', file]), 2, /holds 2 games; choose one of them with --game/);
    const wrong = join(folder, 'wrong');
    writeFileSync(wrong, `game\nposition start 2\nmoves ${DEAL} 1B2 1B2\nresult none\n`);
    expectFailure(await azul(['analyse', wrong]), 1, /wrong, game 1, line 3: ply 2: move "1B2" is not legal/);
  });
});
