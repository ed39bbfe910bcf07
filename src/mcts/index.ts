/** The tree search over a `Game`, and Azul as such a game. It needs no network, and runs in a browser. */

export { AzulGame } from './azul.js';
export { type Evaluator, Leaves } from './evaluator.js';
export { CHANCE, DECISION, type Game, TERMINAL } from './game.js';
export type { HalvingPlan } from './halving.js';
export { RolloutEvaluator } from './rollout.js';
export type { RootPolicy } from './rootPolicy.js';
export { Search } from './search.js';
export type { GumbelSettings, PuctSettings, RuleSettings, SelectionName } from './selection.js';
export {
  type DirichletSettings,
  type SearchSettings,
  searchSettings,
  type TemperatureSettings,
} from './settings.js';
export type { Tree } from './tree.js';
