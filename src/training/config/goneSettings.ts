/**
 * Settings that no longer exist, with the defaults that they had. A run that used the default continues without the
 * setting.
 */
const GONE_SETTINGS: Record<string, unknown> = {
  'selfPlay.fullFraction': 1,
  'selfPlay.cheapSimulations': 8,
  'replay.growthExponent': 1,
  'replay.surpriseWeight': 0,
};

/**
 * Returns a configuration without the settings that no longer exist. Calls `fail` if one of them differs from its old
 * default.
 */
export function withoutGoneSettings(
  config: object,
  fail: (field: readonly string[], problem: string) => never,
): object {
  const kept = { ...config } as Record<string, object>;
  for (const [field, before] of Object.entries(GONE_SETTINGS)) {
    const [section, name] = field.split('.') as [string, string];
    const fields = { ...kept[section] } as Record<string, unknown>;
    if (!(name in fields)) continue;
    if (fields[name] !== before) {
      fail(
        [section, name],
        `this setting no longer exists, and ${JSON.stringify(fields[name])} is not the default that it had, ${before}; remove the field to go on without it`,
      );
    }
    delete fields[name];
    kept[section] = fields;
  }
  return kept;
}
