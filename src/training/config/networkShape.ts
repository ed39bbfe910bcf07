import { NETWORK_SIZES, type NetworkShape } from '../../network/network.js';
import type { Config } from './schema.js';

/** Returns the width and depth of the network that a configuration names. */
export function networkShape({ network }: Config): NetworkShape {
  const { width, blocks } = typeof network === 'string' ? NETWORK_SIZES[network] : network;
  return { width, blocks };
}

/** Returns the probability that dropout removes a hidden unit in training. */
export function dropoutRate({ network }: Config): number {
  return typeof network === 'string' ? 0 : (network.dropout ?? 0);
}
