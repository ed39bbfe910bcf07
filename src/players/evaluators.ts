import type { OpenEvaluator } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { ForeignEvaluator } from '../network/foreign/foreignEvaluator.js';
import { openEvaluator } from '../network/onnxInference.js';
import { shippedModel } from '../network/shippedModels.js';
import { openModel } from './players.js';
import { tryForeign } from './trial.js';

/** A model for one number of players, and where networks are computed. */
export interface EvaluatorSettings {
  /** Its file; without one there are the shipped models. */
  path?: string;
  /** Inputs that a network of another program takes. */
  inputs?: string;
  device?: Device;
}

/**
 * Opens evaluators by the number of players: the model in the file for as many as it is for, which must be `players` if that
 * is given, and the shipped models for others. A ModelError says what is wrong with the file now; a missing device is a
 * DeviceError later.
 */
export function evaluatorsWith({ path, inputs, device }: EvaluatorSettings, players?: number): OpenEvaluator {
  const named = path === undefined ? undefined : openModel(path, players, inputs);
  const seatsOfNamed = named && ('onnx' in named ? named.players : named.network.players);
  return async (seats) => {
    const file = seats === seatsOfNamed ? path : shippedModel(seats);
    if (file === undefined) return undefined;
    const opened = openModel(file, seats, seats === seatsOfNamed ? inputs : undefined);
    if (!('onnx' in opened)) return openEvaluator(opened, { device });
    await tryForeign(opened, file, device);
    return ForeignEvaluator.open(opened, { device });
  };
}
