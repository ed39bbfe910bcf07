import type { Graph, GraphNode, Tensor } from '../../network/graph.js';

/** ONNX's number of the 32-bit type. */
const FLOAT = 1;
/** ONNX's number of the 16-bit type. */
const FLOAT16 = 10;
/** Matrix products, which are always in half precision. */
const PRODUCTS = ['Gemm', 'MatMul'];
/**
 * Operators that are computed in half precision if their tensors are in half precision or constant, and at least one is in half
 * precision. True: only the first input counts.
 */
const FOLLOWERS: Readonly<Record<string, boolean>> = {
  Add: false,
  Expand: true,
  HardSigmoid: false,
  Mul: false,
  Neg: false,
  Relu: false,
  Reshape: true,
  Sub: false,
  Tanh: false,
  Transpose: false,
};
/** Replaces 2^127, the slope in a ReLU's gradient (graph.ts), which is infinite in half precision. */
const HUGE = Float32Array.of(2 ** 15);

/**
 * The nodes of a graph in mixed precision (Micikevicius et al. 2018). Matrix products and the operators between them compute
 * with 16-bit floats. All other operators, such as losses and softmax, keep 32 bits. The graph's inputs, such as the weights,
 * and its outputs also keep 32 bits.
 *
 * On the cpu ONNX Runtime computes with 32 bits between casts, and removes casts that undo each other. With `isOnCpu`, an
 * operator that has 16 bits and changes nothing is put between such casts. So all numbers are rounded as on other devices.
 */
export function inHalfPrecision(
  { nodes, constants }: Pick<Graph, 'nodes' | 'constants'>,
  isOnCpu: boolean,
): GraphNode[] {
  const halves = new Set<Tensor>();
  const casts = new Set<Tensor>();
  const result: GraphNode[] = [];
  const addHalf = (node: GraphNode) => {
    const [output] = node.outputs as [Tensor];
    halves.add(output);
    if (!isOnCpu) return result.push(node);
    const raw = `${output}_raw`;
    return result.push(
      { ...node, outputs: [raw] },
      { op: 'Concat', inputs: [raw], outputs: [output], attributes: { axis: 0 } },
    );
  };
  const cast = (input: Tensor, to: number) => {
    const name = `${input}_${to === FLOAT ? 'float' : 'half'}`;
    if (casts.has(name)) return name;
    casts.add(name);
    const node = { op: 'Cast', inputs: [input], outputs: [name], attributes: { to } };
    if (to === FLOAT16 && !isNumber(input)) addHalf(node);
    else result.push(node);
    return name;
  };
  const isHalf = (input: Tensor) => halves.has(input);
  const isNumber = (input: Tensor) => constants.get(input)?.data instanceof Float32Array;
  for (const node of nodes) {
    const { op, inputs } = node;
    const tensors = FOLLOWERS[op] ? inputs.slice(0, 1) : inputs;
    const follows =
      op in FOLLOWERS && tensors.some(isHalf) && tensors.every((input) => isHalf(input) || isNumber(input));
    if (PRODUCTS.includes(op) || follows) {
      const others = inputs.slice(tensors.length);
      const attributes = op === 'HardSigmoid' ? { ...node.attributes, alpha: HUGE } : node.attributes;
      const taken = tensors.map((input) => (isHalf(input) ? input : cast(input, FLOAT16)));
      addHalf({ ...node, inputs: [...taken, ...others], attributes });
    } else {
      const inFloats = op === 'Shape' ? inputs : inputs.map((input) => (isHalf(input) ? cast(input, FLOAT) : input));
      result.push({ ...node, inputs: inFloats });
    }
  }
  return result;
}
