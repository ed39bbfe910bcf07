/** ONNX files: graphs and weights out, weights and metadata in. */
import onnxProto from 'onnx-proto';
import { MAX_PLAYERS, MIN_PLAYERS } from '../game/state.js';
import { ENCODING } from './encoding.js';
import { type Constant, Graph } from './graph.js';
import { Network } from './network.js';

const { onnx } = onnxProto;
const OPSET = 17;
const IR_VERSION = 8;

/** A dimension: its length, or a name where it is free. */
export type Dimension = number | string;

/** The bytes of an ONNX model with the given inputs and outputs, all of 32-bit floats. */
export function encodeModel(
  graph: Graph,
  inputs: Record<string, readonly Dimension[]>,
  outputs: Record<string, readonly Dimension[]>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const info = (tensors: Record<string, readonly Dimension[]>) =>
    Object.entries(tensors).map(([name, dims]) => ({
      name,
      type: {
        tensorType: {
          elemType: onnx.TensorProto.DataType.FLOAT,
          shape: { dim: dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
        },
      },
    }));
  const model = onnx.ModelProto.fromObject({
    irVersion: IR_VERSION,
    producerName: 'azul-zero',
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'azul-zero',
      node: graph.nodes.map(({ op, inputs: input, outputs: output, attributes }) => ({
        opType: op,
        input,
        output,
        attribute: Object.entries(attributes).map(([name, value]) =>
          typeof value === 'number'
            ? { name, type: onnx.AttributeProto.AttributeType.INT, i: value }
            : { name, type: onnx.AttributeProto.AttributeType.INTS, ints: [...value] },
        ),
      })),
      initializer: [...graph.constants].map(([name, constant]) => ({ name, ...tensorOf(constant) })),
      input: info(inputs),
      output: info(outputs),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function tensorOf({ dims, data }: Constant) {
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  return {
    dims: [...dims],
    dataType: data instanceof Float32Array ? FLOAT : INT64,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/**
 * A network's weights as a model that any ONNX Runtime can run: `inputs` in, `logits`, `value` and `margin` out. What
 * only training needs is left out.
 */
export function encodeNetwork(network: Network, weights: Float32Array): Uint8Array {
  const graph = new Graph();
  for (const { name, dims, start, size } of network.playingParameters) {
    graph.constants.set(name, { dims, data: weights.slice(start, start + size) });
  }
  const heads = network.forward(graph, 'inputs');
  graph.name(heads.logits, 'logits');
  graph.name(heads.value, 'value');
  graph.name(heads.margin, 'margin');
  const { players, inputs, actions, shape } = network;
  return encodeModel(
    graph,
    { inputs: ['batch', inputs] },
    { logits: ['batch', actions], value: ['batch', players], margin: ['batch', players] },
    { encoding: ENCODING, players: String(players), width: String(shape.width), blocks: String(shape.blocks) },
  );
}

export class ModelError extends Error {
  override name = 'ModelError';
}

/** The network and the weights that it plays with (`playingSize` of them) in a file's bytes; a ModelError says why they are none of ours. */
export function decodeNetwork(bytes: Uint8Array, path: string): { network: Network; weights: Float32Array } {
  let model: InstanceType<typeof onnx.ModelProto>;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch {
    throw new ModelError(`${path} is not an ONNX model, or is damaged; name a .onnx file that azul wrote`);
  }
  const metadata = new Map(model.metadataProps?.map(({ key, value }) => [key, value]));
  if (metadata.get('encoding') !== ENCODING) {
    const found = metadata.has('encoding')
      ? `for the encoding ${JSON.stringify(metadata.get('encoding'))}, not ${ENCODING}`
      : 'not an Azul Zero model';
    throw new ModelError(`${path} is ${found}; name a .onnx file that this version of azul wrote`);
  }
  const damaged = (what: string) => new ModelError(`${path} ${what}; it is damaged`);
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
    // Copied byte by byte, because in the file they may start at any byte.
    new Uint8Array(weights.buffer, 4 * start, 4 * size).set(data);
  }
  if (!weights.every(Number.isFinite)) throw damaged('has weights that are no numbers');
  return { network, weights };
}
