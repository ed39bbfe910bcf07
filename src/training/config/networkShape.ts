import { NETWORK_SIZES, type NetworkShape } from '../../network/network.js';
import type { Config } from './schema.js';

/** Width and depth of the network that a configuration names. */
export function networkShape({ network }: Config): NetworkShape {
  return typeof network === 'string' ? NETWORK_SIZES[network] : network;
}
