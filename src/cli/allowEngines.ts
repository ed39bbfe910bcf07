/** Programs that a stored configuration would start: only the person at the command line permits them. */

import { PlayerError, parseSpec } from '../players/playerSpec.js';
import type { Config } from '../training/config/schema.js';

/** The commands of the programs that a run's evaluations start. */
export function enginesOf({ evaluation }: Config): string[] {
  return evaluation.opponents.map(parseSpec).flatMap(({ kind, target }) => (kind === 'engine' ? target : []));
}

/** Prints the programs that a run starts, if that is allowed; otherwise a PlayerError names the first. `where` says whose they are. */
export function allowEngines(config: Config, where: string, allowed: boolean): void {
  for (const command of enginesOf(config)) {
    // Nothing in it may hide the rest of the line.
    const shown = command.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
    if (!allowed) {
      throw new PlayerError(
        `${where}: evaluation.opponents would start the program: ${shown}; --allow-engines permits it`,
      );
    }
    console.log(`evaluations start the program: ${shown}`);
  }
}
