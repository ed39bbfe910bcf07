import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { Graph, type Tensor } from '../../src/network/graph.js';
import { encodeModel } from '../../src/network/onnxModel.js';
import { slopes } from './referenceNetwork.js';

interface Value {
  dims: number[];
  data: number[];
}

/** Builds a graph whose output is a scalar. Returns it with the gradients of the named tensors. */
async function differentiate(
  inputs: Record<string, Value>,
  wanted: string[],
  build: (graph: Graph) => Tensor,
): Promise<{ y: number; gradients: Float32Array[] }> {
  const graph = new Graph();
  const y = build(graph);
  graph.gradients(y, wanted).forEach((gradient, i) => {
    graph.name(gradient, `gradient${i}`);
  });
  graph.name(y, 'y');
  const outputs = Object.fromEntries(wanted.map((name, i) => [`gradient${i}`, inputs[name]!.dims]));
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims]));
  const session = await ort.InferenceSession.create(encodeModel(graph, shapes, { ...outputs, y: [] }), {
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, { dims, data }]) => [name, new ort.Tensor('float32', Float32Array.from(data), dims)]),
  );
  const found = await session.run(feeds);
  await session.release();
  const data = (name: string) => found[name]!.data as Float32Array;
  return { y: data('y')[0]!, gradients: wanted.map((_, i) => data(`gradient${i}`)) };
}

const random = new Random(20);

function normal(...dims: number[]): Value {
  const size = dims.reduce((a, b) => a * b, 1);
  return { dims, data: Array.from({ length: size }, () => Math.fround(random.normal())) };
}

/** A weighted sum, so that every element has a different gradient. */
const reduce = (graph: Graph, x: Tensor) => graph.sum(graph.scale(x, 'weights'));

/** One operation on `a` (and `b`), and the same in 64 bits. The element weights are applied afterwards. */
const OPERATIONS: Record<
  string,
  { inputs: string[]; build: (graph: Graph) => Tensor; formula: (a: number[], b: number[]) => number[] }
> = {
  relu: { inputs: ['a'], build: (g) => g.relu('a'), formula: (a) => a.map((v) => Math.max(0, v)) },
  tanh: { inputs: ['a'], build: (g) => g.tanh('a'), formula: (a) => a.map(Math.tanh) },
  square: { inputs: ['a'], build: (g) => g.square('a'), formula: (a) => a.map((v) => v * v) },
  add: { inputs: ['a', 'b'], build: (g) => g.add('a', 'b'), formula: (a, b) => a.map((v, i) => v + b[i]!) },
  'add to itself': { inputs: ['a'], build: (g) => g.add('a', 'a'), formula: (a) => a.map((v) => 2 * v) },
  subtract: { inputs: ['a', 'b'], build: (g) => g.subtract('a', 'b'), formula: (a, b) => a.map((v, i) => v - b[i]!) },
  'scale by elements': {
    inputs: ['a'],
    build: (g) => g.scale('a', 'b'),
    formula: (a, b) => a.map((v, i) => v * b[i]!),
  },
  'scale by a number': {
    inputs: ['a'],
    build: (g) => g.scale('a', g.scalar(-0.3)),
    formula: (a) => a.map((v) => v * -0.3),
  },
  shift: { inputs: ['a'], build: (g) => g.shift('a', 'b'), formula: (a, b) => a.map((v, i) => v + b[i]!) },
  logSoftmax: {
    inputs: ['a'],
    build: (g) => g.logSoftmax('a'),
    formula: (a) => [0, 1, 2].flatMap((row) => logSoftmax(a.slice(4 * row, 4 * row + 4))),
  },
  'reshape and swapAxes': {
    inputs: ['a'],
    build: (g) => g.reshape(g.swapAxes(g.reshape('a', [2, 2, 1])), [4]),
    formula: (a) => [0, 1, 2].flatMap((row) => [0, 2, 1, 3].map((column) => a[4 * row + column]!)),
  },
  'productWith columns': {
    inputs: ['a'],
    build: (g) => {
      const left = g.reshape(g.columns('b', [3, 0, 2, 0]), [1, 2, 2]);
      return g.reshape(g.productWith(left, g.reshape('a', [1, 2, 2])), [4]);
    },
    formula: (a, b) =>
      [0, 4, 8].flatMap((row) =>
        [3, 2].flatMap((i) => [0, 1].map((k) => b[row + i]! * a[row + k]! + b[row]! * a[row + 2 + k]!)),
      ),
  },
  'used twice': {
    inputs: ['a', 'b'],
    build: (g) => g.add(g.square('a'), g.subtract(g.tanh('a'), g.relu('b'))),
    formula: (a, b) => a.map((v, i) => v * v + Math.tanh(v) - Math.max(0, b[i]!)),
  },
};

function logSoftmax(row: number[]): number[] {
  const max = Math.max(...row);
  const logSum = Math.log(row.reduce((sum, v) => sum + Math.exp(v - max), 0));
  return row.map((v) => v - max - logSum);
}

describe('operations agree with 64-bit arithmetic, and their gradients with central differences', () => {
  test.each(Object.entries(OPERATIONS))('%s', async (_, { inputs, build, formula }) => {
    for (let round = 0; round < 3; round++) {
      const values = { a: normal(3, 4), b: normal(3, 4), weights: normal(3, 4) };
      const weighted = (a: number[], b: number[]) =>
        formula(a, b).reduce((sum, v, i) => sum + v * values.weights.data[i]!, 0);
      const { y, gradients } = await differentiate(values, inputs, (graph) => reduce(graph, build(graph)));
      expect(y).toBeCloseTo(weighted(values.a.data, values.b.data), 4);
      inputs.forEach((name, i) => {
        const along = (x: Float64Array) =>
          name === 'a' ? weighted([...x], values.b.data) : weighted(values.a.data, [...x]);
        const expected = slopes(along, values[name as 'a' | 'b'].data);
        gradients[i]!.forEach((g, j) => {
          expect(g, `${name}[${j}]`).toBeCloseTo(expected[j]!, 5);
        });
      });
    }
  });

  test('rowSums and rowDots', async () => {
    const values = { a: normal(3, 4), b: normal(3, 4) };
    const { y, gradients } = await differentiate(values, ['a'], (g) =>
      g.add(g.sum(g.square(g.rowSums('a'))), g.sum(g.square(g.rowDots('a', 'b')))),
    );
    const formula = (a: ArrayLike<number>) =>
      [0, 4, 8].reduce((total, row) => {
        const dot = (of: (i: number) => number) => [0, 1, 2, 3].reduce((sum, i) => sum + a[row + i]! * of(row + i), 0);
        return total + dot(() => 1) ** 2 + dot((i) => values.b.data[i]!) ** 2;
      }, 0);
    expect(y).toBeCloseTo(formula(values.a.data), 4);
    slopes(formula, values.a.data).forEach((slope, i) => {
      expect(gradients[0]![i]).toBeCloseTo(slope, 4);
    });
  });

  test('relu has a slope of 1 above 0, however small the input, and of 0 elsewhere', async () => {
    const a = { dims: [1, 7], data: [-0, 0, -3, -1e-40, 2 ** -126, 1, 1e30] };
    const { gradients } = await differentiate({ a }, ['a'], (g) => g.sum(g.relu('a')));
    expect([...gradients[0]!].map(Math.abs)).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  test('linear, with respect to its input, weights and bias', async () => {
    const values = { x: normal(3, 2), w: normal(2, 4), b: normal(4), weights: normal(3, 4) };
    const formula = (x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>) =>
      values.weights.data.reduce((sum, weight, at) => {
        const [n, o] = [Math.floor(at / 4), at % 4];
        return sum + weight * (x[2 * n]! * w[o]! + x[2 * n + 1]! * w[4 + o]! + b[o]!);
      }, 0);
    const { x, w, b } = values;
    const { y, gradients } = await differentiate(values, ['x', 'w', 'b'], (g) => reduce(g, g.linear('x', 'w', 'b')));
    expect(y).toBeCloseTo(formula(x.data, w.data, b.data), 4);
    const expected = [
      slopes((v) => formula(v, w.data, b.data), x.data),
      slopes((v) => formula(x.data, v, b.data), w.data),
      slopes((v) => formula(x.data, w.data, v), b.data),
    ];
    gradients.forEach((gradient, i) => {
      gradient.forEach((g, j) => {
        expect(g).toBeCloseTo(expected[i]![j]!, 5);
      });
    });
  });
});

describe('logSoftmax', () => {
  test.each([[[1e30, 0, -1e30, 5]], [[-1e9, -1e9, 3, 4]], [[3e38, 3e38, 3e38, 3e38]], [[-1e9, -1e9, -1e9, -1e9]]])(
    'of %j is finite where it can be, and so is its gradient',
    async (data) => {
      const values = { a: { dims: [1, 4], data }, target: { dims: [1, 4], data: [0, 0, 0, 1] } };
      const { y, gradients } = await differentiate(values, ['a'], (g) => g.sum(g.scale(g.logSoftmax('a'), 'target')));
      const exact = logSoftmax(data)[3]!;
      expect(Math.abs(y - exact)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(exact)));
      expect(gradients[0]!.every(Number.isFinite)).toBe(true);
      expect(Math.abs(gradients[0]!.reduce((a, b) => a + b))).toBeLessThan(1e-6);
    },
  );
});

test('the gradient of a tensor without dependants is refused by name', () => {
  const graph = new Graph();
  const y = graph.sum(graph.relu('a'));
  expect(() => graph.gradients(y, ['b'])).toThrow(/does not depend on b/);
});

test('sum has the gradient one', async () => {
  const { y, gradients } = await differentiate({ a: { dims: [2, 2], data: [1, 2, 3, 4] } }, ['a'], (g) => g.sum('a'));
  expect(y).toBe(10);
  expect([...gradients[0]!]).toEqual([1, 1, 1, 1]);
});
