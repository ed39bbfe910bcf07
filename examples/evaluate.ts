/** How strong is the newest run's best network? More arguments go to `azul evaluate`: further players, `--pairs 20`. */
import { azul } from '../src/index.js';

await azul(['evaluate', 'best,sims=64', 'greedy', 'random', ...process.argv.slice(2)]);
