/** The page to play and analyse on, which shows the newest run as well. Arguments: `azul web`'s. */
import { azul, newestRun } from '../src/index.js';

const args = process.argv.slice(2);
const run = args[0] === undefined || args[0].startsWith('-') ? newestRun() : undefined;
await azul(['web', ...(run === undefined ? [] : [run]), ...args]);
