/** The state of a game in progress, and the text about it. */
import { describe, expect, test } from 'vitest';
import { parseMove, printMove } from '../../src/game/notation.js';
import { DEAL_DUE, PHASE, PLAYING, TURN } from '../../src/game/state.js';
import { type Game, gameQuery, newGame, parseGame, seatNames } from '../../web/src/play/game.js';
import { begun, type PlayState, reduce, shownPosition } from '../../web/src/play/playState.js';
import { markerHolder, movesOfRound, repliesAmong } from '../../web/src/play/replies.js';
import { legalActions } from '../../web/src/table/move.js';
import { moveSentence, plainText } from '../../web/src/table/sentence.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const THREE = '=BBYK/RRWW/BYKK/YYRW/BRKW/BBYY/RKKW';

function game(seats: string, ...tokens: string[]): Game {
  return { ...newGame(seats.split(','), 7), tokens };
}

function move(state: PlayState, token: string): PlayState {
  return reduce(state, { kind: 'move', game: state.game, action: parseMove(state.position.rules, token) });
}

describe('the state of play', () => {
  test('a move is appended, is animated, and clears a hint and an error', () => {
    const before: PlayState = { ...begun(game('person,club', DEAL)), hint: { text: 'a hint' }, failed: true };
    const after = move(before, '2R1');
    expect(after.game.tokens).toEqual([DEAL, '2R1']);
    expect(after.last).toEqual({
      action: parseMove(before.position.rules, '2R1'),
      seat: 0,
      placed: 1,
      fallen: 1,
      floored: 1,
      marker: false,
    });
    expect([after.hint, after.failed, after.roundEnd]).toEqual([undefined, false, undefined]);
  });

  test('search results of another game are ignored', () => {
    const before = begun(game('person,club', DEAL));
    const after = move(before, '2R2');
    expect(reduce(after, { kind: 'move', game: before.game, action: 0 })).toBe(after);
    expect(reduce(after, { kind: 'hint', game: before.game, hint: { text: 'late' } })).toBe(after);
    expect(reduce(after, { kind: 'fail', game: before.game })).toBe(after);
    expect(reduce(after, { kind: 'fail', game: after.game }).failed).toBe(true);
    expect(reduce({ ...after, failed: true }, { kind: 'retry' }).failed).toBe(false);
  });

  test('the last move of a round is shown with its tiles, then the scoring step by step, then the deal', () => {
    let state = begun(game('person,person', DEAL));
    while (!state.roundEnd) {
      const { position } = state;
      state = move(state, printMove(position.rules, legalActions(position)[0]!));
    }
    expect(state.position.state[PHASE]).toBe(DEAL_DUE);
    expect([...shownPosition(state).state.subarray(1)]).not.toEqual([...state.position.state.subarray(1)]);
    const { steps } = state.roundEnd;
    state = reduce(state, { kind: 'step', at: steps.length });
    expect(shownPosition(state).state[PHASE]).toBe(DEAL_DUE);
    state = reduce(state, { kind: 'endRound' });
    expect(state.roundEnd).toBeUndefined();
    state = reduce(state, { kind: 'deal' });
    expect(state.position.state[PHASE]).toBe(PLAYING);
    expect(reduce(begun(state.game), { kind: 'takeBack' }).game.tokens.at(-1)).not.toMatch(/^=/);
  });

  test('Take back returns to the last decision of a person, and changes nothing if there is none', () => {
    const start = begun(game('person,club', DEAL));
    expect(reduce(start, { kind: 'takeBack' })).toBe(start);
    expect(reduce(move(move(start, '2R2'), 'cW4'), { kind: 'takeBack' }).game.tokens).toEqual([DEAL]);
  });

  test('an address without a seed makes a new deal each time', () => {
    const query = gameQuery(game('person,club'));
    expect(parseGame(query)!.seed).toBe(7);
    query.delete('seed');
    expect(parseGame(query)!.seed).not.toBe(parseGame(query)!.seed);
  });
});

describe('names', () => {
  test('of persons are entered or stand for their seats, and no two are the same', () => {
    expect(seatNames({ seats: ['person', 'club'] })).toEqual(['You', 'Club']);
    expect(seatNames({ seats: ['person', 'club'], names: ['Ann', ''] })).toEqual(['Ann', 'Club']);
    expect(seatNames({ seats: ['person', 'person'], names: ['', 'Bo'] })).toEqual(['Player 1', 'Bo']);
    expect(seatNames({ seats: ['person', 'club', 'club'], names: ['Club', '', ''] })).toEqual([
      'Club 1',
      'Club 2',
      'Club 3',
    ]);
  });

  test('are stored in the address', () => {
    const named = { ...game('person,club', DEAL), names: ['Ann, the first', ''] };
    expect(parseGame(gameQuery(named))).toMatchObject({ names: named.names });
    expect(parseGame(gameQuery(game('person,club', DEAL)))!.names).toBeUndefined();
  });
});

describe('the list of the others’ moves', () => {
  const told = (played: Game) => {
    const state = begun(played);
    const names = ['You', 'Club 2', 'Club 3'];
    const moves = repliesAmong(movesOfRound(played), played, state.position);
    return moves.map((made) => plainText(moveSentence(made, names, state.position.rules)));
  };

  test('describes a move in words: from where, to which line, what fell, and the marker', () => {
    expect(told(game('person,club', DEAL, '2R2', 'cW1'))).toEqual([
      'Club 2 took 2 white from the centre to line 1, 1 to the floor, with the first-player marker',
    ]);
    expect(told(game('person,club', DEAL, '2R2', '4Yf'))).toEqual(['Club 2 took 2 yellow from factory 4 to the floor']);
    expect(markerHolder(begun(game('person,club', DEAL, '2R2')).position)).toBeUndefined();
    expect(markerHolder(begun(game('person,club', DEAL, '2R2', 'cW1')).position)).toBe(1);
  });

  test('has the moves of all others since one’s own last move, as they come, until the next own move', () => {
    const seats = 'person,club,club';
    expect(told(game(seats, THREE))).toEqual([]);
    expect(told(game(seats, THREE, '2R2'))).toEqual([]);
    expect(told(game(seats, THREE, '2R2', 'cW4'))).toHaveLength(1);
    expect(told(game(seats, THREE, '2R2', 'cW4', '3K3'))).toHaveLength(2);
    expect(told(game(seats, THREE, '2R2', 'cW4', '3K3', '1B3'))).toEqual([]);
  });

  test('starts, with persons alone or models alone, after the last move of the player to move', () => {
    for (const seats of ['person,person', 'club,club']) {
      const played = game(seats, DEAL, '2R2', 'cW4');
      expect(begun(played).position.state[TURN]).toBe(0);
      expect(told(played)).toEqual(['Club 2 took 2 white from the centre to line 4, with the first-player marker']);
    }
  });

  test('has no move of an earlier round', () => {
    let state = begun(game('person,person', DEAL));
    while (!state.roundEnd) state = move(state, printMove(state.position.rules, legalActions(state.position)[0]!));
    expect(told(state.game)).toHaveLength(0);
    expect(movesOfRound(state.game).length).toBeGreaterThan(5);
    expect(movesOfRound(reduce(reduce(state, { kind: 'endRound' }), { kind: 'deal' }).game)).toEqual([]);
  });
});
