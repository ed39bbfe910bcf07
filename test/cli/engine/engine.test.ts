import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/cli/engine/engine.js';
import { Random } from '../../../src/game/random.js';
import { FakeThinker } from '../../arena/fakeThinker.js';

const EMPTY_BOARD = '0;-,-,-,-,-;...../...../...../...../.....;-';
const START = `-/-/-/-/- - ${EMPTY_BOARD}|${EMPTY_BOARD} 0 0 20,20,20,20,20 0,0,0,0,0`;
const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
/** One move, cBf, ends the game: player 1 has a complete row and more points. */
const LAST_MOVE =
  '-/-/-/-/- B 10;-,-,-,-,-;...../...../...../...../.....;1|30;-,-,-,-,-;BYRKW/...../...../...../.....;- 0 5 18,19,19,19,19 0,0,0,0,0';

let thinker: FakeThinker;
let engine: Engine;

beforeEach(() => {
  thinker = new FakeThinker();
  engine = new Engine(thinker, 'Azul Zero 1.2.3');
});

async function ask(line: string, of = engine): Promise<string[]> {
  const answer: string[] = [];
  await of.handle(line, (text) => answer.push(text));
  return answer;
}

async function askError(line: string): Promise<string> {
  const before = await ask('show');
  const answer = await ask(line);
  expect(answer).toHaveLength(1);
  expect(answer[0]).toMatch(/^error \S/);
  expect(await ask('show')).toEqual(before);
  return answer[0]!.slice('error '.length);
}

describe('the commands', () => {
  test('azi and isready', async () => {
    expect(await ask('azi')).toEqual(['id name Azul Zero 1.2.3', 'option multipv 1', 'option seed 0', 'aziok']);
    expect(await ask('isready')).toEqual(['readyok']);
    expect(thinker.calls).toEqual(['ready']);
  });

  test('the position is the start for two players until another one is set', async () => {
    expect(await ask('show')).toEqual([`position ${START}`]);
    expect(await ask('position start 4')).toEqual([]);
    expect((await ask('show'))[0]).toContain(`-/-/-/-/-/-/-/-/- - ${Array(4).fill(EMPTY_BOARD).join('|')} 0 0`);
  });

  test('position takes moves and deals', async () => {
    expect(await ask(`position start 2 moves ${DEAL} 3K2 cYf`)).toEqual([]);
    const after = await ask('show');
    expect(after[0]).toMatch(/^position BBYK\/RRWW\/-\/YYRW\/BRKW B 0;-,K2,-,-,-;\S+;-\|0;-,-,-,-,-;\S+;1Y 0 1 /);
    await ask(`position ${START} moves ${DEAL}`);
    await ask(`${(await ask('show'))[0]} moves 3K2  cYf `);
    expect(await ask('show')).toEqual(after);
    await ask(after[0]!);
    expect(await ask('show')).toEqual(after);
    await ask('position start 2 moves');
    expect(await ask('show')).toEqual([`position ${START}`]);
  });

  test('legal lists the moves in ASCII order', async () => {
    expect(await ask('legal')).toEqual(['legal 0']);
    await ask(`position start 2 moves ${DEAL} 1B1`);
    const [, count, ...moves] = (await ask('legal'))[0]!.split(' ');
    expect(moves).toHaveLength(Number(count));
    expect(moves.slice(0, 7)).toEqual(['2R1', '2R2', '2R3', '2R4', '2R5', '2Rf', '2W1']);
    expect(moves.at(-1)).toBe('cYf');
    expect(moves).toEqual([...moves].sort());
  });

  test('deal is reproducible with a seed and random without one', async () => {
    const [first] = await ask('deal 7');
    expect(first).toMatch(/^deal =[BYRKW]{4}(\/[BYRKW]{4}){4}$/);
    const dealt = await ask('show');
    await ask(`position start 2 moves ${first!.split(' ')[1]}`);
    expect(await ask('show')).toEqual(dealt);
    await ask('position start 2');
    expect(await ask('deal 7')).toEqual([first]);
    const deals = new Set<string>();
    for (let i = 0; i < 10; i++) {
      await ask('position start 2');
      deals.add((await ask(i < 5 ? 'deal' : `deal ${i}`))[0]!);
    }
    expect(deals.size).toBe(10);
  });

  test('perft counts the moves that legal lists', async () => {
    await ask(`position start 2 moves ${DEAL}`);
    const position = (await ask('show'))[0]!;
    const moves = (await ask('legal'))[0]!.split(' ').slice(2);
    expect(await ask('perft 0')).toEqual(['perft 0 1']);
    expect(await ask('perft 1')).toEqual([`perft 1 ${moves.length}`]);
    let sum = 0;
    for (const move of moves) {
      await ask(`${position} moves ${move}`);
      sum += Number((await ask('perft 1'))[0]!.split(' ')[2]);
    }
    await ask(position);
    expect(await ask('perft 2')).toEqual([`perft 2 ${sum}`]);
    await ask(`position ${LAST_MOVE}`);
    for (const depth of [36, 37, 1e15]) expect(await ask(`perft ${depth}`)).toEqual([`perft ${depth} 6`]);
  });

  test('eval prints values, and a policy with the likeliest move first', async () => {
    expect(await ask('eval')).toEqual(['eval 0.2500 0.0000', 'policy']);
    await ask(`position ${LAST_MOVE}`);
    await ask('option seed 5');
    expect(await ask('eval')).toEqual([
      'eval 0.2500 0.0000',
      'policy cBf:0.285714 cB5:0.238095 cB4:0.190476 cB3:0.142857 cB2:0.095238 cB1:0.047619',
    ]);
    expect(thinker.calls).toEqual([{ seed: 0 }, { seed: 5 }]);
  });

  test('eval and result of a finished game give its ranks', async () => {
    expect(await ask('result')).toEqual(['result none']);
    await ask(`position ${LAST_MOVE} moves cBf`);
    expect(await ask('eval')).toEqual(['eval -1.0000 1.0000', 'policy']);
    expect(await ask('result')).toEqual(['result 1']);
    expect(await ask('legal')).toEqual(['legal 0']);
    const board = '9;-,-,-,-,-;BYRKW/...../...../...../.....;-';
    await ask(`position -/-/-/-/- - ${board}|${board} 0 5 18,18,18,18,18 0,0,0,0,0`);
    expect(await ask('result')).toEqual(['result 0,1']);
    expect(await ask('eval')).toEqual(['eval 0.0000 0.0000', 'policy']);
    expect(thinker.calls).toEqual([]);
  });

  test('go prints info, then a move', async () => {
    await ask(`position ${LAST_MOVE}`);
    expect(await ask('go sims 500')).toEqual([
      'info sims 500 time 250 nps 2000 value 0.2500 0.0000 pv cB1',
      'bestmove cB1',
    ]);
    expect(await ask('go sims 9000000')).toContain(
      'info sims 4000000 time 250 nps 16000000 value 0.2500 0.0000 pv cB1',
    );
    expect(await ask('go sims 2000')).toEqual([
      'info sims 1000 time 0 nps 1000000 value 0.2500 0.0000 pv cB1',
      'info sims 2000 time 250 nps 8000 value 0.2500 0.0000 pv cB1',
      'bestmove cB1',
    ]);
    await ask('option multipv 2');
    await ask('option seed 9');
    expect(await ask('go movetime 30')).toEqual([
      'info sims 500 time 250 nps 2000 multipv 1 move cB1 visits 1000 value 0.2500 0.0000 pv cB1',
      'info sims 500 time 250 nps 2000 multipv 2 move cB2 visits 999 value 0.2500 0.0000 pv cB2',
      'bestmove cB1',
    ]);
    expect(thinker.calls).toEqual([
      { sims: 500, multipv: 1, seed: 0 },
      { sims: 4_000_000, multipv: 1, seed: 0 },
      { sims: 2000, multipv: 1, seed: 0 },
      { movetime: 30, multipv: 2, seed: 9 },
    ]);
  });

  test('stop without a search and empty lines have no effect', async () => {
    expect(await ask('stop')).toEqual([]);
    expect(await ask('')).toEqual([]);
    expect(await ask(' \t\r')).toEqual([]);
  });
});

describe('bad input gets one error and changes nothing', () => {
  test.each([
    ['move 3B4', 'unknown command "move"'],
    ['GO sims 5', 'unknown command "GO"'],
    ['constructor', 'unknown command "constructor"'],
    ['show me', 'the command is: show'],
    ['quit now', 'the command is: quit'],
    ['stop it', 'the command is: stop'],
    ['option multipv', 'the command is: option <name> <value>'],
    ['option multipv 0', 'option multipv must be a whole number from 1 to 300, not "0"'],
    ['option multipv 301', 'option multipv must be a whole number from 1 to 300, not "301"'],
    ['option seed -1', 'option seed must be a whole number from 0 to 9007199254740991, not "-1"'],
    ['option toString 1', 'unknown option "toString", not one of multipv, seed'],
    ['position', 'the command is: position <POSITION> or start <players> [moves …]'],
    ['position start', 'position start must be a whole number from 2 to 4'],
    ['position start 5', 'position start must be a whole number from 2 to 4, not "5"'],
    ['position start 2 3B4', '"3B4" comes after the number of players; only the word moves can follow it'],
    ['position moves 3B4', 'position "moves 3B4" has 2 fields, not 7'],
    [`position ${START.replace(' - ', '  - ')}`, 'has 8 fields, not 7'],
    [`position ${START.replace('20', '19')}`, 'position has 19 tiles of B in all, not 20'],
    ['position start 2 moves 3B4', 'move "3B4" comes where a deal is due'],
    [`position start 2 moves ${DEAL} 3K2 3K2 1B1`, 'move "3K2" is not legal: no K in factory 3'],
    [`position start 2 moves ${DEAL} moves`, 'move "moves" is not source, colour, destination'],
    [`position ${LAST_MOVE} moves cBf cBf`, 'move "cBf" comes after the end of the game'],
    ['deal x', 'deal must be a whole number from 0 to 9007199254740991, not "x"'],
    ['deal 1 2', 'the command is: deal [seed]'],
    ['perft', 'the command is: perft <depth>'],
    ['perft -1', 'perft must be a whole number from 0 to 9007199254740991, not "-1"'],
    ['go', 'the command is: go sims <n> or movetime <ms> or infinite'],
    ['go sims', 'the command is: go sims <n> or movetime <ms> or infinite'],
    ['go sims 5 movetime 5', 'the command is: go sims <n> or movetime <ms> or infinite'],
    ['go infinite 5', 'the command is: go sims <n> or movetime <ms> or infinite'],
    ['go depth 5', 'unknown budget "depth", not one of sims, movetime, infinite'],
    ['go sims 0', 'go sims must be a whole number from 1 to 9007199254740991, not "0"'],
    ['go sims -3', 'go sims must be a whole number from 1 to 9007199254740991, not "-3"'],
    ['go sims 1e3', 'go sims must be a whole number from 1 to 9007199254740991, not "1e3"'],
    ['go movetime x', 'go movetime must be a whole number from 1 to 86400000, not "x"'],
    ['go sims 5', 'a deal is due'],
    ['x'.repeat(2 ** 20 + 1), 'the line is longer than 1048576 characters'],
    [`quit${' '.repeat(2 ** 20)}now`, 'the line is longer than 1048576 characters'],
    ['x'.repeat(2 ** 20), `unknown command "${'x'.repeat(40)}…"`],
  ])('%.60s', async (line, message) => {
    expect(await askError(line)).toContain(message);
    expect(thinker.calls).toEqual([]);
  });

  test('an illegal move keeps the previous position', async () => {
    await ask(`position start 2 moves ${DEAL} 3K2`);
    await askError(`position start 3 moves ${DEAL}`);
    await askError(`position start 2 moves ${DEAL} 1B1 1B1`);
    expect(await askError('deal 1')).toBe('no deal is due: a round is on');
  });

  test('a finished game has no deal and no best move', async () => {
    await ask(`position ${LAST_MOVE} moves cBf`);
    expect(await askError('go sims 5')).toBe('the game is over');
    expect(await askError('deal')).toBe('the game is over');
  });

  test('a failing thinker is reported as an error', async () => {
    thinker.ready = () => Promise.reject(new Error('model.onnx:\nno such file'));
    thinker.evaluate = () => Promise.reject('out of memory');
    expect(await askError('isready')).toBe('model.onnx: no such file');
    expect(await askError('eval')).toBe('out of memory');
  });
});

describe('play', () => {
  test.each([2, 3, 4])('whole games of %i players are reproduced from their moves', async (players) => {
    for (let seed = 0; seed < 3; seed++) {
      const random = new Random(players, seed);
      const tokens: string[] = [];
      await ask(`position start ${players}`);
      while ((await ask('result'))[0] === 'result none') {
        const before = (await ask('show'))[0]!;
        const moves = (await ask('legal'))[0]!.split(' ').slice(2);
        const token = moves[random.int(moves.length || 1)] ?? (await ask(`deal ${seed}`))[0]!.split(' ')[1]!;
        tokens.push(token);
        await ask(`${before} moves ${token}`);
      }
      const end = await ask('show');
      const replay = new Engine(thinker, 'Replay 1');
      expect(await ask(`position start ${players} moves ${tokens.join(' ')}`, replay)).toEqual([]);
      expect(await ask('show', replay)).toEqual(end);
      expect(await ask('result', replay)).toEqual(await ask('result'));
    }
  });

  const ANSWER =
    /^(error \S.*|id name .+|option \w+ \d+|aziok|readyok|position \S+( \S+){6}|legal \d+( \w{3})*|deal =\S+|perft \d+ \d+|eval( -?[01]\.\d{4})+|policy( \w{3}:[01]\.\d{6})*|info [\w .-]+|bestmove \w{3}|result (none|\d(,\d)*))$/;
  const commands = ['azi', 'isready', 'option', 'position', 'show', 'legal', 'deal', 'eval', 'go', 'result', 'perft'];
  const words = ['start', 'moves', 'sims', 'movetime', 'multipv', 'seed', '0', '1', '2', '3', '-1', DEAL, '3K2', 'cYf'];
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom(...commands), fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 6 }))
      .map(([command, args]) => [command, ...args].join(' '))
      // Deeper perft is answered too, but takes too long.
      .filter((text) => !(Number(/^perft\s+(\d+)\s*$/.exec(text)?.[1]) > 3)),
    fc.constantFrom(`position start 2 moves ${DEAL}`, 'deal', 'go sims 3', `position ${LAST_MOVE}`, 'option multipv 3'),
    fc
      .tuple(fc.constantFrom(START, LAST_MOVE), fc.nat(), fc.constantFrom('', ' ', 'B', '9', ';', '/', '|'))
      .map(([text, at, c]) => `position ${text.slice(0, at % text.length)}${c}${text.slice((at % text.length) + 1)}`),
  );

  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    fc.string({ unit: 'binary', minLength: 100, maxLength: 400 }),
    fc.nat(0x10ffff).map((code) => String.fromCodePoint(code).repeat(500)),
    fc.constantFrom('hello', '\0', '-/'.repeat(500), ' x'.repeat(30_000), '9'.repeat(500), '\ud83d', '\u202e'),
  );
  /** A position in which arbitrary text replaces a piece, followed by moves. */
  const mutated = fc
    .tuple(
      fc.constantFrom(START, LAST_MOVE, 'start 2'),
      fc.nat(),
      fc.nat(20),
      anything,
      fc.constantFrom('', DEAL, '3K2'),
    )
    .map(([text, at, length, junk, token]) => {
      const from = at % text.length;
      return `${text.slice(0, from)}${junk}${text.slice(from + length)} moves ${token} ${junk}`;
    });
  const bad = fc
    .tuple(fc.constantFrom('', 'position ', 'go sims ', 'go ', 'option seed ', 'option ', 'perft x'), anything, mutated)
    .chain(([command, junk, position]) => fc.constantFrom(`${command}${junk}`, `position ${position}`));

  test('every error is one short line without control characters', async () => {
    await fc.assert(
      fc.asyncProperty(bad, async (text) => {
        const fuzzed = new Engine(new FakeThinker(), 'Fuzz 1');
        for (const answered of await ask(text, fuzzed)) {
          expect(answered.length).toBeLessThan(200);
          expect(answered).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('no line crashes the engine, and an error changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 15 }), async (lines) => {
        const fuzzed = new Engine(new FakeThinker(), 'Fuzz 1');
        for (const text of lines) {
          const before = await ask('show', fuzzed);
          const answer = await ask(text, fuzzed);
          for (const answered of answer) expect(answered).toMatch(ANSWER);
          if (answer[0]?.startsWith('error')) {
            expect(answer).toHaveLength(1);
            expect(await ask('show', fuzzed)).toEqual(before);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
