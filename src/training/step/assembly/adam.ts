/**
 * Loops over all weights in a training step, four floats at a time. This is AssemblyScript, which has the syntax of TypeScript.
 * `npm run build` compiles it to WebAssembly. Arrays are addresses in the memory. All arrays have the same length, `bytes`, a
 * multiple of 64, and are padded with zeros.
 */

/** Updates weights, means and squares with the formulas of Adam in ../adamKernel.ts. */
export function update(
  weights: usize,
  gradients: usize,
  decays: usize,
  means: usize,
  squares: usize,
  bytes: usize,
  decoupled: bool,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  epsilon: f32,
  decayRate: f32,
  tiny: f32,
): void {
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const rates = f32x4.splat(rate);
  const epsilons = f32x4.splat(epsilon);
  const decayRates = f32x4.splat(decayRate);
  const tinies = f32x4.splat(tiny);
  for (let at: usize = 0; at < bytes; at += 16) {
    let weight = v128.load(weights + at);
    let gradient = v128.load(gradients + at);
    const decay = f32x4.mul(v128.load(decays + at), weight);
    if (decoupled) weight = f32x4.sub(weight, f32x4.mul(decayRates, decay));
    else gradient = f32x4.add(gradient, decay);
    const mean = moment(beta1s, v128.load(means + at), rest1s, gradient, tinies);
    const square = moment(beta2s, v128.load(squares + at), rest2s, f32x4.mul(gradient, gradient), tinies);
    const step = f32x4.div(f32x4.mul(rates, mean), f32x4.add(f32x4.sqrt(square), epsilons));
    v128.store(means + at, mean);
    v128.store(squares + at, square);
    v128.store(weights + at, f32x4.sub(weight, step));
  }
}

/** β · before + rest · value, then + tiny - tiny. */
function moment(beta: v128, before: v128, rest: v128, value: v128, tiny: v128): v128 {
  const moment = f32x4.add(f32x4.mul(beta, before), f32x4.mul(rest, value));
  return f32x4.sub(f32x4.add(moment, tiny), tiny);
}

/** Sum of the squares of all values. Four vectors are added in 32 bits, their sums in 64. */
export function sumOfSquares(values: usize, bytes: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 64) {
    let squares = squared(values + at);
    squares = f32x4.add(squares, squared(values + at + 16));
    squares = f32x4.add(squares, squared(values + at + 32));
    squares = f32x4.add(squares, squared(values + at + 48));
    low = f64x2.add(low, f64x2.promote_low_f32x4(squares));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<u64>(squares, squares, 1, 1)));
  }
  const sums = f64x2.add(low, high);
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

function squared(address: usize): v128 {
  const values = v128.load(address);
  return f32x4.mul(values, values);
}

/** value = by · value */
export function scale(values: usize, bytes: usize, by: f32): void {
  const factors = f32x4.splat(by);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(values + at, f32x4.mul(v128.load(values + at), factors));
  }
}

/** average = average + fraction · (weight - average) */
export function blend(averages: usize, weights: usize, bytes: usize, fraction: f32): void {
  const fractions = f32x4.splat(fraction);
  for (let at: usize = 0; at < bytes; at += 16) {
    const average = v128.load(averages + at);
    const difference = f32x4.sub(v128.load(weights + at), average);
    v128.store(averages + at, f32x4.add(average, f32x4.mul(fractions, difference)));
  }
}
