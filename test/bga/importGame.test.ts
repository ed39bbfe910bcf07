import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placesOf } from '../../src/arena/match.js';
import { parseGames, printGame, type RecordedGame } from '../../src/arena/record.js';
import { ImportError, MAX_LENGTH } from '../../src/bga/gameLog.js';
import { END, importGame } from '../../src/bga/importGame.js';
import { applyToken, startPosition } from '../../src/game/notation.js';
import { OVER, PHASE, TURN } from '../../src/game/state.js';
import { type Playout, playouts } from '../game/playouts.js';
import { type Event, IDS, LEAST_STYLE, type LogStyle, NAMES, TABLE, WHOLE_GAME, writeLog } from './writeLog.js';

const styles: fc.Arbitrary<LogStyle> = fc.record(
  {
    form: fc.constantFrom('page', 'logs', 'data', 'export'),
    takeBacks: fc.constantFrom(0, 0.1, 0.5),
    fastScoring: fc.boolean(),
    likePhp: fc.boolean(),
    old: fc.boolean(),
    concedesAfter: fc.integer({ min: 6, max: 100 }),
  },
  { requiredKeys: ['form', 'takeBacks', 'fastScoring', 'likePhp', 'old'] },
);

/** The record of a game, with the names of the players who have moved. */
function recordOf(players: number, tokens: string[], conceded: boolean): RecordedGame {
  const { rules, state } = startPosition(players);
  for (const token of tokens) applyToken({ rules, state }, token);
  const finished = state[PHASE] === OVER;
  const tags = new Map(Object.entries({ site: 'Board Game Arena', table: TABLE, date: '2026-07-25' }));
  if (!finished) tags.set(END, conceded ? `conceded by ${NAMES[state[TURN]!]}` : 'the log ends here');
  const moves = tokens.filter((token) => !token.startsWith('=')).length;
  const seats = NAMES.slice(0, players).map((name, seat) => (seat < moves ? name : `seat ${seat}`));
  return { seats, tags, start: startPosition(players), tokens, ...placesOf(rules, state), finished };
}

describe('logs of Board Game Arena', () => {
  test('become the games that they were written from', () => {
    fc.assert(
      fc.property(playouts(400), styles, (playout, style) => {
        const { text, tokens, isConceded } = writeLog(playout, style);
        const game = importGame(text);
        expect(game).toEqual(recordOf(playout.players, tokens, isConceded));
        expect(parseGames(printGame(game))).toEqual([game]);
      }),
      { numRuns: Number(process.env.LOGS ?? 40) },
    );
  });
});

function changed(change: (events: Event[]) => void, playout = WHOLE_GAME): string {
  return writeLog(playout, LEAST_STYLE, change).text;
}

// biome-ignore lint/suspicious/noExplicitAny: the values of events have any type
const firstOf = (byPlayer: object): any => Object.values(byPlayer)[0];

/** The n-th event of a type, or the last one for -1. */
function nth(events: Event[], type: string, n = 0): Event {
  return events.filter((event) => event.type === type).at(n)!;
}

describe('a refusal is reported in one line', () => {
  test('a log that does not replay: the place, what the log has and what the rules give', () => {
    const faults: [(events: Event[]) => void, string | RegExp][] = [
      [(events) => events.splice(0, events.length), 'it holds no log of a game; open the replay on'],
      [(events) => events.shift(), 'at its beginning: the log has a move before the first deal'],
      [
        (events) => (nth(events, 'tilesSelected', 3).args.playerId = IDS[0]),
        /^round 1, move 4: the log has Ann }; move, by/,
      ],
      [
        (events) => (nth(events, 'tilesSelected').args.type = 9),
        'round 1, move 1: the log has a tile of type "9", not 1',
      ],
      [(events) => (nth(events, 'tilesSelected').args.fromFactory = 6), 'takes from factory "6", not 0 to 5'],
      [
        (events) => nth(events, 'tilesSelected').args.selectedTiles.push({}),
        /^round 1, move 1: the log takes \d \w+ from factory \d, by the rules they are \d$/,
      ],
      [
        (events) => (nth(events, 'tilesPlacedOnLine').args.line = 6),
        'round 1, move 1: the log names line "6", not 0 to 5',
      ],
      [
        (events) => {
          const [first, , third] = events.filter(({ type, args }) => type === 'tilesPlacedOnLine' && args.type !== 0);
          third!.args.line = first!.args.line;
        },
        /^round 1, move 3: move "\w+" is not legal: line \d (is full|holds \w)$/,
      ],
      [
        (events) => events.splice(events.indexOf(nth(events, 'tilesSelected', 4)), 1),
        'place tiles that were not taken',
      ],
      [
        (events) => events.splice(events.indexOf(nth(events, 'tilesPlacedOnLine', 0)), 1),
        'before the last ones were placed',
      ],
      [
        (events) => events.splice(3, 0, { type: 'undoTakeTiles', args: events[2]!.args }),
        'the log takes back a take that is not the last step',
      ],
      [(events) => (events[1]!.type = 'undoSelectLine'), 'the log takes back a placement that is not the last step'],
      [
        (events) => {
          for (const tile of nth(events, 'factoriesFilled', 1).args.factories.slice(1).flat()) tile.type = 1;
        },
        /^round 2: deal "=KKKK\/.*" has 20 K, but only \d+ can be drawn$/,
      ],
      [
        (events) => nth(events, 'factoriesFilled').args.factories[1].push({ type: 1 }),
        'deals 5 tiles to factory 1, not 4',
      ],
      [
        (events) => nth(events, 'factoriesFilled').args.factories.push([]),
        'its first deal has 6 factories, not 5, 7 or 9',
      ],
      [
        (events) => firstOf(nth(events, 'placeTileOnWall').args.completeLines).pointsDetail.points++,
        /^round 1: the log gives 2 points for the \w+ tile in row \d of .+, the rules give 1$/,
      ],
      [
        (events) => events.splice(events.indexOf(nth(events, 'placeTileOnWall')), 1),
        /^round 1: the log gives 0 points for the \w+ tile in row \d of .+, the rules give 1$/,
      ],
      [
        (events) => firstOf(nth(events, 'emptyFloorLine').args.floorLines).points--,
        /^round 1: the log gives -\d+ points for the floor line of .+, the rules give -\d+$/,
      ],
      [
        (events) => firstOf(nth(events, 'endScore').args.scores).points++,
        /^round \d: the log gives \d+ points for the bonuses of .+, the rules give \d+$/,
      ],
      [
        (events) => (nth(events, 'endScore').args.scores = { 5: { points: 2 } }),
        'the log scores for a player who has not moved, "5"',
      ],
    ];
    for (const [change, message] of faults) expect(() => importGame(changed(change)), String(change)).toThrow(message);
  });

  test('other boards and factories, by their names', () => {
    const gray = changed((events) => {
      const { placedTile } = firstOf(nth(events, 'placeTileOnWall').args.completeLines);
      placedTile.column = (placedTile.column % 5) + 1;
    });
    expect(() => importGame(gray)).toThrow(
      'it is a game with the gray side or a Crystal Mosaic; only the coloured side',
    );
    for (const type of ['specialFactories', 'factoriesChanged', 'factoriesCompleted', 'moveSpecialFactoryZero']) {
      const special = changed((events) => events.splice(1, 0, { type, args: {} }));
      expect(() => importGame(special)).toThrow(
        /^it is a game with special factories; only the coloured side and plain/,
      );
    }
  });

  test('a round that its first player starts again because no player took the marker', () => {
    const clumped: Playout = { ...WHOLE_GAME, habit: 'large piles to the floor, centre last', clumping: 'full' };
    const text = changed((events) => {
      const begins = events.indexOf(nth(events, 'factoriesFilled', 1));
      expect(events.slice(0, begins).some(({ type }) => type === 'firstPlayerToken')).toBe(false);
      nth(events.slice(begins), 'tilesSelected').args.playerId = IDS[0];
    }, clumped);
    expect(() => importGame(text)).toThrow(
      /^round 2, move 1: the log has Ann }; move, .* the turn of Bea .*; no player took the marker in the round before, and/,
    );
  });

  test('texts that are no log of Azul', () => {
    const other = '{"packets":[{"channel":"/table/t1","data":[{"type":"cardPlayed","args":{"player_id":1}}]}]}';
    expect(() => importGame(other)).toThrow('it holds no deal of Azul: it is the log of another game, or');
    expect(() => importGame('<html>hello</html>')).toThrow(
      'it is no replay of Board Game Arena: it is neither JSON nor',
    );
    expect(() => importGame('{"status":0,"error":"…"}')).toThrow('it holds no log of a game');
    for (const text of [
      '',
      'game\nresult none',
      '[]',
      '{}',
      '[[]]',
      '{"data":[]}',
      '{"packets":{}}',
      '<script>g_gamelogs = []',
    ])
      expect(() => importGame(text)).toThrow(ImportError);
  });

  test('texts that are cut off anywhere', () => {
    for (const form of ['page', 'export'] as const) {
      const { text } = writeLog(WHOLE_GAME, { ...LEAST_STYLE, form });
      const end = text.lastIndexOf('}]', text.indexOf('g_last_msg') >>> 0);
      for (let length = 0; length < end; length += Math.ceil(end / 200)) {
        expect(() => importGame(text.slice(0, length))).toThrow(ImportError);
      }
    }
  });

  test('texts that are too long or too deep, quickly', () => {
    const started = process.cpuUsage().user;
    const texts = [
      `[${' '.repeat(MAX_LENGTH)}]`,
      '['.repeat(MAX_LENGTH),
      '{"a":'.repeat(MAX_LENGTH / 8),
      `[${'{},'.repeat(MAX_LENGTH / 8)}{}]`,
      `{"packets":[{"data":[${'{},'.repeat(MAX_LENGTH / 8)}{}]}]}`,
      'g_gamelogs = {'.repeat(MAX_LENGTH / 16),
      'g_gamelogs = {};'.repeat(MAX_LENGTH / 16),
      `g_gamelogs${' '.repeat(MAX_LENGTH / 2)}`,
      `<${' '.repeat(MAX_LENGTH / 2)}`,
    ];
    for (const text of texts) expect(() => importGame(text)).toThrow(ImportError);
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(20);
  });

  test('values of any kind in any place, and names from an object’s prototype', () => {
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(-1, 1e308, 0.5, '', '1e3', '0x1', null, true, [], {}, [[]], 'constructor', '__proto__'),
      fc.constant(JSON.parse('{"__proto__":{"data":[]},"constructor":1,"toString":[],"length":9}')),
      fc.constant(Array.from({ length: 3000 }, () => 1)),
    );
    const { text, tokens } = writeLog({ ...WHOLE_GAME, plies: 60 }, LEAST_STYLE);
    const whole = recordOf(2, tokens, false);
    fc.assert(
      fc.property(fc.nat(), strange, (where, value) => {
        let places = 0;
        JSON.parse(text, () => places++);
        let place = 0;
        const spoiled = JSON.parse(text, (_, old) => (place++ === where % places ? value : old));
        try {
          const game = importGame(JSON.stringify(spoiled));
          // The change may have hit something irrelevant to the game, a name, a tag, or the end of the game.
          expect(whole.tokens.slice(0, game.tokens.length)).toEqual(game.tokens);
          expect(parseGames(printGame(game))[0]!.tokens).toEqual(game.tokens);
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError);
          expect((error as Error).message).toMatch(/^[^\n]{1,400}$/);
        }
      }),
      { numRuns: 100 },
    );
  });
});
