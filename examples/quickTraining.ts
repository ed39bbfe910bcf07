/** Quick training: a network that beats simple players, from nothing, in minutes. More arguments go to `azul train`. */
import { azul } from '../src/index.js';

await azul(['train', '--preset', 'quick', ...process.argv.slice(2)]);
