import { z } from 'zod';
import { configSchema } from './schema.js';

/** Returns every field, as section.field, and its meaning. */
export function describeConfig(): [field: string, meaning: string][] {
  const describe = (shape: Record<string, z.ZodType>, prefix: string): [string, string][] =>
    Object.entries(shape).flatMap(([key, field]) =>
      field instanceof z.ZodObject
        ? describe(field.shape, `${prefix}${key}.`)
        : [[prefix + key, field.description ?? '']],
    );
  return describe(configSchema.shape, '');
}
