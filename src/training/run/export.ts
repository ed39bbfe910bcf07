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

/** Summary of a model's training. Only the model of a run's checkpoint has one. */
interface Training {
  hours: number;
  iterations: number;
  games: number;
  positions: number;
  steps: number;
  finalLosses: IterationMetrics['training'];
  config: unknown;
}

/** Facts about a model file. They are in a file beside it, `<name>.json`. */
export interface ModelManifest {
  /** SHA-256 of the model file. */
  sha256: string;
  licence: string;
  players: number;
  architecture: { network: string; width?: number; blocks?: number; encoding: string; parameters: number };
  training?: Training;
}

/**
 * Writes a copy of a model for use elsewhere, and its manifest beside it. A model of ours is calibrated for 8-bit
 * integers. Throws a ModelError if the model can't be read or written.
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
    // The old manifest goes first. If the process is killed before the end, it must not stand beside the new model.
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

/** Returns the training summary of a model file from the checkpoint that it belongs to; undefined if there is none. */
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
