/** What the presets of config.ts are called: apart, so that a command's help need not load them. */
export const PRESET_NAMES = ['laptop', 'quick', 'tiny'] as const;
/** The name of a preset. */
export type PresetName = (typeof PRESET_NAMES)[number];
