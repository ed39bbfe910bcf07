import { expect, test } from 'vitest';
import { LEVELS, type Level } from '../../src/arena/levels.js';
import { TerminalGame } from '../../src/cli/terminal/terminalGame.js';
import { parsePosition, printMove, startPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { FakeThinker } from '../arena/fakeThinker.js';
import { azul, startAzul } from './processes.js';

const TEN: Level = { id: 'ten', name: 'Ten', simulations: 10, temperature: 0 };

/** Plays with a thinker that takes the first legal move. Returns the lines that were printed. */
async function conversation(
  answers: string[],
  { person = 0, seed = 1, position = startPosition(2), level = TEN } = {},
) {
  const printed: string[] = [];
  const queue = [...answers];
  const game = new TerminalGame(position, person, new FakeThinker(), { level, seed }, (text) => printed.push(text));
  await game.play(async (question) => {
    const answer = queue.shift();
    printed.push(`${question} ${answer}`);
    return answer;
  });
  return printed.join('\n');
}

/** The answers of the person in a whole game: always the first legal move of the list. */
async function playWholeGame(args: string[]) {
  const { child, ended, prints } = startAzul(['play', ...args]);
  let asked = 0;
  let text = '';
  child.stdout!.on('data', (chunk: string) => {
    text += chunk;
    const lists = [...text.matchAll(/^Your move: legal\n(...)/gm)];
    if (lists.length > asked) {
      asked = lists.length;
      child.stdin!.write(`${lists.at(-1)![1]}\nlegal\n`);
    }
  });
  child.stdin!.write('legal\n');
  await prints('won by');
  child.stdin!.end();
  return ended;
}

test('a whole game from the first deal to the result', async () => {
  const { status, stdout, stderr } = await playWholeGame(['--seed', '5', '--sims', '20', '--seat', '2']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('You have seat 2 of 2');
  expect(stdout).toMatch(/Round 1: the deal is =.+; first: Azul Zero\./);
  expect(stdout).toMatch(/Azul Zero plays ...: .+\n {2}thinks: its winning chance \d+\.\d %; .+; \d+ of 20 visits/);
  expect(stdout).toMatch(/Round 1 is over:\n {2}Azul Zero: 0 \+ \d+ = \d+ points\n {2}You: 0 \+ \d+ = \d+ points/);
  expect(stdout).toMatch(/is over, end bonuses included:/);
  expect(stdout).toMatch(/The game is over after round \d+: won by/);
  expect(stdout).toMatch(/(You win|You lose|You share the win): Azul Zero \d+, You \d+\.\n$/);
});

test('equal seeds give equal games, and --seat 0 picks a seat by the seed', async () => {
  const play = async (seed: number) => {
    const args = ['play', '--seat', '0', '--sims', '8', '--seed', String(seed)];
    return (await azul(args, { input: 'position\nquit\n' })).stdout;
  };
  const games = await Promise.all([1, 2, 3, 4, 5, 6, 1].map(play));
  expect(games[6]).toBe(games[0]);
  expect(new Set(games).size).toBe(6);
  const seats = games.map((text) => /seat (\d) of 2/.exec(text)![1]);
  expect(new Set(seats)).toEqual(new Set(['1', '2']));
});

test('levels: moves come from the policy without a search, sampled for beginners, and hints are searched', async () => {
  const answers = Array(4).fill('hint');
  const moves = async (level: Level, seed: number) => {
    const text = await conversation(answers, { person: 1, seed, level });
    expect(text).not.toContain('thinks:');
    return /Azul Zero plays (...):/.exec(text)![1];
  };
  const [beginner, club] = ['beginner', 'club'].map((name) => LEVELS.find(({ id }) => id === name)!);
  const drawn = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => moves(beginner!, seed)));
  expect(new Set(drawn).size).toBeGreaterThan(2);
  expect(await moves(beginner!, 1)).toBe(drawn[0]);
  // The thinker's policy favours the last legal move.
  const { rules, state } = startPosition(2);
  rules.deal(state, 0, new Random(1));
  const legal = new Uint16Array(rules.actions);
  expect(await moves(club!, 1)).toBe(printMove(rules, legal[rules.legal(state, 0, legal) - 1]!));
});

test('an invalid move is reported, and the question is repeated', async () => {
  const text = await conversation(['3b', '9B1', '1Z1', '=BBBB', 'nonsense', '', 'quit']);
  expect(text).toContain('move "3b" is not source, colour, destination (like 3B4 or cRf); help lists');
  expect(text).toContain('move "9B1" has the source "9", not 1-5 or c');
  expect(text).toContain('move "1Z1" has the colour "Z"');
  expect(text).toContain('deal "=BBBB" has 1 factories, not 5');
  expect(text).toContain('move "nonsense" is not source');
  expect(text).toMatch(/You left the game before its end\.$/);
});

test('moves may be typed in any case', async () => {
  const move = /^Your move: legal\n(...)/m.exec(await conversation(['legal', 'quit']))![1]!;
  const after = async (typed: string) =>
    /^Your move: position\n(.+)$/m.exec(await conversation([typed, 'position']))![1];
  expect(await after(move.toLowerCase())).toBe(await after(move));
});

test('hint, legal, position and help change nothing', async () => {
  const text = await conversation(['position', 'hint', 'legal', 'help', 'position', 'quit']);
  const [first, second] = [...text.matchAll(/^Your move: position\n(.+)$/gm)].map(([, notation]) => notation!);
  expect(second).toBe(first);
  expect(() => parsePosition(first!)).not.toThrow();
  expect([
    ...text.matchAll(/^[123]\. ...: .+\n {3}your winning chance 62\.5 %; .+; \d+ of 400 visits$/gm),
  ]).toHaveLength(3);
  expect(text).toMatch(/^1.. .+\n2.. /m);
  expect(text).toContain('undo      take back to your previous move');
});

test('undo goes back to the previous move, deals included', async () => {
  const first = 'undo\nposition\nlegal'.split('\n');
  const opening = await conversation([...first, 'quit']);
  expect(opening).toContain('You have no move to take back.');
  const before = /^Your move: position\n(.+)$/m.exec(opening)![1];
  const move = /^Your move: legal\n(...)/m.exec(opening)![1]!;
  const text = await conversation([move, 'position', 'undo', 'position', move, 'position', 'undo', 'undo', 'quit']);
  const [after, back, again] = [...text.matchAll(/^Your move: position\n(.+)$/gm)].map(([, notation]) => notation);
  expect(back).toBe(before);
  expect(again).toBe(after);
  expect(after).not.toBe(before);
  expect(text).toMatch(/Taken back\..*You have no move to take back\./s);
});

test('three players have names by seat, and the end of the input ends the game', async () => {
  const text = await conversation(['hint'], { position: startPosition(3), person: 1 });
  expect(text).toContain('first: Azul Zero 1.');
  expect(text).toContain('Azul Zero 3');
  expect(text).toContain('your expected fraction of opponents beaten 50.0 %;');
  expect(text).toMatch(/You left the game before its end\.$/);
});

test('an interruption ends it with status 130', async () => {
  const { child, ended, prints } = startAzul(['play', '--sims', '8']);
  await prints('Round 1: You to move');
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  expect(stderr).toBe('');
  expect(status).toBe(130);
});
