import { Network } from './network.js';
import { type Model, ModelError } from './onnxModel.js';

const HEADS = ['policy', 'takes', 'value', 'margin'];

/**
 * Merges several networks into one that is as wide as all together. It computes them side by side and returns the means of
 * their heads: of the logits, and of values and margins before the tanh. So an ensemble (Hansen & Salamon 1990) becomes an
 * ordinary network, which can be trained. A ModelError says which two networks do not match.
 */
export function mergeModels(models: readonly Model[]): Model {
  const { players, shape } = models[0]!.network;
  for (const { network } of models) {
    if (network.players === players && network.shape.blocks === shape.blocks) continue;
    const what = (n: Network) => `a network of ${n.shape.blocks} blocks for ${n.players} players`;
    throw new ModelError(
      `${what(models[0]!.network)} and ${what(network)} can't be merged; name models with the same numbers of blocks and players`,
    );
  }
  const width = models.reduce((sum, { network }) => sum + network.shape.width, 0);
  const network = new Network(players, { width, blocks: shape.blocks });
  const weights = new Float32Array(network.playingSize);
  for (const { name, dims, start } of network.playingParameters) {
    const isHead = HEADS.some((head) => name.startsWith(head));
    const columns = dims.at(-1)!;
    // Where a model's weights start. Models share the rows of inputs, the columns of heads and the one row of biases.
    let row = 0;
    let column = 0;
    for (const model of models) {
      const own = model.network.parameters.find((parameter) => parameter.name === name)!;
      const ownColumns = own.dims.at(-1)!;
      for (let i = 0; i < own.size; i++) {
        const at = start + (row + Math.floor(i / ownColumns)) * columns + column + (i % ownColumns);
        weights[at]! += model.weights[own.start + i]! / (isHead ? models.length : 1);
      }
      if (dims.length > 1 && !name.startsWith('input')) row += own.size / ownColumns;
      if (!isHead) column += ownColumns;
    }
  }
  return { network, weights };
}
