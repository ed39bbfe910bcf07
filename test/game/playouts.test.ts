import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { playouts, type Step, steps } from './playouts.js';
import { only, stageOf, type Table, tilesAt, winnersOf } from './reference.js';

const sizes = (table: Table): number[] => table.factories.map((factory) => factory.length);
const mover = ({ before }: Step) => before.boards[before.turn]!;
const takesMarker = ({ before, token }: Step) => token.startsWith('c') && before.centre.includes('1');
const isDeal = ({ token }: Step) => token.startsWith('=');
const endsRound = (step: Step) => !isDeal(step) && stageOf(step.after) !== 'playing';
const markerTaken = ({ before }: Step) => before.boards.some((board) => board.floor.includes('1'));
const dealtTiles = ({ after }: Step) => sizes(after).reduce((sum, size) => sum + size, 0);

/** The rare cases of the rules, each as a test of a step. */
const CORNERS: Record<string, (step: Step) => boolean> = {
  'a move to the floor by choice': ({ token }) => token.endsWith('f'),
  'a floor line with all seven spaces taken': ({ after }) => after.boards.some((board) => board.floor.length === 7),
  'tiles past the seventh': (step) =>
    !isDeal(step) && !endsRound(step) && step.after.lid.length > step.before.lid.length,
  'the marker past the seventh': (step) => takesMarker(step) && mover(step).floor.length >= 7,
  'the marker in the seventh space': (step) => takesMarker(step) && mover(step).floor.length === 6,
  'a bag that runs empty within a deal': (step) =>
    isDeal(step) && step.before.bag !== '' && dealtTiles(step) > step.before.bag.length,
  'an empty bag when a deal is due': (step) => isDeal(step) && step.before.bag === '',
  'a bag that a deal empties exactly': (step) => isDeal(step) && dealtTiles(step) === step.before.bag.length,
  'a deal with too few tiles': (step) => isDeal(step) && sizes(step.after).includes(0),
  'a factory dealt in part': (step) => isDeal(step) && sizes(step.after).some((size) => size > 0 && size < 4),
  'a round in which nobody takes the marker': (step) => endsRound(step) && !markerTaken(step) && !takesMarker(step),
  'a score that would fall below 0': (step) =>
    endsRound(step) && step.after.boards.some((board, p) => board.score === 0 && step.before.boards[p]!.score > 0),
  'a move to a full floor line': (step) => step.token.endsWith('f') && mover(step).floor.length >= 7,
  'eight tiles of a colour taken at once': ({ before, token }) =>
    !token.startsWith('=') && only(tilesAt(before, token[0]!), token[1]!).length >= 8,
  'more than thirty rounds': ({ after }) => after.round > 30,
  'the end of a game': ({ after }) => stageOf(after) === 'over',
  'a shared win': ({ after }) => stageOf(after) === 'over' && winnersOf(after).length > 1,
};

describe('the arbitrary playouts', () => {
  const seen = new Set<string>();
  for (const playout of fc.sample(playouts(400), { seed: 1, numRuns: 300 })) {
    for (const step of steps(playout)) {
      for (const [name, shows] of Object.entries(CORNERS)) if (!seen.has(name) && shows(step)) seen.add(name);
    }
  }

  test.each(Object.keys(CORNERS))('reach %s', (name) => {
    expect(seen).toContain(name);
  });
});
