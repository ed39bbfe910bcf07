/**
 * Names of the presets (presets.ts). They are in a file of their own, so that a command's help does not load the
 * presets.
 */
export const PRESET_NAMES = ['laptop', 'quick', 'tiny'] as const;
/** The name of a preset. */
export type PresetName = (typeof PRESET_NAMES)[number];
