/** How players are named. */
import { UsageError } from '../usageError.js';

/** Players that a spec can name, for help texts. */
export const PLAYER_SPECS = [
  'random',
  'greedy',
  'heuristic',
  'heuristic:sims=200',
  'rollouts:sims=1000',
  'alphabeta:ms=200',
  'model:<file.onnx>,sims=200',
  'best[:<run>],sims=200',
  'latest[:<run>],sims=200',
] as const;

export class PlayerError extends UsageError {
  override name = 'PlayerError';
}

/** The parts of a spec: `kind:target,option=value,…`, where a model file may stand for itself. */
export function parseSpec(spec: string): { kind: string; target: string; options: Map<string, string> } {
  const [head = '', ...rest] = spec.split(',');
  const colon = head.indexOf(':');
  let kind = colon < 0 ? head : head.slice(0, colon);
  let target = colon < 0 ? '' : head.slice(colon + 1);
  if (head.endsWith('.onnx') && kind !== 'model') [kind, target] = ['model', head];
  // What follows the colon is an option where it has the form of one: alphabeta:ms=200.
  if (/^\w+=/.test(target)) {
    rest.unshift(target);
    target = '';
  }
  const options = new Map<string, string>();
  for (const option of rest) {
    const [name = '', value] = option.split('=');
    if (value === undefined) throw new PlayerError(`player ${spec}: ${option} is not of the form name=value`);
    options.set(name, value);
  }
  return { kind, target, options };
}
