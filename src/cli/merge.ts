import { mergeModels } from '../training/merging.js';
import { encodeNetwork } from '../training/onnxModel.js';
import { loadModel, modelFile } from '../training/players.js';
import { networkName, rate } from './format.js';
import { checkModelOutput, writeModel } from './modelOutput.js';

/** Writes the network that several models come to side by side. */
export function merge(models: readonly string[], out: string): void {
  checkModelOutput(out);
  const { network, weights } = mergeModels(models.map((name) => loadModel(modelFile(name))));
  writeModel(out, encodeNetwork(network, weights));
  console.log(`${out}: ${networkName(network.shape)} network of ${rate(network.playingSize)} parameters`);
}
