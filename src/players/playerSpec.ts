/** Specs, the names of players: `kind:target,option=value,…`. */
import { quoted, unquoted, words } from '../quoting.js';
import { UsageError } from '../usageError.js';

/** An invalid spec, or one of a player that can't play. The message says why. */
export class PlayerError extends UsageError {
  override name = 'PlayerError';
}

/** Kinds whose target is a path of a model file, or of the run that has the model. */
export const MODEL_KINDS: readonly string[] = ['model', 'best', 'latest'];

/** The parts of a spec. */
export interface SpecParts {
  kind: string;
  /** A path without its quotes, or an engine's command with them. */
  target: string;
  options: Map<string, string>;
}

/** Parses a spec. The path of a .onnx file is a spec too. Throws a PlayerError. */
export function parseSpec(spec: string): SpecParts {
  if (spec.includes('\0')) {
    throw new PlayerError(
      `player ${spec.replaceAll('\0', '\\0')}: no file has the NUL character in its name; leave it out`,
    );
  }
  const [head] = /^(?:[^,"']|"[^"]*"|'[^']*')*/.exec(spec)!;
  const [unclosed, ...texts] = spec.slice(head.length).split(',');
  const isEngine = head.startsWith('engine:');
  if (unclosed) {
    const what = isEngine ? 'its command' : 'its path';
    throw new PlayerError(`player ${spec}: a quote in ${what} is not closed; put quotes of the other kind around it`);
  }
  const colon = head.search(/["':]/);
  let [kind, target] = head[colon] === ':' ? [head.slice(0, colon), head.slice(colon + 1)] : [head, ''];
  if (isEngine) {
    if (!words(target)[0]) throw new PlayerError(`player ${spec}: it names no command; write engine:<command>`);
  } else if (!MODEL_KINDS.includes(kind) && unquoted(head).endsWith('.onnx')) {
    [kind, target] = ['model', unquoted(head)];
  } else if (/^\w+=/.test(target)) {
    // Text after the colon is an option if it looks like one: alphabeta:ms=200.
    texts.unshift(target);
    target = '';
  } else {
    target = unquoted(target);
  }
  return { kind, target, options: parseOptions(spec, texts) };
}

function parseOptions(spec: string, texts: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const text of texts) {
    const [name = '', value] = text.split('=');
    if (value === undefined)
      throw new PlayerError(`player ${spec}: '${text}' is not of the form name=value, such as sims=200`);
    if (options.has(name)) throw new PlayerError(`player ${spec}: ${name} is given twice; leave one out`);
    options.set(name, value);
  }
  return options;
}

/** Prints a spec. A path is quoted if it needs quotes. */
export function printSpec({ kind, target, options }: Omit<SpecParts, 'options'> & Partial<SpecParts>): string {
  const path = kind !== 'engine' && /[,"']|^\w+=/.test(target) ? quoted(target) : target;
  const isAlone = kind === 'model' && target.endsWith('.onnx') && !target.includes(':');
  const head = isAlone ? path : [kind, ...(path ? [path] : [])].join(':');
  return [head, ...[...(options ?? [])].map(([name, value]) => `${name}=${value}`)].join();
}
