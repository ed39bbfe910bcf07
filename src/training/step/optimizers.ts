import type { Parameter } from '../../network/network.js';
import { Adam } from './adam.js';
import type { Optimizer, OptimizerSettings } from './optimizer.js';
import { Sgd } from './sgd.js';

/** Creates the optimizer that the settings name. */
export function createOptimizer(parameters: readonly Parameter[], settings: OptimizerSettings): Optimizer {
  return settings.optimizer === 'sgd' ? new Sgd(parameters, settings) : new Adam(parameters, settings);
}
