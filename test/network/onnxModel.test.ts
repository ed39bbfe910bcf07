import fc from 'fast-check';
import onnxProto from 'onnx-proto';
import * as onnxRuntime from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { Graph } from '../../src/network/graph.js';
import { withChecksum } from '../../src/network/modelChecksum.js';
import { Network } from '../../src/network/network.js';
import { decodeNetwork, encodeModel, encodeNetwork, ModelError } from '../../src/network/onnxModel.js';
import { quantizedLayers } from '../../src/network/quantization.js';
import { randomWeights } from '../training/helpers.js';

const network = new Network(2, { width: 4, blocks: 1 });
const weights = randomWeights(network, new Random(1));
const bytes = encodeNetwork(network, weights);
/** A model as other versions wrote it, without a checksum. */
const unsealed = bytes.subarray(0, -22);

/** The message of the ModelError that decoding throws. Any other exception fails the test. */
function refusal(data: Uint8Array): string {
  try {
    decodeNetwork(data, 'x.onnx');
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return (error as Error).message;
  }
  throw new Error('decoded, against expectation');
}

/** The model with fields of its protocol buffer replaced. */
function edited(edit: (model: InstanceType<typeof onnxProto.onnx.ModelProto>) => void): Uint8Array {
  const model = onnxProto.onnx.ModelProto.decode(unsealed);
  edit(model);
  return onnxProto.onnx.ModelProto.encode(model).finish();
}

const withField = (name: string, value: string) =>
  edited((model) => {
    model.metadataProps!.find(({ key }) => key === name)!.value = value;
  });

const withRanges = (value: string) =>
  edited((model) => {
    model.metadataProps!.push({ key: 'ranges', value });
  });

describe('a model file', () => {
  test.each([
    [2, { width: 8, blocks: 2 }],
    [3, { width: 5, blocks: 0 }],
    [4, { width: 16, blocks: 1 }],
  ])('of %i players, %o, returns its network and weights', (players, shape) => {
    const original = new Network(players, shape);
    const values = randomWeights(original, new Random(players));
    for (const file of [encodeNetwork(original, values), Buffer.from(encodeNetwork(original, values))]) {
      const decoded = decodeNetwork(file, 'x');
      expect(decoded.network).toEqual(original);
      expect(decoded.weights).toEqual(values.slice(0, original.playingSize));
    }
  });

  test('has only what playing needs', () => {
    const { graph } = onnxProto.onnx.ModelProto.decode(bytes);
    expect(graph!.output!.map(({ name }) => name)).toEqual(['logits', 'value', 'margin']);
    const names = [...graph!.initializer!.map(({ name }) => name!), ...graph!.node!.flatMap(({ input }) => input!)];
    expect(names.filter((name) => name.startsWith('ownership'))).toEqual([]);
    expect(names).toContain('margin.bias');
    expect(network.playingSize).toBe(network.parameters.find(({ name }) => name === 'ownership.weight')!.start);
  });

  test('keeps the ranges of its activations if it was calibrated', () => {
    const ranges = Object.fromEntries(quantizedLayers(network).map((layer, i) => [layer, i + 0.5]));
    expect(Object.keys(ranges)).toEqual(['policy', 'takes']);
    expect(decodeNetwork(encodeNetwork(network, weights, ranges), 'x').ranges).toEqual(ranges);
    expect(decodeNetwork(bytes, 'x').ranges).toBeUndefined();
  });

  test('can lie at any offset of a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect(decodeNetwork(larger.subarray(3, 3 + bytes.length), 'x').weights).toEqual(
      weights.slice(0, network.playingSize),
    );
  });
});

describe('an invalid model is refused in one line', () => {
  const graph = new Graph();
  graph.name('a', 'b');
  const strange = encodeModel(graph, { a: [1] }, { b: [1] });
  test.each([
    ['an empty file', new Uint8Array(0), /x\.onnx is not an Azul Zero model; name a \.onnx file/],
    ['text', Buffer.from('hello, this is no model'), /x\.onnx is not an/],
    ['an ONNX model from elsewhere', strange, /not an Azul Zero model/],
    ['another encoding', withField('encoding', 'azul-0'), /has the encoding "azul-0", not azul-5/],
    ['another number of players', withField('players', '3'), /x\.onnx .*damaged/],
    ['five players', withField('players', '5'), /no valid players/],
    ['no players', withField('players', ''), /no valid players/],
    ['a wider network', withField('width', '8'), /x\.onnx .*damaged/],
    ['an enormous network', withField('width', '65000'), /too short/],
    ['a width that is no number', withField('width', '4.5'), /no valid width/],
    ['ranges that are none', withRanges('{"policy":0}'), /no valid ranges/],
    ['ranges that are no JSON', withRanges('policy'), /no valid ranges/],
    ['a deeper network', withField('blocks', '2'), /x\.onnx .*damaged/],
    ['endless blocks', withField('blocks', '1e9'), /no valid blocks/],
  ])('%s', (_, data, message) => {
    expect(refusal(data)).toMatch(message);
    expect(refusal(data)).not.toContain('\n');
  });

  test('a weight that is missing, transposed, too short or no number', () => {
    const initializer = (name: string, edit: (tensor: onnxProto.onnx.ITensorProto) => void) =>
      edited((model) => edit(model.graph!.initializer!.find((t) => t.name === name)!));
    const missing = edited((model) => {
      model.graph!.initializer = model.graph!.initializer!.filter((t) => t.name !== 'value.bias');
    });
    expect(refusal(missing)).toMatch(/lacks the weights value\.bias/);
    const transposed = initializer('policy.weight', (tensor) => {
      tensor.dims = [...tensor.dims!].reverse();
    });
    expect(refusal(transposed)).toMatch(/lacks the weights policy\.weight/);
    const short = initializer('input.weight', (tensor) => {
      tensor.rawData = tensor.rawData!.slice(4);
    });
    expect(refusal(short)).toMatch(/lacks the weights input\.weight/);
    const broken = initializer('input.bias', (tensor) => {
      tensor.rawData = new Uint8Array(tensor.rawData!.length).fill(255);
    });
    expect(refusal(broken)).toMatch(/no numbers/);
  });

  test('a file cut short at any place', () => {
    for (let length = 0; length < unsealed.length; length += length > unsealed.length - 400 ? 1 : 17) {
      expect(refusal(unsealed.subarray(0, length))).not.toContain('\n');
    }
  });

  const place = fc.oneof(
    fc.integer({ min: 0, max: unsealed.length - 1 }),
    fc.integer({ min: 0, max: 200 }),
    fc.integer({ min: 1, max: 600 }).map((n) => unsealed.length - n),
  );
  const damage = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 });

  test('a file without a checksum, with any bytes altered, is still a model or is refused', () => {
    fc.assert(
      fc.property(damage, (changes) => {
        const altered = Buffer.from(unsealed);
        for (const [at, value] of changes) altered[at] = value;
        try {
          expect(decodeNetwork(altered, 'x').weights.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
          expect((error as Error).message).not.toContain('\n');
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('a file with any bytes altered', () => {
    fc.assert(
      fc.property(damage, (changes) => {
        const altered = Buffer.from(bytes);
        for (const [at, value] of changes) altered[at] = value;
        fc.pre(!altered.equals(bytes));
        expect(refusal(altered)).toBe('x.onnx is damaged: its checksum is wrong; restore it, or name another');
      }),
      { numRuns: 1500 },
    );
  });
});

describe('the checksum of a model file', () => {
  test('is added once, and is one of its metadata', () => {
    expect(withChecksum(unsealed)).toEqual(bytes);
    expect(withChecksum(bytes)).toEqual(bytes);
    const { metadataProps } = onnxProto.onnx.ModelProto.decode(bytes);
    expect(metadataProps!.at(-1)).toMatchObject({ key: 'checksum', value: expect.stringMatching(/^[\da-f]{8}$/) });
    expect(decodeNetwork(unsealed, 'x')).toEqual(decodeNetwork(bytes, 'x'));
  });

  test('does not stop ONNX Runtime from reading the file', async () => {
    const session = await onnxRuntime.InferenceSession.create(bytes);
    expect(session.outputNames).toEqual(['logits', 'value', 'margin']);
    await session.release();
  });
});
