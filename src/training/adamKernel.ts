/**
 * Adam's update, and what else is done to all weights in every step, as WebAssembly loops over four floats at a time.
 * JavaScript, which goes from one float to the next, needs several times as long. The module's bytes are put together here, expression by expression.
 */

/** Opcodes and types of the WebAssembly specification, chapter 5, "Binary Format". */
const op = {
  block: 2,
  loop: 3,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  get: 0x20,
  set: 0x21,
  const: 0x41,
  geU: 0x4f,
  add: 0x6a,
  addDouble: 0xa0,
};
/** Of four floats, or where the name says so of two doubles. */
const simd = {
  load: 0x00,
  store: 0x0b,
  shuffle: 0x0d,
  splat: 0x13,
  laneOfDoubles: 0x21,
  toDoubles: 0x5f,
  sqrt: 0xe3,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  addDoubles: 0xf0,
};
const type = { void: 0x40, function: 0x60, vector: 0x7b, double: 0x7c, float: 0x7d, integer: 0x7f };

/** What is used of the global of that name, which Node's types lack. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const ARRAYS = ['weights', 'gradients', 'decay', 'mean', 'square', 'average'] as const;
const SCALARS = ['beta1', 'rest1', 'beta2', 'rest2', 'rate', 'epsilon', 'decoupled', 'tiny'] as const;

type ArrayName = (typeof ARRAYS)[number];
type ScalarName = (typeof SCALARS)[number];

export type AdamScalars = Record<ScalarName, number>;

/** Arrays of one length in a memory of their own, and what is done to each of their elements: */
export interface AdamKernel extends Record<ArrayName, Float32Array> {
  /**
   *     g      = gradient + decay · weight, or the gradient alone where the decay is decoupled
   *     mean   = β1 · mean + rest1 · g
   *     square = β2 · square + rest2 · g²
   *     weight = weight - decoupled · decay · weight - rate · mean / (√square + ε)
   *
   * `tiny` is added to mean and square and taken off again, which rounds away what is far smaller: moments that fade
   * would else end as denormal numbers, on which processors are slow.
   */
  update(scalars: AdamScalars): void;
  /** Sum of the squares of all gradients, which are added four by four and then in 64 bits. */
  squares(): number;
  /** Multiplies all gradients. */
  scale(by: number): void;
  /** average = average + part · (weight - average) */
  blend(part: number): void;
}

export function createAdamKernel(size: number, decoupled: boolean): AdamKernel {
  const bytes = 16 * UNROLLED * Math.ceil(size / (4 * UNROLLED));
  const memory = new WebAssembly.Memory({ initial: Math.ceil((ARRAYS.length * bytes) / 65_536) });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assemble(bytes, decoupled)), { js: { memory } });
  const update = instance.exports.update as (...scalars: number[]) => void;
  const views = ARRAYS.map((name, i) => [name, new Float32Array(memory.buffer, i * bytes, size)]);
  return {
    ...(Object.fromEntries(views) as Record<ArrayName, Float32Array>),
    update: (scalars) => update(...SCALARS.map((name) => scalars[name])),
    squares: instance.exports.squares as () => number,
    scale: instance.exports.scale as (by: number) => void,
    blend: instance.exports.blend as (part: number) => void,
  };
}

/** Instructions, most of which leave a value on the stack. */
type Code = number[];

const unsigned = (n: number): Code => (n < 128 ? [n] : [(n % 128) | 128, ...unsigned(Math.floor(n / 128))]);
const signed = (n: number): Code => (n < 64 ? [n] : [(n % 128) | 128, ...signed(Math.floor(n / 128))]);
const sized = (content: Code): Code => [...unsigned(content.length), ...content];

const get = (local: number): Code => [op.get, local];
const set = (local: number, value: Code): Code => [...value, op.set, local];
const vector = (name: keyof typeof simd, ...operands: Code[]) => [...operands.flat(), 0xfd, ...unsigned(simd[name])];
const add = (a: Code, b: Code) => vector('add', a, b);
const subtract = (a: Code, b: Code) => vector('sub', a, b);
const multiply = (a: Code, b: Code) => vector('mul', a, b);
const divide = (a: Code, b: Code) => vector('div', a, b);

/** Vectors that a round of each loop goes through, so that rounds, which cost something themselves, are few. */
const UNROLLED = 4;

/** What is done to each vector of a round, by its offset in bytes. */
const eachVector = (code: (offset: number) => Code): Code[] => Array.from({ length: UNROLLED }, (_, i) => code(16 * i));

/** Repeats a round's code while the place in the arrays, in the local `at`, goes through so many bytes. */
// biome-ignore format: an instruction a line
const throughArrays = (at: number, bytes: number, round: Code): Code => [
  op.block, type.void,
  op.loop, type.void,
  ...get(at), op.const, ...signed(bytes), op.geU, op.brIf, 1,
  ...round,
  ...set(at, [...get(at), op.const, ...signed(16 * UNROLLED), op.add]),
  op.br, 0,
  op.end, op.end,
];

/** The module, for arrays of so many bytes that lie one after the other. */
function assemble(bytes: number, decoupled: boolean): Uint8Array {
  const section = (id: number, count: number, content: Code) => [id, ...sized([count, ...content])];
  const text = (name: string) => sized([...new TextEncoder().encode(name)]);
  return Uint8Array.from([
    ...new TextEncoder().encode('\0asm'),
    ...[1, 0, 0, 0],
    ...section(1, 3, [
      ...[type.function, ...sized(SCALARS.map(() => type.float)), 0],
      ...[type.function, 0, 1, type.double],
      ...[type.function, 1, type.float, 0],
    ]),
    ...section(2, 1, [...text('js'), ...text('memory'), 2, 0, 1]),
    ...section(3, 4, [0, 1, 2, 2]),
    ...section(
      7,
      4,
      ['update', 'squares', 'scale', 'blend'].flatMap((name, i) => [...text(name), 0, i]),
    ),
    ...section(10, 4, [
      ...sized(updateCode(bytes, decoupled)),
      ...sized(squaresCode(bytes)),
      ...sized(scaleCode(bytes)),
      ...sized(blendCode(bytes)),
    ]),
  ]);
}

function place(array: ArrayName, bytes: number, offset: number): Code {
  return [4, ...unsigned(ARRAYS.indexOf(array) * bytes + offset)];
}

function updateCode(bytes: number, decoupled: boolean): Code {
  // Locals: the scalars as they come, each of them in all places of a vector, some values, the place in the arrays.
  const first = SCALARS.length;
  const own = (i: number) => 2 * SCALARS.length + i;
  const [w, g, d, m, s, at] = [own(0), own(1), own(2), own(3), own(4), own(5)] as const;
  const scalar = (name: ScalarName) => get(first + SCALARS.indexOf(name));
  const flushed = (value: Code) => subtract(add(value, scalar('tiny')), scalar('tiny'));
  const moment = (decay: Code, of: Code, rest: Code, value: Code) =>
    flushed(add(multiply(decay, of), multiply(rest, value)));
  const step = divide(multiply(scalar('rate'), get(m)), add(vector('sqrt', get(s)), scalar('epsilon')));
  const decayed = subtract(get(w), multiply(scalar('decoupled'), get(d)));
  const update = (offset: number) => {
    const load = (array: ArrayName) => [...vector('load', get(at)), ...place(array, bytes, offset)];
    const store = (array: ArrayName, value: Code) => [
      ...vector('store', get(at), value),
      ...place(array, bytes, offset),
    ];
    return [
      ...set(w, load('weights')),
      ...set(d, multiply(load('decay'), get(w))),
      ...set(g, decoupled ? load('gradients') : add(load('gradients'), get(d))),
      ...set(m, moment(scalar('beta1'), load('mean'), scalar('rest1'), get(g))),
      ...set(s, moment(scalar('beta2'), load('square'), scalar('rest2'), multiply(get(g), get(g)))),
      ...store('mean', get(m)),
      ...store('square', get(s)),
      ...store('weights', subtract(decoupled ? decayed : get(w), step)),
    ];
  };
  return [
    ...[2, first + 5, type.vector, 1, type.integer],
    ...SCALARS.flatMap((_, i) => set(first + i, vector('splat', get(i)))),
    ...throughArrays(at, bytes, eachVector(update).flat()),
    op.end,
  ];
}

function squaresCode(bytes: number): Code {
  // Locals: four gradients, sums of their squares in a round, two sums of two doubles each, the place in the array.
  const [gradients, squares, low, high, at] = [0, 1, 2, 3, 4] as const;
  const square = (offset: number) => [
    ...set(gradients, [...vector('load', get(at)), ...place('gradients', bytes, offset)]),
    ...multiply(get(gradients), get(gradients)),
  ];
  const upperHalf = [
    ...vector('shuffle', get(squares), get(squares)),
    ...Array.from({ length: 16 }, (_, i) => 8 + (i % 8)),
  ];
  const addDoubles = (sums: number, floats: Code) =>
    set(sums, vector('addDoubles', get(sums), vector('toDoubles', floats)));
  const lane = (i: number) => [...vector('laneOfDoubles', get(low)), i];
  return [
    ...[2, 4, type.vector, 1, type.integer],
    ...throughArrays(at, bytes, [
      ...set(squares, eachVector(square).reduce(add)),
      ...addDoubles(low, get(squares)),
      ...addDoubles(high, upperHalf),
    ]),
    ...set(low, vector('addDoubles', get(low), get(high))),
    ...[...lane(0), ...lane(1), op.addDouble, op.end],
  ];
}

/** Loops that change one array by a factor, which is given them in all places of a vector. */
function inPlaceCode(
  array: ArrayName,
  bytes: number,
  changed: (factor: Code, load: (array: ArrayName) => Code) => Code,
): Code {
  // Locals: the factor as it comes, in all places of a vector, the place in the arrays.
  const [factor, factors, at] = [0, 1, 2] as const;
  const change = (offset: number) => {
    const load = (from: ArrayName) => [...vector('load', get(at)), ...place(from, bytes, offset)];
    return [...vector('store', get(at), changed(get(factors), load)), ...place(array, bytes, offset)];
  };
  return [
    ...[2, 1, type.vector, 1, type.integer],
    ...set(factors, vector('splat', get(factor))),
    ...throughArrays(at, bytes, eachVector(change).flat()),
    op.end,
  ];
}

function scaleCode(bytes: number): Code {
  return inPlaceCode('gradients', bytes, (factor, load) => multiply(load('gradients'), factor));
}

function blendCode(bytes: number): Code {
  return inPlaceCode('average', bytes, (part, load) =>
    add(load('average'), multiply(part, subtract(load('weights'), load('average')))),
  );
}
