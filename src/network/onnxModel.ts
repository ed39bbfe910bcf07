/** ONNX files: writes graphs and weights, reads weights and metadata. */
import onnxProto from 'onnx-proto';
import { MAX_PLAYERS, MIN_PLAYERS } from '../game/state.js';
import { ENCODING } from './encoding.js';
import { type Constant, Graph, type GraphNode } from './graph.js';
import { isDamaged, withChecksum } from './modelChecksum.js';
import { type Heads, Network } from './network.js';
import { quantizedLayers, quantizedLinear, type Ranges } from './quantization.js';
import { TAKE_VALUES } from './takeTable.js';

const { onnx } = onnxProto;
const OPSET = 17;
const IR_VERSION = 8;
/** The domain of ONNX Runtime's own operators. */
const MICROSOFT = 'com.microsoft';

/** A dimension: its length, or a name if it is free. */
export type Dimension = number | string;

/** Returns the bytes of an ONNX model with the given inputs and outputs, all in 32-bit floats, or in 64-bit as `double`. */
export function encodeModel(
  graph: Pick<Graph, 'nodes' | 'constants'>,
  inputs: Record<string, readonly Dimension[]>,
  outputs: Record<string, readonly Dimension[]>,
  metadata: Record<string, string> = {},
  format: 'float' | 'double' = 'float',
): Uint8Array {
  const info = (tensors: Record<string, readonly Dimension[]>) =>
    Object.entries(tensors).map(([name, dims]) => ({
      name,
      type: {
        tensorType: {
          elemType: format === 'double' ? DOUBLE : FLOAT,
          shape: { dim: dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
        },
      },
    }));
  const model = onnx.ModelProto.fromObject({
    irVersion: IR_VERSION,
    producerName: 'azul-zero',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: MICROSOFT, version: 1 },
    ],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'azul-zero',
      node: graph.nodes.map(({ op, inputs: input, outputs: output, attributes }) => ({
        ...operator(op),
        input,
        output,
        attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeOf(value) })),
      })),
      initializer: [...graph.constants].map(([name, constant]) => ({ name, ...tensorOf(constant, format) })),
      input: info(inputs),
      output: info(outputs),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function attributeOf(value: GraphNode['attributes'][string]) {
  const { INT, INTS, FLOAT } = onnx.AttributeProto.AttributeType;
  if (typeof value === 'number') return { type: INT, i: value };
  return value instanceof Float32Array ? { type: FLOAT, f: value[0] } : { type: INTS, ints: [...value] };
}

function operator(name: string): { opType: string; domain: string } {
  return name.startsWith(MICROSOFT)
    ? { opType: name.slice(MICROSOFT.length + 1), domain: MICROSOFT }
    : { opType: name, domain: '' };
}

const { FLOAT, DOUBLE, INT64, INT8, UINT8 } = onnx.TensorProto.DataType;
const TYPES = new Map<unknown, number>([
  [Float32Array, FLOAT],
  [Float64Array, DOUBLE],
  [BigInt64Array, INT64],
  [Int8Array, INT8],
  [Uint8Array, UINT8],
]);

function tensorOf({ dims, data: values }: Constant, format: 'float' | 'double') {
  const data = format === 'double' && values instanceof Float32Array ? Float64Array.from(values) : values;
  return {
    dims: [...dims],
    dataType: TYPES.get(data.constructor),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** A network with its weights and the ranges of its activations. */
export interface Model {
  network: Network;
  /** The `playingSize` weights for play, or all weights. */
  weights: Float32Array;
  /** Needed for 8 bits (quantization.ts). */
  ranges?: Ranges;
}

/**
 * Returns the bytes of a model file, which any ONNX Runtime can run in floats: from `inputs` to `logits`, `value` and
 * `margin`. It has no weights that only training needs. The ranges are in its metadata.
 */
export function encodeNetwork(network: Network, weights: Float32Array, ranges?: Ranges): Uint8Array {
  const graph = new Graph();
  addWeights(graph, network, weights);
  const { players, shape } = network;
  const metadata = {
    encoding: ENCODING,
    players: String(players),
    width: String(shape.width),
    blocks: String(shape.blocks),
  };
  const heads = network.forward(graph, 'inputs');
  const file = { ...metadata, ...(ranges && { ranges: JSON.stringify(ranges) }) };
  return withChecksum(encodeWithLogits(graph, network, heads, file));
}

/** Returns the network in floats for `Inference`: `policy` and `takes` are separate, because adding them outside is faster. */
export function encodeForPlay(network: Network, weights: Float32Array): Uint8Array {
  const graph = new Graph();
  addWeights(graph, network, weights);
  return encodeHeads(graph, network, network.forward(graph, 'inputs'));
}

/** Returns the same in 8 bits. Only ONNX Runtime can run it: some operators are in no standard. */
export function encodeQuantized(network: Network, weights: Float32Array, ranges: Ranges): Uint8Array {
  const graph = new Graph();
  const linear = quantizedLinear(graph, network, weights, ranges);
  return encodeHeads(graph, network, network.forward(graph, 'inputs', linear));
}

/**
 * Returns the network in floats with one more output for each layer to be quantised, `<layer>.max`: the highest of its inputs
 * in the batch.
 */
export function encodeCalibration(network: Network, weights: Float32Array): Uint8Array {
  const graph = new Graph();
  addWeights(graph, network, weights);
  const layers = quantizedLayers(network);
  const heads = network.forward(graph, 'inputs', (x, name) => {
    if (layers.includes(name)) graph.op('ReduceMax', [x], { keepdims: 0 }, `${name}.max`);
    return graph.linear(x, `${name}.weight`, `${name}.bias`);
  });
  const maxima = Object.fromEntries(layers.map((name) => [`${name}.max`, []]));
  return encodeWithLogits(graph, network, heads, {}, maxima);
}

function addWeights(graph: Graph, network: Network, weights: Float32Array): void {
  for (const { name, dims, start, size } of network.playingParameters) {
    graph.constants.set(name, { dims, data: weights.slice(start, start + size) });
  }
}

/** Encodes a graph with its separate heads. */
function encodeHeads(graph: Graph, { inputs, actions, players }: Network, heads: Heads): Uint8Array {
  for (const name of ['policy', 'takes', 'value', 'margin'] as const) graph.name(heads[name], name);
  return encodeModel(
    graph,
    { inputs: ['batch', inputs] },
    {
      policy: ['batch', actions],
      takes: ['batch', TAKE_VALUES],
      value: ['batch', players],
      margin: ['batch', players],
    },
  );
}

/** Encodes a graph with complete logits. */
function encodeWithLogits(
  graph: Graph,
  network: Network,
  heads: Heads,
  metadata: Record<string, string> = {},
  outputs: Record<string, readonly Dimension[]> = {},
): Uint8Array {
  const { inputs, actions, players } = network;
  graph.name(network.logits(graph, 'inputs', heads), 'logits');
  graph.name(heads.value, 'value');
  graph.name(heads.margin, 'margin');
  return encodeModel(
    graph,
    { inputs: ['batch', inputs] },
    { logits: ['batch', actions], value: ['batch', players], margin: ['batch', players], ...outputs },
    metadata,
  );
}

/** A model file can't be read, or is not one of this program. The message says which and why. */
export class ModelError extends Error {
  override name = 'ModelError';
}

/** The model file was written by another version of this program. */
export class OtherVersionError extends ModelError {}

/** Reads a model from a file's bytes. A ModelError says why it can't be read. */
export function decodeNetwork(bytes: Uint8Array, path: string): Model {
  if (isDamaged(bytes)) throw new ModelError(`${path} is damaged: its checksum is wrong; restore it, or name another`);
  let model: InstanceType<typeof onnx.ModelProto>;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch {
    throw new ModelError(`${path} is not an ONNX model, or is damaged; name a .onnx file that azul wrote`);
  }
  const metadata = new Map(model.metadataProps?.map(({ key, value }) => [key, value]));
  const advice = 'name a .onnx file that this version of azul wrote';
  const encoding = metadata.get('encoding');
  if (encoding == null) {
    const foreign = `add inputs=${ENCODING} if it is a network of another program (docs/networks.md)`;
    throw new ModelError(`${path} is not an Azul Zero model; ${advice}, or ${foreign}`);
  }
  if (encoding !== ENCODING) {
    throw new OtherVersionError(`${path} has the encoding ${JSON.stringify(encoding)}, not ${ENCODING}; ${advice}`);
  }
  if (!metadata.has('width'))
    throw new ModelError(
      `${path} is a network of another program: it plays, but can't be trained or merged; ${advice}`,
    );
  const damaged = (what: string) => new ModelError(`${path} ${what}: it is damaged; restore it, or name another`);
  const field = (name: string, min: number, max: number): number => {
    const value = Number(metadata.get(name) || Number.NaN);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw damaged(`has no valid ${name} in its metadata`);
  };
  const players = field('players', MIN_PLAYERS, MAX_PLAYERS);
  const network = new Network(players, { width: field('width', 2, 65_536), blocks: field('blocks', 0, 1000) });
  if (4 * network.playingSize > bytes.length) throw damaged('is too short for its network');
  const weights = new Float32Array(network.playingSize);
  const tensors = new Map(model.graph?.initializer?.map((t) => [t.name, t]));
  for (const { name, dims, start, size } of network.playingParameters) {
    const tensor = tensors.get(name);
    const data = tensor?.rawData;
    if (data?.length !== 4 * size || tensor?.dims?.map(Number).join() !== dims.join()) {
      throw damaged(`lacks the weights ${name} in the shape of its network`);
    }
    // Copied as bytes, because in the file they may start at any byte.
    new Uint8Array(weights.buffer, 4 * start, 4 * size).set(data);
  }
  if (!weights.every(Number.isFinite)) throw damaged('has weights that are no numbers');
  const text = metadata.get('ranges');
  if (text == null) return { network, weights };
  const ranges = parseRanges(text, network);
  if (!ranges) throw damaged('has no valid ranges in its metadata');
  return { network, weights, ranges };
}

function parseRanges(text: string, network: Network): Ranges | undefined {
  try {
    const ranges = JSON.parse(text) as Partial<Ranges>;
    return Object.fromEntries(
      quantizedLayers(network).map((layer) => {
        const max = ranges[layer];
        if (!(typeof max === 'number' && max > 0)) throw new Error(`no range of ${layer}`);
        return [layer, max];
      }),
    );
  } catch {
    return undefined;
  }
}
