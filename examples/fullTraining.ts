/** Trains until Ctrl-C, which saves the run. More arguments go to `azul train`. */
import { azul } from '../src/index.js';

await azul(['train', ...process.argv.slice(2)]);
