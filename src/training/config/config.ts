import type { z } from 'zod';
import { withAddedSettings } from './addedSettings.js';
import { type ConfigChanges, isSection, merge, valueAt } from './changes.js';
import { ConfigError } from './configError.js';
import { ConfigFile } from './configFile.js';
import { conflictIn } from './conflicts.js';
import { describeConfig } from './description.js';
import { withoutGoneSettings } from './goneSettings.js';
import { nearest } from './nearest.js';
import type { PresetName } from './presetNames.js';
import { presetNamed } from './presets.js';
import { type Config, configSchema } from './schema.js';

/**
 * Makes a checked configuration from a preset and changes to it. Later changes override earlier ones. Throws a
 * ConfigError that names a bad field.
 */
export function makeConfig(preset: PresetName, ...changes: ConfigChanges[]): Config {
  return changeConfig(presetNamed(preset), ...changes);
}

/**
 * Makes a checked configuration from another one and changes of unknown form, from files or from a command line. Throws
 * a ConfigError that names a bad field. If a file has set the field, it names the file and the line too.
 */
export function changeConfig(base: Config, ...changes: unknown[]): Config {
  const values = changes.map((change) => (change instanceof ConfigFile ? change.value : change));
  const where = (field: readonly PropertyKey[]) => {
    const change = changes[values.findLastIndex((value) => valueAt(value, field) !== undefined)];
    return change instanceof ConfigFile ? change.place(field) : 'the configuration';
  };
  return validateConfig(values.reduce(merge, base as unknown), where);
}

/** Returns the configuration of a run from its file. Throws a ConfigError that names a bad field and its line. */
export function configOf(file: ConfigFile): Config {
  return validateConfig(withAddedSettings(file.value), (field) => file.place(field));
}

/**
 * Checks that a value is a configuration. `where` returns the place where a field was set, given the keys that lead to
 * it.
 */
export function validateConfig(
  value: unknown,
  where: (field: readonly PropertyKey[]) => string = () => 'the configuration',
): Config {
  const fail = (field: readonly PropertyKey[], problem: string): never => {
    throw new ConfigError(`${where(field)}${field.length > 0 ? `, field ${field.join('.')}` : ''}: ${problem}`);
  };
  const kept = isSection(value) ? withoutGoneSettings(value, fail) : value;
  const parsed = configSchema.safeParse(kept);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const field = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    return fail(field, `${problemOf(issue, field, valueAt(kept, field))}; azul train --print-config shows every field`);
  }
  const conflict = conflictIn(parsed.data);
  return conflict ? fail(conflict.field.split('.'), conflict.problem) : parsed.data;
}

/** Returns what is wrong with a value and what would be right. */
function problemOf(issue: z.core.$ZodIssue, field: readonly PropertyKey[], value: unknown): string {
  const given = `'${typeof value === 'object' ? JSON.stringify(value) : value}'`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `there is no such field${guess(field.join('.'), fieldNames())}`;
    case 'invalid_type':
      return value === undefined
        ? 'it is missing'
        : `it must be ${KINDS[issue.expected] ?? issue.expected}, not ${given}`;
    case 'too_small':
      if (issue.origin === 'array') return 'the list is empty; name at least one';
      return `${given} is too low; it must be ${issue.inclusive ? `at least ${issue.minimum}` : `above ${issue.minimum}`}`;
    case 'too_big':
      return `${given} is too high; it must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `unknown value ${given}${guess(String(value), issue.values.map(String))}; choose one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

/** Zod's names of types, in plain words. */
const KINDS: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  object: 'a section with fields',
  array: 'a list',
};

function guess(text: string, names: readonly string[]): string {
  const name = nearest(text, names);
  return name === undefined ? '' : ` (did you mean ${name}?)`;
}

/** Returns the names of all fields and sections. */
function fieldNames(): string[] {
  return [...describeConfig().map(([field]) => field), ...Object.keys(configSchema.shape)];
}
