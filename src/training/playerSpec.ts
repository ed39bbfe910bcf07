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
  'engine:<command>,ms=200',
] as const;

/** What a list of specs can't tell. */
export const SPEC_HELP = `\
alphabeta takes nodes=<n> (positions looked at) in place of ms, and then plays the same on a busy machine.
A model also takes selection=gumbel or puct, considered=<n> (actions that sequential halving starts from, 0: none),
deals=<n> (sampled at the end of a round), endgame=<n> (groups of tiles up to which it solves last rounds, 7 if not said, 0:
never), reuse=1 (keeps what the last search found), device=cuda, webgpu, … (where its network is computed; the cpu by
default) and precision=fp32 (floats on the cpu, as on other devices, in place of 8-bit integers).
engine:<command> is any program that speaks the engine protocol on standard input and output. The command is a program
and its arguments; spaces and commas in quotes, '…' or "…", are part of a word. It ends at the first comma outside quotes;
options follow: ms=<n> to think about a move (200 by default) or sims=<n> instead, and grace=<n>, the ms that an answer may
take beyond that (2000 by default, 60000 with sims). A late or illegal move, a crash or other output loses the game.
For example: "engine:node my-engine.js 'a, b.onnx',sims=400"`;

/** A spec that names no player, or one that can't play; the message says why. */
export class PlayerError extends UsageError {
  override name = 'PlayerError';
}

/** The parts of a spec, `kind:target,option=value,…`. */
export interface SpecParts {
  kind: string;
  target: string;
  options: Map<string, string>;
}

/** The parts of a spec, where a model file may stand for itself. */
export function parseSpec(spec: string): SpecParts {
  if (spec.startsWith('engine:')) return parseEngine(spec);
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
  return { kind, target, options: parseOptions(spec, rest) };
}

/** An engine's command is its target, up to the first comma outside quotes. */
function parseEngine(spec: string): SpecParts {
  const [head] = /^engine:(?:[^,"']|"[^"]*"|'[^']*')*/.exec(spec)!;
  const [unquoted, ...rest] = spec.slice(head.length).split(',');
  const target = head.slice('engine:'.length);
  if (unquoted) throw new PlayerError(`player ${spec}: a quote in its command is not closed`);
  if (!commandWords(target)[0]) throw new PlayerError(`player ${spec}: it names no command`);
  return { kind: 'engine', target, options: parseOptions(spec, rest) };
}

function parseOptions(spec: string, texts: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const text of texts) {
    const [name = '', value] = text.split('=');
    if (value === undefined) throw new PlayerError(`player ${spec}: ${text} is not of the form name=value`);
    if (options.has(name)) throw new PlayerError(`player ${spec}: ${name} is there twice`);
    options.set(name, value);
  }
  return options;
}

/** The words of an engine's command, without their quotes. */
export function commandWords(command: string): string[] {
  const words = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
