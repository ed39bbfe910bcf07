import { NETWORK_SIZES, type NetworkSize } from '../../network/network.js';
import type { Config } from './schema.js';

/** Partial settings, section by section. */
export type ConfigChanges = {
  [K in keyof Config]?: Config[K] extends unknown[] ? Config[K] : Partial<Config[K]> | Config[K];
};

/** Returns a configuration with some fields replaced. Fields that are undefined in `changes` stay as they are. */
export function override(config: Config, changes: ConfigChanges): Config {
  return merge(config, changes) as Config;
}

/**
 * Merges changes of unknown form into a base, field by field. A value that is not a section replaces the old value. The
 * name of a network size counts as its width and blocks, so that network.dropout can be set beside it.
 */
export function merge(base: unknown, changes: unknown): unknown {
  const fields = Object.hasOwn(NETWORK_SIZES, String(base)) ? NETWORK_SIZES[base as NetworkSize] : base;
  if (!isSection(fields) || !isSection(changes)) return changes;
  const merged: Record<string, unknown> = { ...fields };
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) merged[key] = merge(fields[key], value);
  return merged;
}

/** Returns the value of a field, given the keys that lead to it; undefined if it is missing. */
export function valueAt(value: unknown, field: readonly PropertyKey[]): unknown {
  return field.reduce((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** Whether a value is an object with fields. */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
