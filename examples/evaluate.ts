/** Measures the newest trained network. More arguments go to `azul evaluate`: other players, `--pairs 20`. */
import { azul, printSpec } from '../src/index.js';
import { trainedModel } from './trainedModel.js';

const { players, ...model } = trainedModel() ?? { kind: 'latest', target: '', players: 2 };
const player = printSpec({ ...model, options: new Map([['sims', '64']]) });
await azul(['evaluate', player, 'greedy', 'random', '--players', `${players}`, ...process.argv.slice(2)]);
