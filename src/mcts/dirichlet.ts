/** Dirichlet noise on the priors of a root (Silver et al. 2018), shaped as in KataGo. */
import type { Random } from '../game/random.js';
import type { DirichletSettings } from './settings.js';
import { ROOT, type Tree } from './tree.js';

/** Priors are capped here before their logarithms shape the noise. */
const MAX_PRIOR = 0.01;
/** Added to each prior, so that its logarithm is finite. */
const MIN_PRIOR = 1e-20;

/** Mixes noise into the priors of the root's edges. The first values of `noise` are overwritten. */
export function addDirichlet(tree: Tree, settings: DirichletSettings, random: Random, noise: Float64Array): void {
  const count = tree.edgeCount[ROOT]!;
  const { fraction } = settings;
  writeConcentrations(tree, settings, noise);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += noise[i] = random.gamma(noise[i]!);
  for (let i = 0; i < count; i++) {
    tree.prior[i] = (1 - fraction) * tree.prior[i]! + (fraction * noise[i]!) / sum;
  }
  tree.promote(ROOT);
}

/** Writes the concentration of each root edge's noise. */
function writeConcentrations(tree: Tree, { total, shaped }: DirichletSettings, out: Float64Array): void {
  const count = tree.edgeCount[ROOT]!;
  const logPrior = (i: number) => Math.log(Math.min(MAX_PRIOR, tree.prior[i]!) + MIN_PRIOR);
  let mean = 0;
  for (let i = 0; i < count; i++) mean += logPrior(i) / count;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += out[i] = Math.max(0, logPrior(i) - mean);
  // If all priors are equal, or all above the cap, only rounding errors are above the mean.
  const fraction = sum > 1e-9 ? shaped : 0;
  for (let i = 0; i < count; i++) {
    out[i] = total * ((1 - fraction) / count + (fraction > 0 ? (fraction * out[i]!) / sum : 0));
  }
}
