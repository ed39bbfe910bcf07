import { merge } from './changes.js';

/**
 * Settings that older versions did not have. The values keep the behaviour of those versions, so their runs continue
 * unchanged.
 */
const ADDED_SETTINGS = {
  training: { cooldown: 0, minDelta: 1e-4 },
  fleet: { audit: 0.01, lag: 0 },
  monitor: {
    metric: 'validation.loss',
    mode: 'min',
    minDelta: 0,
    patience: 0,
    restoreBest: true,
    keepBest: false,
  },
};

/** Returns the configuration of a run, with values for the settings that its version did not have. */
export function withAddedSettings(config: unknown): unknown {
  return merge(ADDED_SETTINGS, config);
}
