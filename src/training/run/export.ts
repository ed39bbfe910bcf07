import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256, writeWhole } from '../../files.js';
import { calibrate } from '../../network/calibration.js';
import { ENCODING } from '../../network/encoding.js';
import { type ForeignModel, labelled } from '../../network/foreign/foreignModel.js';
import { encodeNetwork, type Model, ModelError } from '../../network/onnxModel.js';
import { openModel } from '../../players/players.js';
import { tryForeign } from '../../players/trial.js';
import { readSealed } from '../../runs/checkpointFolder.js';
import { UsageError } from '../../usageError.js';
import type { IterationMetrics } from './metrics.js';

/** What a manifest tells of the training, where the model is a run's checkpoint. */
interface Training {
  hours: number;
  iterations: number;
  games: number;
  positions: number;
  steps: number;
  finalLosses: IterationMetrics['training'];
  config: unknown;
}

/** What is to be known of a model file: it stands beside it, as `<name>.json`. */
export interface ModelManifest {
  /** SHA-256 of the model file. */
  sha256: string;
  licence: string;
  players: number;
  architecture: { network: string; width?: number; blocks?: number; encoding: string; parameters: number };
  training?: Training;
}

/**
 * Writes a copy of a model that is ready for use elsewhere, calibrated for 8 bits, and its manifest beside it. A
 * ModelError says why it can't be read or written.
 */
export async function exportModel(
  source: string,
  target: string,
  licence: string,
  inputs?: string,
): Promise<ModelManifest> {
  if (!target.endsWith('.onnx')) throw new UsageError(`${target} does not end in .onnx; name a file that does`);
  const model = openModel(source, undefined, inputs);
  const { bytes, ...described } = 'onnx' in model ? await foreign(model, source) : await ours(model);
  const manifest: ModelManifest = { sha256: sha256(bytes), licence, ...described, training: trainingOf(source) };
  const manifestPath = target.replace(/\.onnx$/, '.json');
  try {
    // The manifest of what was there before must not meet the new model, should a kill come between.
    rmSync(manifestPath, { force: true });
    writeWhole(target, bytes);
    writeWhole(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
  } catch (error) {
    throw new ModelError(`cannot write ${target}: ${(error as Error).message}; name another file`);
  }
  return manifest;
}

type Described = Pick<ModelManifest, 'players' | 'architecture'> & { bytes: Uint8Array };

async function ours({ network, weights }: Model): Promise<Described> {
  const { players, shape, playingSize: parameters } = network;
  return {
    bytes: encodeNetwork(network, weights, await calibrate(network, weights)),
    players,
    architecture: { network: 'residual multilayer perceptron', ...shape, encoding: ENCODING, parameters },
  };
}

async function foreign(model: ForeignModel, path: string): Promise<Described> {
  await tryForeign(model, path);
  const architecture = { network: 'of another program', encoding: ENCODING, parameters: model.parameters };
  return { bytes: labelled(model), players: model.players, architecture };
}

/** What the checkpoint that a model file belongs to says of its training. */
function trainingOf(model: string): Training | undefined {
  const path = join(dirname(model), 'checkpoint.json');
  if (!existsSync(path)) return undefined;
  const { config, statistics } = readSealed(path) as {
    config: unknown;
    statistics?: IterationMetrics;
  };
  if (!statistics) return undefined;
  return {
    hours: Number((statistics.elapsed / 3600).toFixed(2)),
    iterations: statistics.iteration,
    games: statistics.totalGames,
    positions: statistics.totalPositions,
    steps: statistics.step,
    finalLosses: statistics.training,
    config,
  };
}
