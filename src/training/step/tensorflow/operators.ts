import type * as tf from '@tensorflow/tfjs';
import { DeviceError } from '../../../network/devices.js';
import type { Graph, GraphNode } from '../../../network/graph.js';

/** The module of TensorFlow.js, from any of its packages. */
export type TensorFlow = typeof tf;

/** A function that computes the output of a graph's node from its inputs. */
type Operator = (library: TensorFlow, inputs: tf.Tensor[], node: GraphNode, graph: Graph) => tf.Tensor;

/** ONNX operators in TensorFlow, as far as graphs of training steps use them. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  Abs: ({ abs }, [x]) => abs(x!),
  Add: ({ add }, [a, b]) => add(a!, b!),
  ArgMax: ({ argMax, expandDims }, [x], { attributes }) => {
    const axis = Number(attributes.axis ?? 0);
    const found = argMax(x!, axis);
    return attributes.keepdims === 0 ? found : expandDims(found, axis);
  },
  // Graphs cast to floats only.
  Cast: ({ cast }, [x]) => cast(x!, 'float32'),
  // Graphs clip from below, at a constant.
  Clip: ({ clipByValue }, [x], { inputs }, graph) => {
    return clipByValue(x!, Number(graph.constants.get(inputs[1]!)!.data[0]), Infinity);
  },
  Div: ({ div }, [a, b]) => div(a!, b!),
  Equal: ({ equal }, [a, b]) => equal(a!, b!),
  Exp: ({ exp }, [x]) => exp(x!),
  Gather: ({ gather, tensor1d }, [x], { inputs, attributes }, graph) => {
    return gather(x!, tensor1d(integersOf(graph, inputs[1]!), 'int32'), Number(attributes.axis ?? 0));
  },
  Gemm: ({ add, matMul }, [a, b, c], { attributes }) => {
    const product = matMul(a as tf.Tensor2D, b as tf.Tensor2D, attributes.transA === 1, attributes.transB === 1);
    return c ? add(product, c) : product;
  },
  Identity: ({ clone }, [x]) => clone(x!),
  Log: ({ log }, [x]) => log(x!),
  MatMul: ({ matMul }, [a, b]) => matMul(a!, b!),
  Max: ({ maximum }, inputs) => inputs.reduce((a, b) => maximum(a, b)),
  Min: ({ minimum }, inputs) => inputs.reduce((a, b) => minimum(a, b)),
  Mul: ({ mul }, [a, b]) => mul(a!, b!),
  Neg: ({ neg }, [x]) => neg(x!),
  ReduceMax: ({ max }, [x], { attributes }) => {
    const axes = attributes.axes === undefined ? undefined : [...(attributes.axes as readonly number[])];
    return max(x!, axes, attributes.keepdims !== 0);
  },
  ReduceSum: ({ sum }, [x], { inputs, attributes }, graph) => {
    const axes = inputs[1] === undefined ? undefined : integersOf(graph, inputs[1]);
    return sum(x!, axes, attributes.keepdims !== 0);
  },
  Relu: ({ relu }, [x]) => relu(x!),
  Reshape: ({ reshape }, [x], { inputs }, graph) => reshape(x!, integersOf(graph, inputs[1]!)),
  Sigmoid: ({ sigmoid }, [x]) => sigmoid(x!),
  Sign: ({ sign }, [x]) => sign(x!),
  Softplus: ({ softplus }, [x]) => softplus(x!),
  Sqrt: ({ sqrt }, [x]) => sqrt(x!),
  Sub: ({ sub }, [a, b]) => sub(a!, b!),
  Tanh: ({ tanh }, [x]) => tanh(x!),
  Transpose: ({ transpose }, [x], { attributes }) => transpose(x!, [...(attributes.perm as readonly number[])]),
};

/** The values of a constant of whole numbers. */
function integersOf(graph: Graph, name: string): number[] {
  return [...graph.constants.get(name)!.data].map(Number);
}

/** Returns the operator with the given ONNX name. Throws a DeviceError if there is none. */
export function operatorOf(op: string): Operator {
  const operator = Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : undefined;
  if (operator) return operator;
  throw new DeviceError(`the backend tensorflow does not support the ONNX operator ${op}; train with the backend onnx`);
}
