/**
 * Reverse-mode automatic differentiation that writes ONNX. Each operation adds a node to the graph and records how to add the
 * nodes of its gradient. So ONNX Runtime, which can't train, runs forward and backward passes as one graph of standard
 * operators.
 */

/** Any positive float that is not denormal, times this, is 1 or more. */
const HUGE = 2 ** 127;
/** Elements of a softmax that are further below the highest one count as equal. */
const LOG_RANGE = 60;
/** Adding and subtracting this turns e^-60 into 0 and changes larger numbers by rounding alone. */
const ROUNDING = 1e-18;

/** A node of an ONNX graph before it is written to a file. */
export interface GraphNode {
  /** An operator of ONNX, or of ONNX Runtime's own: `com.microsoft.Name`. */
  op: string;
  inputs: string[];
  outputs: string[];
  /** Integers, or a float in an array of one. */
  attributes: Record<string, number | readonly number[] | Float32Array>;
}

/** A tensor whose values belong to the graph. */
export interface Constant {
  dims: readonly number[];
  data: Float32Array | BigInt64Array | Int8Array | Uint8Array;
}

/** The name of a tensor in the graph. */
export type Tensor = string;

interface Taped {
  output: Tensor;
  inputs: Tensor[];
  /**
   * For each input, a function that adds its gradient, given that of the output. It is called only if the gradient is needed.
   * A gradient may be one column, `[n, 1]`, of a wider tensor, if the next product spreads it.
   */
  backward: (dy: Tensor) => (() => Tensor)[];
}

/** A graph under construction: tensors by their names, in the order in which they can be computed. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  private readonly tape: Taped[] = [];
  private count = 0;
  /** The tensor of `onesFor`. */
  private ones: Tensor | undefined;

  /** Adds an operator with one output, without a gradient. */
  op(op: string, inputs: Tensor[], attributes: GraphNode['attributes'] = {}, output = `${op}_${this.count++}`): Tensor {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** A constant number. */
  scalar(value: number): Tensor {
    const name = `constant_${String(value)}`;
    this.constants.set(name, { dims: [], data: Float32Array.of(value) });
    return name;
  }

  /** A constant row of numbers. */
  vector(name: string, values: readonly number[]): Tensor {
    this.constants.set(name, { dims: [values.length], data: Float32Array.from(values) });
    return name;
  }

  private integers(values: readonly number[]): Tensor {
    const name = `integers_${this.count++}`;
    this.constants.set(name, { dims: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  }

  private axes(axis: number): Tensor {
    const name = `axis_${axis}`;
    this.constants.set(name, { dims: [1], data: BigInt64Array.of(BigInt(axis)) });
    return name;
  }

  /** Gives a tensor the name of an output of the graph. */
  name(tensor: Tensor, name: string): Tensor {
    return this.op('Identity', [tensor], {}, name);
  }

  /** x·w + b, of `[n, i]`, `[i, o]` and `[o]`. n is the same in the whole graph. */
  linear(x: Tensor, w: Tensor, b: Tensor): Tensor {
    return this.record(this.op('Gemm', [x, w, b]), [x, w, b], (dy) => [
      () => this.op('Gemm', [dy, w], { transB: 1 }),
      () => this.op('Gemm', [x, dy], { transA: 1 }),
      () => this.op('MatMul', [this.onesFor(x), dy]),
    ]);
  }

  /**
   * A row of n ones for all linear layers. The product with it sums columns in a quarter of ReduceSum's time.
   */
  private onesFor(x: Tensor): Tensor {
    this.ones ??= this.op('Expand', [this.scalar(1), this.op('Shape', [x], { start: 0, end: 1 })]);
    return this.ones;
  }

  /**
   * max(x, 0). Its slope is min(y · HUGE, 1), which is 0 or 1 except for denormal numbers. Unlike Sign, ONNX Runtime
   * vectorises this operator.
   */
  relu(x: Tensor): Tensor {
    const y = this.op('Relu', [x]);
    return this.record(y, [x], (dy) => [
      () =>
        this.op('Mul', [dy, this.op('HardSigmoid', [y], { alpha: Float32Array.of(HUGE), beta: Float32Array.of(0) })]),
    ]);
  }

  /** The hyperbolic tangent. */
  tanh(x: Tensor): Tensor {
    const y = this.op('Tanh', [x]);
    return this.record(y, [x], (dy) => [
      () => this.op('Mul', [dy, this.op('Sub', [this.scalar(1), this.op('Mul', [y, y])])]),
    ]);
  }

  /** Sum of two tensors of one shape. */
  add(a: Tensor, b: Tensor): Tensor {
    return this.record(this.op('Add', [a, b]), [a, b], (dy) => [() => dy, () => dy]);
  }

  /** a - b, of one shape. */
  subtract(a: Tensor, b: Tensor): Tensor {
    return this.record(this.op('Sub', [a, b]), [a, b], (dy) => [() => dy, () => this.op('Neg', [dy])]);
  }

  /** x times a tensor that gets no gradient and may broadcast. */
  scale(x: Tensor, by: Tensor): Tensor {
    return this.record(this.op('Mul', [x, by]), [x], (dy) => [() => this.op('Mul', [dy, by])]);
  }

  /** x plus a tensor of its shape that gets no gradient. */
  shift(x: Tensor, by: Tensor): Tensor {
    return this.record(this.op('Add', [x, by]), [x], (dy) => [() => dy]);
  }

  /** x². */
  square(x: Tensor): Tensor {
    return this.record(this.op('Mul', [x, x]), [x], (dy) => [
      () => this.op('Mul', [dy, this.op('Mul', [x, this.scalar(2)])]),
    ]);
  }

  /**
   * Logarithms of the softmax along the last axis, without overflow. Exponentials of elements more than 60 below the highest,
   * such as masked ones, count as 0. Otherwise they would be denormal numbers, which are slow.
   */
  logSoftmax(x: Tensor): Tensor {
    const same = (dy: Tensor) => [() => dy];
    const max = this.op('ReduceMax', [x], { axes: [-1], keepdims: 1 });
    const below = this.record(this.op('Sub', [x, max]), [x], same);
    const near = this.record(this.op('Clip', [below, this.scalar(-LOG_RANGE)]), [below], same);
    const powers = this.record(this.op('Exp', [near]), [near], same);
    const raised = this.record(this.op('Add', [powers, this.scalar(ROUNDING)]), [powers], same);
    const rounded = this.op('Sub', [raised, this.scalar(ROUNDING)]);
    // The slope of the last three operators.
    this.record(rounded, [raised], (dy) => [() => this.op('Mul', [dy, rounded])]);
    // The gradient stays one column, and the product above spreads it.
    const sums = this.record(this.op('ReduceSum', [rounded, this.axes(-1)], { keepdims: 1 }), [rounded], same);
    const logSums = this.record(this.op('Log', [sums]), [sums], (dy) => [() => this.op('Div', [dy, sums])]);
    return this.record(this.op('Sub', [below, logSums]), [below, logSums], (dy) => [
      () => dy,
      () => this.op('Neg', [this.op('ReduceSum', [dy, this.axes(-1)], { keepdims: 1 })]),
    ]);
  }

  /** |x|. */
  abs(x: Tensor): Tensor {
    return this.scale(x, this.op('Sign', [x]));
  }

  /** Columns of a tensor that gets no gradient, `[n, c]`, in any order. */
  columns(x: Tensor, columns: readonly number[]): Tensor {
    return this.op('Gather', [x, this.integers(columns)], { axis: 1 });
  }

  /** The same numbers in the shape `[n, ...dims]`. */
  reshape(x: Tensor, dims: readonly number[]): Tensor {
    return this.record(this.op('Reshape', [x, this.integers([-1, ...dims])]), [x], (dy) => [
      () => this.op('Reshape', [dy, this.op('Shape', [x])]),
    ]);
  }

  /** `[n, a, b, c]` to `[n, b, a, c]`. */
  swapAxes(x: Tensor): Tensor {
    const perm = [0, 2, 1, 3];
    return this.record(this.op('Transpose', [x], { perm }), [x], (dy) => [() => this.op('Transpose', [dy], { perm })]);
  }

  /** Matrix products a·b of `[n, g, i, j]` and `[n, g, j, k]`. a gets no gradient. */
  productWith(a: Tensor, b: Tensor): Tensor {
    return this.record(this.op('MatMul', [a, b]), [b], (dy) => [
      () => this.op('MatMul', [this.op('Transpose', [a], { perm: [0, 1, 3, 2] }), dy]),
    ]);
  }

  /** Sums along the last axis: `[n, c]` to `[n, 1]`. */
  rowSums(x: Tensor): Tensor {
    return this.record(this.op('ReduceSum', [x, this.axes(-1)], { keepdims: 1 }), [x], (dy) => [
      () => this.op('Expand', [dy, this.op('Shape', [x])]),
    ]);
  }

  /** Sums along the last axis of x times a tensor of its shape that gets no gradient: `[n, c]` to `[n, 1]`. */
  rowDots(x: Tensor, by: Tensor): Tensor {
    // The gradient is one column, and `by` spreads it.
    const product = this.record(this.op('Mul', [x, by]), [x], (dy) => [() => this.op('Mul', [dy, by])]);
    return this.record(this.op('ReduceSum', [product, this.axes(-1)], { keepdims: 1 }), [product], (dy) => [() => dy]);
  }

  /** Sum of all elements, a scalar. */
  sum(x: Tensor): Tensor {
    return this.record(this.op('ReduceSum', [x], { keepdims: 0 }), [x], (dy) => [
      () => this.op('Expand', [dy, this.op('Shape', [x])]),
    ]);
  }

  /** The graph as far as a tensor needs it. */
  neededFor(tensor: Tensor): Pick<Graph, 'nodes' | 'constants'> {
    const needed = new Set([tensor]);
    const nodes = this.nodes.toReversed().filter(({ inputs, outputs }) => {
      if (!outputs.some((output) => needed.has(output))) return false;
      for (const input of inputs) needed.add(input);
      return true;
    });
    const constants = new Map([...this.constants].filter(([name]) => needed.has(name)));
    return { nodes: nodes.reverse(), constants };
  }

  /** The inputs that get a gradient from a tensor; none if it has no gradient. */
  flowsTo(output: Tensor): readonly Tensor[] {
    return this.tape.find((taped) => taped.output === output)?.inputs ?? [];
  }

  /** Records the gradient of an operator. */
  private record(output: Tensor, inputs: Tensor[], backward: Taped['backward']): Tensor {
    this.tape.push({ output, inputs, backward });
    return output;
  }

  /**
   * Adds the gradients of a scalar with respect to the given tensors. It throws if the scalar does not depend on one of them.
   *
   * Gradients of tensors that the graph does not compute, such as weights, come last, those of the last layer at the end.
   * ONNX Runtime works backwards from the end. So it computes the gradients of a layer's weights while the gradient of the
   * layer's output is still in the cache.
   */
  gradients(of: Tensor, wanted: readonly Tensor[]): Tensor[] {
    const depends = new Set<Tensor>(wanted);
    for (const { output, inputs } of this.tape) if (inputs.some((i) => depends.has(i))) depends.add(output);
    const computed = new Set(this.tape.map(({ output }) => output));
    const gradients = new Map<Tensor, Tensor>([[of, this.scalar(1)]]);
    const add = (input: Tensor, gradient: Tensor) => {
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? gradient : this.op('Add', [sum, gradient]));
    };
    const last: (() => void)[] = [];
    for (const { output, inputs, backward } of this.tape.toReversed()) {
      const dy = gradients.get(output);
      if (dy === undefined || !depends.has(output)) continue;
      const ofInputs = backward(dy);
      inputs.forEach((input, i) => {
        if (!depends.has(input)) return;
        if (computed.has(input)) add(input, ofInputs[i]!());
        else last.push(() => add(input, ofInputs[i]!()));
      });
    }
    for (const addLast of last.toReversed()) addLast();
    return wanted.map((tensor) => {
      const gradient = gradients.get(tensor);
      if (gradient === undefined) throw new Error(`${of} does not depend on ${tensor}`);
      return gradient;
    });
  }
}
