import { mergeModels } from '../network/merging.js';
import { encodeNetwork } from '../network/onnxModel.js';
import { loadModel, modelFile } from '../players/players.js';
import { checkModelOutput, writeModel } from './modelOutput.js';
import { networkName, rate } from './terminal/format.js';

/** Writes one network that computes several models side by side. */
export function merge(models: readonly string[], out: string): void {
  checkModelOutput(out);
  const { network, weights } = mergeModels(models.map((name) => loadModel(modelFile(name))));
  writeModel(out, encodeNetwork(network, weights));
  console.log(`${out}: ${networkName(network.shape)} network of ${rate(network.playingSize)} parameters`);
}
