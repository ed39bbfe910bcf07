import { SearchThinker } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { evaluatorsWith } from '../players/evaluators.js';
import { modelFile } from '../players/players.js';

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
  return new SearchThinker(evaluatorsWith({ path, inputs, device }, players), players === undefined ? ALL : [players]);
}
