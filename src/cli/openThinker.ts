import { SearchThinker } from '../arena/searchThinker.js';
import type { Device } from '../network/devices.js';
import { evaluatorsWith } from '../players/evaluators.js';
import { modelFile } from '../players/players.js';

const ANY_NUMBER = [2, 3, 4];

/**
 * A thinker with the model that a person names, if any, which must be for so many players, if that is said; a
 * PlayerError or ModelError says what is wrong. For other numbers of players it has the shipped models. It is ready when
 * the model for so many players is loaded, or those for any number. A device that is not there is a DeviceError then.
 */
export function openThinker(model?: string, players?: number, device?: Device): SearchThinker {
  const path = model === undefined ? undefined : modelFile(model);
  return new SearchThinker(evaluatorsWith(path, players, device), players === undefined ? ANY_NUMBER : [players]);
}
