/** Programs that a stored configuration would start. Only the user at the command line can permit them. */

import { PlayerError, parseSpec } from '../players/playerSpec.js';
import type { Config } from '../training/config/schema.js';

/** Commands of the programs that the evaluations of a run start. */
export function enginesOf({ evaluation }: Config): string[] {
  return evaluation.opponents.map(parseSpec).flatMap(({ kind, target }) => (kind === 'engine' ? target : []));
}

/** Prints the programs that a run starts. A PlayerError names the first one if they are not allowed; `where` is the configuration's source. */
export function allowEngines(config: Config, where: string, allowed: boolean): void {
  for (const command of enginesOf(config)) {
    // Control characters could hide the rest of the line.
    const shown = command.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
    if (!allowed) {
      throw new PlayerError(
        `${where}: evaluation.opponents would start the program: ${shown}; --allow-engines permits it`,
      );
    }
    console.log(`evaluations start the program: ${shown}`);
  }
}
