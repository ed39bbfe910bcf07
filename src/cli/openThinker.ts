import { SearchThinker } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { openEvaluator } from '../network/onnxInference.js';
import { shippedModel } from '../network/shippedModels.js';
import { loadModel, modelFile } from '../players/players.js';

/** Numbers of players. */
const ALL = [2, 3, 4];

/**
 * A thinker with the named model, and the shipped models for other numbers of players. A PlayerError or ModelError says what
 * is wrong with the model; with `players`, it must be for that number. The thinker loads the model for `players`, or all of
 * them, when `ready` is called; a missing device is a DeviceError then.
 */
export function openThinker(model?: string, players?: number, device?: Device): SearchThinker {
  const path = model === undefined ? undefined : modelFile(model);
  const named = path === undefined ? undefined : loadModel(path, players).network.players;
  return new SearchThinker(
    async (seats) => {
      const file = seats === named ? path : shippedModel(seats);
      if (file === undefined) return undefined;
      return openEvaluator(loadModel(file, seats), { device });
    },
    players === undefined ? ALL : [players],
  );
}
