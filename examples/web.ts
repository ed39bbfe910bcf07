/** Serves the page for play and analysis, with the newest run. Takes the arguments of `azul web`. */
import { azul, newestRun } from '../src/index.js';

const args = process.argv.slice(2);
const run = args[0] === undefined || args[0].startsWith('-') ? newestRun() : undefined;
await azul(['web', ...(run === undefined ? [] : [run]), ...args]);
