/** Play against the newest run's network, or, before there is one, against the shipped one. Arguments: `azul play`'s. */
import { join } from 'node:path';
import { azul, CheckpointManager, newestRun } from '../src/index.js';

const args = process.argv.slice(2);
const namesModel = args[0] !== undefined && !args[0].startsWith('-');
const hasCheckpoint = (run: string) => new CheckpointManager(join(run, 'checkpoints'), 1).iterations().length > 0;
const isTrained = newestRun(hasCheckpoint) !== undefined;
await azul(['play', ...(namesModel || !isTrained ? [] : ['latest']), ...args]);
