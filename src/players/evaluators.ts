import type { OpenEvaluator } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { ForeignEvaluator } from '../network/foreign/foreignEvaluator.js';
import { openEvaluator } from '../network/onnxInference.js';
import { shippedModel } from '../network/shippedModels.js';
import { openModel } from './players.js';
import { tryForeign } from './trial.js';

/** A model for one number of players, and the device that computes networks. */
export interface EvaluatorSettings {
  /** The model's file. Without it, only the shipped models are used. */
  path?: string;
  /** The encoding of the inputs that a network of another program takes. */
  inputs?: string;
  device?: Device;
}

/**
 * Returns a function that opens the evaluator for a number of players. It opens the model of the file for the number of players
 * of that model, and the shipped models for other numbers. If `players` is given, the model must be for that number. An invalid
 * file is a ModelError in this call. A missing device is a DeviceError only when an evaluator is opened.
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
