import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { placesOf, playMatch } from '../../src/arena/match.js';
import {
  gameTexts,
  parseGames,
  positionsOf,
  printGame,
  RecordError,
  type RecordedGame,
  rounds,
} from '../../src/arena/record.js';
import { applyToken, startPosition } from '../../src/game/notation.js';
import { OVER, PHASE } from '../../src/game/state.js';
import { playouts, steps } from '../game/playouts.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';

async function played(seats: number): Promise<RecordedGame[]> {
  const contestants = [new GreedyPlayer(), new RandomPlayer()];
  const games = await playMatch({ seats, contestants, seed: 3, from: 0, to: 2 });
  return games.map(({ pair, seats: contestantsBySeat, tokens, scores, ranks }) => ({
    seats: contestantsBySeat.map((contestant) => contestants[contestant]!.name),
    tags: new Map([
      ['event', 'a test of records'],
      ['pair', String(pair)],
    ]),
    start: startPosition(seats),
    tokens,
    scores,
    ranks,
    finished: true,
  }));
}

/** The lines of a game, with some of them changed. */
function record(...lines: string[]): string {
  return ['game', 'position start 2', ...lines].join('\n');
}

describe('records', () => {
  it.each([2, 3, 4])('of whole games for %i players survive printing and parsing', async (seats) => {
    const games = await played(seats);
    const text = games.map(printGame).join('\n# a remark\n');
    expect(parseGames(text)).toEqual(games);
    expect(parseGames(text.replaceAll('\n', '\r\n'))).toEqual(games);
  });

  it('of any length and from any players survive printing and parsing', () => {
    fc.assert(
      fc.property(playouts(1500), (playout) => {
        const start = startPosition(playout.players);
        const { rules, state } = startPosition(playout.players);
        const tokens = [...steps(playout)].map(({ token }) => token);
        for (const token of tokens) applyToken({ rules, state }, token);
        const seats = tokens.slice(0, playout.players).map((token) => `  the player\n of ${token} `);
        while (seats.length < playout.players) seats.push('another');
        const finished = state[PHASE] === OVER;
        const game = { seats, tags: new Map(), start, tokens, ...placesOf(rules, state), finished };
        const named = { ...game, seats: seats.map((name) => name.replace('\n', '').trim()) };
        expect(parseGames(printGame(game))).toEqual([named]);
      }),
      { numRuns: 25 },
    );
  });

  it('are read quickly for any text, and an error is one short line', () => {
    const long = 2 ** 20;
    const start = process.cpuUsage().user;
    for (const text of [
      '\n'.repeat(long),
      '\r'.repeat(long),
      ' '.repeat(long),
      'game\n'.repeat(long),
      `game\nposition start 2\nmoves ${'x'.repeat(long)}`,
      `game\nposition start 2\nmoves ${DEAL} ${'1B1 '.repeat(long)}`,
      `game\nposition start 2\nmoves =${'B/'.repeat(long)}`,
      `game\nposition start 2\nscores ${'1 '.repeat(long)}\nresult none`,
      `game\nseat ${'0'.repeat(long)} me`,
      `game\n${' tag'.repeat(long)}`,
    ]) {
      expect(() => parseGames(text)).toThrow(/^.{1,300}$/);
      gameTexts(text);
    }
    printGame({ ...parseGames(record('result none'))[0]!, seats: [' '.repeat(long), `${' \r'.repeat(long)}x`] });
    expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(20);
  });

  it('hold unfinished games, games from any position, and forfeited games', () => {
    const position = { rules: startPosition(2).rules, state: startPosition(2).state.slice() };
    for (const token of [DEAL, '1B2', 'cK1']) applyToken(position, token);
    const common = { seats: ['a b', 'c'], tags: new Map(), start: position, scores: [0, 0] };
    const games: RecordedGame[] = [
      { ...common, tokens: ['2R4'], ranks: [1, 1], finished: false },
      { ...common, tokens: ['2R3'], ranks: [1, 2], finished: true, forfeit: 1 },
      { ...common, tokens: [], ranks: [1, 1], finished: false },
    ];
    expect(parseGames(games.map(printGame).join(''))).toEqual(games);
    const [none] = parseGames('game\nposition start 2\nmoves\nscores 0 0\nresult none\n');
    expect(none!.tokens).toEqual([]);
  });

  it('end in round 20 where their result says so, and continue otherwise', () => {
    const board = '0;-,-,-,-,-;...../...../...../...../.....;-';
    const text = (result: string) =>
      `game\nposition -/-/-/-/- - ${board}|${board} 0 20 20,20,20,20,20 0,0,0,0,0\n${result}\n`;
    const [stopped, going, forfeited] = parseGames(
      ['result 0,1', 'result none', 'forfeit 1\nresult 0'].map(text).join(''),
    );
    expect([stopped!.finished, going!.finished, forfeited!.finished]).toEqual([true, false, true]);
    expect(forfeited!.ranks).toEqual([1, 2]);
    expect(() => parseGames(text('result 1'))).toThrow(/result is "1", but by the rules it is 0,1/);
  });

  it('detect every changed letter if they have a checksum', async () => {
    const [game] = await played(2);
    const text = printGame(game!);
    expect(text).toMatch(/^scores .*\ntag checksum [\da-f]{8}\nresult /m);
    expect(parseGames(text.replace(/tag checksum .*\n/, ''))).toEqual([game]);
    expect(parseGames(`\uFEFF${text.replaceAll('\n', '  \n# a remark\n\n')}`)).toEqual([game]);
    expect(() => parseGames(text.replace('a test of', 'a text of'))).toThrow(
      /^game 1, line \d+: a line of this game was changed; if that was intended, remove its line tag checksum$/,
    );
    for (let at = 0; at < text.length; at += 7) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      try {
        // A damaged name of the checksum is read as another tag.
        const [read] = parseGames(changed);
        for (const name of game!.tags.keys()) expect(read!.tags.get(name)).toBe(game!.tags.get(name));
        expect({ ...read, tags: game!.tags }).toEqual(game);
      } catch (error) {
        expect(error).toBeInstanceOf(RecordError);
      }
    }
  });

  it('are read one by one, whatever the others are', async () => {
    const games = await played(2);
    const text = games.map(printGame).join('\n\n');
    const parts = gameTexts(text);
    expect(parts.map((part) => parseGames(part.text)[0])).toEqual(games);
    for (const { text: part, line } of parts)
      expect(
        text
          .split('\n')
          .slice(line - 1)
          .join('\n'),
      ).toContain(part.trim());
    expect(() => parseGames('game\nposition start 7', { game: 4, line: 30 })).toThrow(/^game 4, line 31: position is/);
  });

  it('have names and tags on one line', () => {
    const game: RecordedGame = {
      seats: ['best:runs/a\nresult 0', 'c'],
      tags: new Map([['reason', 'said\r\n game']]),
      start: startPosition(2),
      tokens: [],
      scores: [0, 0],
      ranks: [1, 1],
      finished: false,
    };
    const [read] = parseGames(printGame(game));
    expect(read).toMatchObject({ seats: ['best:runs/a result 0', 'c'], tags: new Map([['reason', 'said game']]) });
  });

  it('need neither names nor scores', () => {
    const [game] = parseGames(record(`moves ${DEAL} 1B2`, 'moves cK1', 'result none'));
    expect(game).toMatchObject({ seats: ['seat 0', 'seat 1'], tokens: [DEAL, '1B2', 'cK1'], scores: [0, 0] });
  });

  it('are replayed position by position', async () => {
    const [game] = await played(2);
    const positions = [...positionsOf(game!)];
    expect(positions.length).toBe(game!.tokens.length + 1);
    expect(positions[0]!.state).toEqual(startPosition(2).state);
    expect(positions.at(-1)!.state[PHASE]).toBe(OVER);
  });

  it('have rounds that begin with a deal, except for a first round in progress', () => {
    expect(rounds(['1B2', DEAL, 'cRf', DEAL])).toEqual([['1B2'], [DEAL, 'cRf'], [DEAL]]);
    expect(rounds([])).toEqual([]);
  });
});

describe('errors in a record are reported with their place', () => {
  it.each([
    ['', /^it contains no game$/],
    ['# nothing', /^it contains no game$/],
    ['moves 1B2', /^line 1: "moves" comes where a game should begin$/],
    [
      record(`moves ${DEAL} 1B2 1B3`, 'result none'),
      /^game 1, line 3: ply 2: move "1B3" is not legal: no B in factory 1$/,
    ],
    [record(`moves ${DEAL} 1B2 cK9`), /^game 1, line 3: ply 2: move "cK9" has the destination "9", not 1-5 or f$/],
    [record('moves 1B2'), /^game 1, line 3: ply 1: move "1B2" comes where a deal is due$/],
    [
      record(`moves ${DEAL} 1B2`, `moves ${DEAL}`),
      /^game 1, line 4: after ply 1: deal ".+" comes where no deal is due$/,
    ],
    [record(`moves ${DEAL.slice(0, -2)}`), /^game 1, line 3: after ply 0: deal .* has 18 tiles, not 20$/],
    [
      record(`moves ${DEAL}`, 'scores 0 1', 'result none'),
      /^game 1, line 5: scores are 0 1, but by the rules they are 0 0$/,
    ],
    [record(`moves ${DEAL}`, 'result 0'), /^game 1, line 4: result is "0", but by the rules it is none$/],
    [record(`moves ${DEAL}`, 'forfeit 0', 'result 0'), /line 5: result is "0", but by the rules it is 1$/],
    [record('forfeit 2'), /line 3: forfeit has "2", not a whole number from 0 to 1$/],
    [record('seat 2 me', 'result none'), /line 4: there is no seat 2 in this game$/],
    [record('seat 0'), /line 3: "seat 0" lacks a value$/],
    [record('winner 0'), /line 3: unknown word "winner"; there are game, seat/],
    [record('position start 2'), /line 3: there is a second position$/],
    [record(`moves ${DEAL}`), /^game 1: the text ends, but this game has no result$/],
    [record('result none', 'game', 'game'), /^game 2, line 5: another game begins, but this one has no result$/],
    ['game\nmoves 1B2', /line 2: the position comes later, and should come first$/],
    ['game\nposition start 5', /line 2: position is "start 5", not start and 2 to 4 players/],
    ['game\nposition -/- -', /line 2: position "-\/- -" has 2 fields/],
  ])('%j', (text, message) => {
    expect(() => parseGames(text)).toThrow(message);
  });

  it('a finished game', async () => {
    const [game] = await played(2);
    const text = printGame(game!);
    expect(() => parseGames(text.replace(/result \d/, 'result 0,1'))).toThrow(
      /result is "0,1", but by the rules it is/,
    );
    expect(() => parseGames(text.replace('scores', 'forfeit 1\nscores'))).toThrow(/was played to its end/);
    expect(() => parseGames(text.replace(/moves =\S+/, `moves ${DEAL}`))).toThrow(/ply \d+: move/);
  });
});
