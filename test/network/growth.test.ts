import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { grownWeights, hasRoomFor } from '../../src/network/growth.js';
import { Network, type NetworkShape } from '../../src/network/network.js';
import { randomWeights } from '../training/helpers.js';
import { type ReferenceHeads, referenceForward } from './referenceNetwork.js';

const SMALL = { width: 6, blocks: 1 };
const SHAPES: NetworkShape[] = [SMALL, { width: 10, blocks: 1 }, { width: 6, blocks: 3 }, { width: 15, blocks: 2 }];

function randomInputs(network: Network, random: Random): Float32Array {
  return Float32Array.from({ length: network.inputs }, () => (random.float() < 0.3 ? random.float() : 0));
}

function expectSame(a: ReferenceHeads, b: ReferenceHeads, heads: (keyof ReferenceHeads)[]): void {
  for (const head of heads) a[head].forEach((value, i) => void expect(b[head][i]).toBeCloseTo(value, 12));
}

describe.each(SHAPES)('grown to %o', (shape) => {
  const random = new Random(5);
  const from = new Network(3, SMALL);
  const weights = randomWeights(from, random);
  const to = new Network(3, shape);

  test('a network gives the same answers as before', () => {
    const grown = grownWeights(to, from, weights, 1);
    for (let i = 0; i < 10; i++) {
      const inputs = randomInputs(from, random);
      const before = referenceForward(from, weights, inputs);
      expectSame(before, referenceForward(to, grown, inputs), ['logits', 'value', 'margin', 'ownership']);
    }
  });

  test('a network without the head that only training needs gets a new one', () => {
    const grown = grownWeights(to, from, weights.subarray(0, from.playingSize), 1);
    expect(grown.subarray(to.playingSize)).toEqual(to.initialWeights(1).subarray(to.playingSize));
    const inputs = randomInputs(from, random);
    const before = referenceForward(from, weights, inputs);
    expectSame(before, referenceForward(to, grown, inputs), ['logits', 'value', 'margin']);
  });
});

test('new units can learn: every one of them receives the inputs', () => {
  const from = new Network(2, SMALL);
  const to = new Network(2, { width: 9, blocks: 2 });
  const grown = grownWeights(to, from, randomWeights(from, new Random(6)), 1);
  for (const name of ['input', 'block0.first', 'block1.first', 'outcome']) {
    const { start, dims } = to.parameters.find((parameter) => parameter.name === `${name}.weight`)!;
    const [rows, columns] = dims as [number, number];
    for (let column = name === 'outcome' ? 3 : 6; column < columns; column++) {
      const heard = Array.from({ length: rows }, (_, row) => grown[start + row * columns + column]);
      expect(heard).not.toContain(0);
    }
  }
});

test('a network has no room for more players, wider layers or more blocks than its own', () => {
  const network = (players: number, width: number, blocks: number) => new Network(players, { width, blocks });
  const to = network(2, 8, 2);
  for (const fits of [network(2, 8, 2), network(2, 4, 2), network(2, 8, 0)]) expect(hasRoomFor(to, fits)).toBe(true);
  for (const not of [network(3, 8, 2), network(2, 10, 2), network(2, 4, 3)]) expect(hasRoomFor(to, not)).toBe(false);
});
