import { SearchThinker } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { ForeignEvaluator } from '../network/foreign/foreignEvaluator.js';
import { openEvaluator } from '../network/onnxInference.js';
import { shippedModel } from '../network/shippedModels.js';
import { modelFile, openModel } from '../players/players.js';
import { tryForeign } from '../players/trial.js';

/** Numbers of players. */
const ALL = [2, 3, 4];

/** The model of a thinker, as the command line names it. */
export interface NamedModel {
  /** A model file, `best` or `latest`; by default the shipped model. */
  model?: string;
  /** Inputs that a network of another program takes. */
  inputs?: string;
  device?: Device;
}

/**
 * A thinker with the named model, and the shipped models for other numbers of players. A PlayerError or ModelError says what
 * is wrong with the model; with `players`, it must be for that number. The thinker loads the model for `players`, or all of
 * them, when `ready` is called; a missing device is a DeviceError then.
 */
export function openThinker({ model, inputs, device }: NamedModel = {}, players?: number): SearchThinker {
  const path = model === undefined ? undefined : modelFile(model);
  const named = path === undefined ? undefined : openModel(path, players, inputs);
  const seatsOfNamed = named && ('onnx' in named ? named.players : named.network.players);
  return new SearchThinker(
    async (seats) => {
      const file = seats === seatsOfNamed ? path : shippedModel(seats);
      if (file === undefined) return undefined;
      const opened = openModel(file, seats, seats === seatsOfNamed ? inputs : undefined);
      if (!('onnx' in opened)) return openEvaluator(opened, { device });
      await tryForeign(opened, file, device);
      return ForeignEvaluator.open(opened, { device });
    },
    players === undefined ? ALL : [players],
  );
}
