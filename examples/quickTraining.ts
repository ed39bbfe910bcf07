/** Trains a network from nothing to beat simple players in minutes. More arguments go to `azul train`. */
import { azul } from '../src/index.js';

await azul(['train', '--preset', 'quick', ...process.argv.slice(2)]);
