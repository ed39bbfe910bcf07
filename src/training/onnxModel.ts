/** ONNX files: graphs and weights out, weights and metadata in. */
import onnxProto from 'onnx-proto';
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

/** A network's weights as a model that any ONNX Runtime can run: `inputs` in, `logits`, `value` and `margin` out. */
export function encodeNetwork(network: Network, weights: Float32Array): Uint8Array {
  const graph = new Graph();
  for (const { name, dims, start, size } of network.parameters) {
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

/** The network and weights in a file's bytes; a ModelError says why they are none of ours. */
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
      ? `for the encoding ${metadata.get('encoding')}, not ${ENCODING}`
      : 'not an Azul Zero model';
    throw new ModelError(`${path} is ${found}; name a .onnx file that this version of azul wrote`);
  }
  const field = (name: string) => Number(metadata.get(name));
  const network = new Network(field('players'), { width: field('width'), blocks: field('blocks') });
  const weights = new Float32Array(network.size);
  const tensors = new Map(model.graph?.initializer?.map((t) => [t.name, t]));
  for (const { name, start, size } of network.parameters) {
    const data = tensors.get(name)?.rawData;
    if (data?.length !== 4 * size)
      throw new ModelError(`${path} lacks the weights ${name} in the shape of its network; it is damaged`);
    weights.set(new Float32Array(data.slice().buffer), start);
  }
  return { network, weights };
}
