import { Graph } from '../../network/graph.js';
import { encodeModel } from '../../network/onnxModel.js';
import { createSession } from '../../network/onnxSession.js';
import * as ort from '../../network/ort.js';
import { valueLosses } from './losses.js';
import type { LossSpec } from './lossRegistry.js';
import { type Reduction, reduce } from './metrics/reduction.js';

/**
 * Computes a loss in `valueLosses`, built in or registered, without training, in 32 bits. Predictions and targets have the same
 * length n. `mean` and `sum` give one number, `none` gives n. An unknown loss or parameter is a UsageError that lists the known
 * ones.
 */
export async function computeLoss(
  loss: LossSpec,
  predictions: Float32Array,
  targets: Float32Array,
  reduction: 'none',
): Promise<Float64Array>;
export async function computeLoss(
  loss: LossSpec,
  predictions: Float32Array,
  targets: Float32Array,
  reduction?: 'mean' | 'sum',
): Promise<number>;
export async function computeLoss(
  loss: LossSpec,
  predictions: Float32Array,
  targets: Float32Array,
  reduction: Reduction = 'mean',
): Promise<number | Float64Array> {
  if (predictions.length !== targets.length)
    throw new RangeError(`${predictions.length} predictions do not match ${targets.length} targets`);
  const graph = new Graph();
  graph.name(valueLosses.get(loss)(graph, 'prediction', 'target'), 'loss');
  const dims = ['n', 1];
  const session = await createSession(encodeModel(graph, { prediction: dims, target: dims }, { loss: dims }));
  const tensor = (values: Float32Array) => new ort.Tensor('float32', values, [values.length, 1]);
  const result = await session.run({ prediction: tensor(predictions), target: tensor(targets) });
  await session.release();
  return reduce(Float64Array.from(result.loss!.data as Float32Array), reduction);
}
