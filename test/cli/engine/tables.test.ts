import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeuristicEvaluator } from '../../../src/arena/heuristicEvaluator.js';
import { SearchThinker } from '../../../src/arena/searchThinker.js';
import { Engine } from '../../../src/cli/engine/engine.js';
import { parseMove, parsePosition } from '../../../src/game/notation.js';
import { Random } from '../../../src/game/random.js';
import { Rules } from '../../../src/game/rules.js';
import { OVER, PHASE, ROUND, TURN } from '../../../src/game/state.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { Encoder } from '../../../src/network/encoding.js';

interface Table {
  over: boolean;
  turn: number;
  round: number;
  winners: number;
  scores: number[];
  results: number[];
  inputs: number[];
  legal: number[];
}

/** An engine that is asked line by line. */
function newEngine(): (line: string) => Promise<string> {
  const thinker = new SearchThinker(async (players) => new HeuristicEvaluator(new AzulGame(players)));
  const engine = new Engine(thinker, 'test');
  return async (line) => {
    const answers: string[] = [];
    await engine.handle(line, (text) => answers.push(text));
    return answers.join('\n');
  };
}

/** The records of the last word of an answer, as docs/protocol.md defines them. */
function tablesOf(answer: string, players: number, inputs: number, actions: number): Table[] {
  const bytes = Buffer.from(answer.split(' ').at(-1)!, 'base64');
  const size = 4 + 6 * players + inputs + Math.ceil(actions / 8);
  expect(bytes.length % size).toBe(0);
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const record = bytes.subarray(i * size, (i + 1) * size);
    const seats = Array.from({ length: players }, (_, p) => p);
    const mask = record.subarray(4 + 6 * players + inputs);
    return {
      over: record[0] === 1,
      turn: record[1]!,
      round: record[2]!,
      winners: record[3]!,
      scores: seats.map((p) => record.readUInt16LE(4 + 2 * p)),
      results: seats.map((p) => record.readFloatLE(4 + 2 * players + 4 * p)),
      inputs: [...record.subarray(4 + 6 * players, 4 + 6 * players + inputs)],
      legal: Array.from({ length: actions }, (_, a) => a).filter((a) => (mask[a >> 3]! >> (a & 7)) & 1),
    };
  });
}

const SIZES = { 2: [630, 180], 3: [857, 240], 4: [1084, 300] } as const;

describe('tables', () => {
  test('play whole games, and show each position as the rules and the encoder do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(2, 3, 4), fc.nat(), async (players, seed) => {
        const ask = newEngine();
        const [inputs, actions] = SIZES[players as 2 | 3 | 4];
        const random = new Random(seed);
        const encoder = new Encoder(players);
        const game = new AzulGame(players);
        let answer = await ask(`tables 3 ${players} ${seed}`);
        expect(answer.split(' ').slice(0, 5)).toEqual(['tables', '3', players, inputs, actions].map(String));
        for (let ply = 0; ; ply++) {
          const tables = tablesOf(answer, players, inputs, actions);
          for (const [i, table] of tables.entries()) {
            await ask(`table ${i}`);
            const { rules, state } = parsePosition((await ask('show')).slice('position '.length));
            expect([table.over, table.turn, table.round]).toEqual([state[PHASE] === OVER, state[TURN], state[ROUND]]);
            expect(table.scores).toEqual(table.scores.map((_, p) => rules.score(state, 0, p)));
            const legal = new Uint16Array(rules.actions);
            expect(table.legal).toEqual([...legal.subarray(0, rules.legal(state, 0, legal))]);
            const floats = new Float32Array(inputs);
            if (!table.over) encoder.encode(state, 0, floats, 0);
            expect(table.inputs).toEqual([...floats].map((x) => Math.round(100 * x)));
            expect(table.results).toEqual(
              table.results.map((_, p) => (table.over ? Math.fround(game.rankValue(state, 0, p)) : 0)),
            );
            expect(table.winners).toBe(table.over ? rules.winners(state, 0) : 0);
          }
          if (tables.every(({ over }) => over)) break;
          expect(ply).toBeLessThan(300);
          const words = tables.map(({ over, legal }) => (over ? '-' : legal[random.int(legal.length)]));
          answer = await ask(`play ${words.join(' ')}`);
          expect(answer).toMatch(/^played /);
        }
        const [first] = tablesOf(await ask('play new - -'), players, inputs, actions);
        expect([first!.over, first!.round, first!.scores]).toEqual([false, 1, Array(players).fill(0)]);
      }),
      { numRuns: 4 },
    );
  });

  test('are the same for the same seed, and accept moves in notation', async () => {
    const [one, other] = [newEngine(), newEngine()];
    const opened = await one('tables 2 2 5');
    expect(await other('tables 2 2 5')).toBe(opened);
    expect(await one('tables 2 2 6')).not.toBe(opened);
    await one('tables 2 2 5');
    await one('table 1');
    const move = (await one('legal')).split(' ')[2]!;
    const played = await one(`play - ${move}`);
    expect(played).toMatch(/^played /);
    expect(await other(`play - ${parseMove(Rules.for(2), move)}`)).toBe(played);
  });

  test('evals gives for each table what eval gives for its position', async () => {
    const ask = newEngine();
    await ask('tables 70 2 1');
    // One of the games is finished.
    await ask(
      'position -/-/-/-/- - 0;-,-,-,-,-;...../...../...../...../.....;-|31;-,-,-,-,-;BYRKW/...../...../...../.....;- 0 5 20,20,20,20,15 0,0,0,0,0',
    );
    await ask('put 69');
    const answer = await ask('evals');
    const bytes = Buffer.from(answer.slice('evals '.length), 'base64');
    expect(bytes.length).toBe(70 * 182 * 4);
    for (const i of [0, 63, 64, 69]) {
      await ask(`table ${i}`);
      const [evaluation, policy] = (await ask('eval')).split('\n') as [string, string];
      const numbers = Array.from({ length: 182 }, (_, k) => bytes.readFloatLE((i * 182 + k) * 4));
      for (const [p, value] of evaluation.split(' ').slice(1).entries())
        expect(numbers[p]).toBeCloseTo(Number(value), 4);
      const probabilities = policy
        .split(' ')
        .slice(1)
        .map((pair) => Number(pair.split(':')[1]));
      const said = numbers
        .slice(2)
        .filter((n) => n > 0)
        .sort((a, b) => b - a);
      expect(said).toHaveLength(probabilities.length);
      for (const [k, probability] of probabilities.entries()) expect(said[k]).toBeCloseTo(probability, 5);
    }
  });

  test('an error is one line, and changes nothing', async () => {
    const ask = newEngine();
    for (const line of ['play -', 'evals', 'table 0', 'put 0'])
      expect(await ask(line)).toBe('error there are no tables; tables <count> <players> opens some');
    for (const line of ['tables 0 2', 'tables 1025 2', 'tables 1 5', 'tables 1 2 x', 'tables 2'])
      expect(await ask(line)).toMatch(/^error [^\n]+$/);
    await ask('tables 2 2 3');
    const before = await ask('play - -');
    const cases: [string, string][] = [
      ['play -', 'play takes a word for each of 2 tables, not 1'],
      ['play - 999', 'action "999" is not legal at table 1'],
      ['play new 9B9', 'move "9B9" has the source "9", not 1-5 or c'],
      ['play new cBf', 'action "cBf" is not legal at table 1'],
      ['table 2', 'table must be a whole number from 0 to 1, not "2"'],
    ];
    for (const [line, error] of cases) expect(await ask(line)).toBe(`error ${error}`);
    await ask('position start 3');
    expect(await ask('put 0')).toBe('error the tables are for 2 players, and the position for 3');
    expect(await ask('play - -')).toBe(before);
  });
});
