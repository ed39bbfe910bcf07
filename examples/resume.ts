/** Goes on exactly where the newest run stopped, or the run that is named. */
import { azul } from '../src/index.js';

await azul(['resume', ...process.argv.slice(2)]);
