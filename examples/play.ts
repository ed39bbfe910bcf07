/** Play against the newest trained network, or the shipped one if there is none. Takes the arguments of `azul play`. */
import { azul } from '../src/index.js';
import { trainedModel } from './trainedModel.js';

const args = process.argv.slice(2);
const namesModel = args[0] !== undefined && !args[0].startsWith('-');
const model = namesModel ? undefined : trainedModel();
await azul(['play', ...(model ? [`${model.kind}:${model.target}`, '--players', `${model.players}`] : []), ...args]);
