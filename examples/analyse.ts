/** The best moves of a first deal, by the shipped network. Arguments: `azul analyse`'s, such as a record of a game. */
import { azul } from '../src/index.js';

const DEAL = 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW';
const args = process.argv.slice(2);
await azul(['analyse', ...(args[0] === undefined || args[0].startsWith('--') ? [DEAL] : []), ...args]);
