/** Shows the shipped network's best moves of a first deal. Takes the arguments of `azul analyse`, such as a record. */
import { azul } from '../src/index.js';

const DEAL = 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW';
const args = process.argv.slice(2);
await azul(['analyse', ...(args[0] === undefined || args[0].startsWith('--') ? [DEAL] : []), ...args]);
