/** Continues the newest run, or the named one, exactly where it stopped. */
import { azul } from '../src/index.js';

await azul(['resume', ...process.argv.slice(2)]);
