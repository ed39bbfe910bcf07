import type { OpenEvaluator } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { openEvaluator } from '../network/onnxInference.js';
import { shippedModel } from '../network/shippedModels.js';
import { loadModel } from './players.js';

/**
 * Opens evaluators by the number of players: with the model in a file for as many as it is for, with the shipped models for
 * others. A ModelError says what is wrong with the file; a device that is not there is a DeviceError later.
 */
export function evaluatorsWith(path?: string, players?: number, device?: Device): OpenEvaluator {
  const named = path === undefined ? undefined : loadModel(path, players).network.players;
  return async (seats) => {
    const file = seats === named ? path : shippedModel(seats);
    return file === undefined ? undefined : openEvaluator(loadModel(file, seats), { device });
  };
}
