/** Every setting of the run, section by section, with what it means. */
import type { RunDescription } from '../../src/cli/pages/webRun.js';

export function Configuration({ config, meanings }: RunDescription) {
  const sections = new Map<string, { name: string; value: string; meaning: string }[]>();
  for (const [field, meaning] of meanings) {
    const [section, name] = field.includes('.') ? field.split('.', 2) : ['run', field];
    const value = field
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
    if (value === undefined) continue;
    sections.set(section!, [...(sections.get(section!) ?? []), { name: name!, value: textOf(value), meaning }]);
  }
  return (
    <section class="card configuration" aria-labelledby="configuration-title">
      <h3 id="configuration-title">Configuration</h3>
      {[...sections].map(([section, fields]) => (
        <details key={section} open={section === 'run'}>
          <summary>{section}</summary>
          <dl>
            {fields.map(({ name, value, meaning }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="value">{value}</dd>
                <dd class="note">{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return typeof value === 'number' && Math.abs(value) >= 10_000 ? value.toLocaleString('en') : String(value);
}
