import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LINE, parseRequest, RequestError } from '../../src/analysis/request.js';
import { printPosition } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const RECORD = `game\nposition start 2\nmoves ${DEAL} 2R2\nresult none\ngame\nposition start 3\nresult none`;

function turns(request: object): [number, string][] {
  const parsed = parseRequest(JSON.stringify({ id: 'a', ...request }));
  if ('cancel' in parsed) throw new Error('not a search');
  return parsed.turns.map(({ turn, position }) => [turn, printPosition(position)]);
}

const after = (...moves: string[]) => printPosition(parseSetUp(`start 2 moves ${moves.join(' ')}`));

describe('requests', () => {
  test('name positions by turns: the last one by default, and all positions of a record', () => {
    const moves = [DEAL, '2R2', '3K3'];
    expect(turns({ position: 'start 2', moves })).toEqual([[3, after(...moves)]]);
    expect(turns({ position: 'start 2', moves, turns: [2, 1, 2] })).toEqual([
      [2, after(DEAL, '2R2')],
      [1, after(DEAL)],
    ]);
    expect(turns({ position: 'start 2', moves, turns: 'all' }).map(([turn]) => turn)).toEqual([1, 2, 3]);
    expect(turns({ record: RECORD }).map(([turn]) => turn)).toEqual([1, 2]);
    expect(turns({ position: after(DEAL) })).toEqual([[0, after(DEAL)]]);
  });

  test.each([
    ['', null, 'the line is not JSON'],
    ['{"id":"a"', null, 'the line is not JSON'],
    ['[]', null, 'Invalid input: expected object, received array'],
    ['{}', null, 'id: Invalid input: expected string, received undefined'],
    ['{"id":7}', null, 'id: Invalid input: expected string, received number'],
    ['{"id":"a"}', 'a', 'a request has either a position or a record'],
    ['{"id":"a","position":"start 2","record":""}', 'a', 'a request has either a position or a record'],
    ['{"id":"a","position":"start 2","visit":1}', 'a', 'Unrecognized key: "visit"'],
    ['{"id":"a","position":"start 2","visits":0}', 'a', 'visits: Too small: expected number to be >=1'],
    ['{"id":"a","position":"start 2","report":["all"]}', 'a', /^report\.0: Invalid option: expected one of "position"/],
    ['{"id":"a","position":"start 2"}', 'a', 'turn 0: there is no move to find, a deal is due'],
    ['{"id":"a","position":"start 2","turns":[1]}', 'a', 'turn 1 is not from 0 to 0'],
    ['{"id":"a","position":"start 2","turns":"all"}', 'a', 'there is no position in which a move is due'],
    [
      `{"id":"a","position":"start 2","moves":["${DEAL}","1W1"]}`,
      'a',
      'moves.1: move "1W1" is not legal: no W in factory 1',
    ],
    ['{"id":"a","record":"game"}', 'a', 'game 1: the text ends, but this game has no result'],
    [JSON.stringify({ id: 'a', record: RECORD, game: 3 }), 'a', 'the record has 2 games, and no game 3'],
    ['{"id":"a","cancel":7}', 'a', 'cancel: Invalid input: expected string, received number'],
    [' '.repeat(MAX_LINE + 1), null, `the line is longer than ${MAX_LINE} characters`],
  ])('%.60s is refused, with its id if that can be read', (line, id, message) => {
    try {
      parseRequest(line);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError);
      expect((error as RequestError).id).toBe(id);
      expect((error as RequestError).message).toMatch(message);
    }
  });

  test('of any kind are read, or refused in one line', () => {
    const some = fc.record(
      {
        id: fc.oneof(fc.string(), fc.jsonValue()),
        position: fc.oneof(fc.string(), fc.constant('start 2'), fc.jsonValue()),
        moves: fc.oneof(fc.array(fc.string()), fc.constant([DEAL]), fc.jsonValue()),
        record: fc.string(),
        turns: fc.oneof(fc.array(fc.nat()), fc.jsonValue()),
        visits: fc.jsonValue(),
        cancel: fc.jsonValue(),
      },
      { requiredKeys: ['id'] },
    );
    fc.assert(
      fc.property(fc.oneof(some, fc.jsonValue()), (value) => {
        try {
          parseRequest(JSON.stringify(value));
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          expect((error as Error).message).toMatch(/^.{1,400}$/);
        }
      }),
    );
  });
});
