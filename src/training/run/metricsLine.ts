/** A line of a run's history: the metrics of an iteration as JSON. It ends with a checksum of the rest. */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { withoutMark } from '../../files.js';
import type { IterationMetrics } from './metrics.js';

/** The end of a line with a checksum. Its characters may be damaged. A line of another version never ends like this. */
const CHECKSUM = /^,"(.{8})":"(.{8})"\}$/;
const CHECKSUM_LENGTH = ',"checksum":"01234567"}'.length;

/**
 * Schema of a line without a checksum, with all fields that readers need. A number may be null, because JSON writes NaN
 * as null.
 */
const value = z.number().nullable();
const values = z.record(z.string(), value);
const estimate = z.looseObject({ mean: value, low: value, high: value });
const count = z.number();
const match = z.looseObject({ opponent: z.string(), wins: count, draws: count, losses: count, score: estimate });
const schema = z.looseObject({
  iteration: z.int().min(1),
  elapsed: value,
  totalGames: count,
  totalPositions: count,
  window: value,
  step: count,
  learningRate: value,
  selfPlay: values,
  reuse: z.looseObject({ window: values, left: values }).optional(),
  training: values.nullable(),
  validation: values.nullish(),
  seen: values.nullish(),
  evaluation: z
    .looseObject({ elo: estimate, best: count, results: z.array(match), earlier: z.array(match) })
    .nullable(),
  custom: values.optional(),
});

/** Returns the line of an iteration, with the line break at its end. */
export function printLine(metrics: IterationMetrics): string {
  const json = JSON.stringify(metrics);
  return `${json.slice(0, -1)},"checksum":"${checksum(json)}"}\n`;
}

/**
 * Parses a line without its line break. Returns its metrics, or what is wrong with it. Other versions wrote no
 * checksum: without one, the fields are checked.
 */
export function parseLine(text: string): { metrics: IterationMetrics } | { fault: string } {
  const line = withoutMark(text);
  const [, name, expected] = CHECKSUM.exec(line.slice(-CHECKSUM_LENGTH)) ?? [];
  const json = name === undefined ? line : `${line.slice(0, -CHECKSUM_LENGTH)}}`;
  if (name !== undefined && (name !== 'checksum' || checksum(json) !== expected)) {
    return { fault: 'its checksum is wrong' };
  }
  let metrics: unknown;
  try {
    metrics = JSON.parse(json);
  } catch {
    return { fault: 'it is no JSON' };
  }
  const issue = name === undefined ? schema.safeParse(metrics).error?.issues[0] : undefined;
  if (!issue) return { metrics: metrics as IterationMetrics };
  return { fault: issue.path.length > 0 ? `it has no valid ${issue.path.join('.')}` : 'it is no JSON object' };
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
