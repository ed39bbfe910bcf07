/** Play against the newest run's network, or, before there is one, against the shipped one. Arguments: `azul play`'s. */
import { azul, newestRun } from '../src/index.js';

const args = process.argv.slice(2);
const namesModel = args[0] !== undefined && !args[0].startsWith('-');
await azul(['play', ...(namesModel || !newestRun() ? [] : ['latest']), ...args]);
