import type { Graph, Tensor } from '../../network/graph.js';
import { UsageError } from '../../usageError.js';

/** Parameters of a loss: positive numbers, by name. */
export type LossParameters = Readonly<Record<string, number>>;

/** A loss's name, with the parameters that differ from their defaults: `huber(delta=0.5)` or { name: 'huber', delta: 0.5 }. */
export type LossSpec = string | { readonly name: string; readonly [parameter: string]: unknown };

/** A function that adds a loss to a graph, from its inputs and the values of its parameters. */
export type Loss<Inputs extends unknown[], Parameters extends LossParameters> = (
  graph: Graph,
  ...inputs: [...Inputs, Parameters]
) => Tensor;

/** The form of a spec as text: `name` or `name(parameter=value, parameter=value)`. */
const TEXT = /^\s*([^\s()=,]+)\s*(?:\((.*)\))?\s*$/;

/** Losses, by their names in configurations. Register your own losses before you create the configuration. */
export class LossRegistry<Inputs extends unknown[]> {
  private readonly losses = new Map<string, { loss: Loss<Inputs, LossParameters>; defaults: LossParameters }>();

  constructor(private readonly kind: string) {}

  /**
   * Adds a loss and the defaults of its parameters. Throws a UsageError if the name is taken, or can't be written in a
   * configuration.
   */
  register<Parameters extends LossParameters>(
    name: string,
    loss: Loss<Inputs, Parameters>,
    defaults: Parameters = {} as Parameters,
  ): this {
    if (this.losses.has(name))
      throw new UsageError(`there is already a ${this.kind} loss '${name}'; choose another name`);
    if (TEXT.exec(name)?.[1] !== name)
      throw new UsageError(`a loss can't be named '${name}'; leave out spaces, brackets, commas and equals signs`);
    this.losses.set(name, { loss: loss as unknown as Loss<Inputs, LossParameters>, defaults });
    return this;
  }

  /** All names, in the order in which they were registered. */
  get names(): string[] {
    return [...this.losses.keys()];
  }

  /** Returns a loss with its parameters set. Throws a UsageError for an unknown or invalid spec. */
  get(spec: LossSpec): (graph: Graph, ...inputs: Inputs) => Tensor {
    const { loss, parameters } = this.find(spec);
    return (graph, ...inputs) => loss(graph, ...inputs, parameters);
  }

  /** Prints a spec as text, such as `huber(delta=0.5)`. Throws a UsageError as `get` does. */
  print(spec: LossSpec): string {
    const { name, changes } = this.find(spec);
    const set = Object.entries(changes).map(([parameter, value]) => `${parameter}=${value}`);
    return set.length === 0 ? name : `${name}(${set.join(', ')})`;
  }

  private find(spec: LossSpec) {
    const { name, ...given } = typeof spec === 'string' ? this.parse(spec) : spec;
    const entry = this.losses.get(name);
    if (!entry) throw new UsageError(`unknown ${this.kind} loss '${name}'; known are ${this.names.join(', ')}`);
    const known = Object.keys(entry.defaults);
    const changes: Record<string, number> = {};
    for (const [parameter, value] of Object.entries(given)) {
      if (!known.includes(parameter)) {
        const which = known.length > 0 ? `known are ${known.join(', ')}` : 'it has none';
        throw new UsageError(`unknown parameter '${parameter}' of the loss ${name}; ${which}`);
      }
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !(number > 0 && number < Number.POSITIVE_INFINITY)) {
        throw new UsageError(`the parameter ${parameter} of the loss ${name} is '${value}'; set a positive number`);
      }
      changes[parameter] = number;
    }
    return { name, loss: entry.loss, changes, parameters: { ...entry.defaults, ...changes } };
  }

  private parse(text: string): { name: string } & Record<string, string> {
    const [, name, list = ''] = TEXT.exec(text) ?? [];
    const pairs = list.split(',').filter((pair) => pair.trim() !== '');
    const entries = pairs.map((pair) => pair.split('=').map((side) => side.trim()));
    if (name === undefined || entries.some((entry) => entry.length !== 2)) {
      throw new UsageError(`the ${this.kind} loss '${text}' can't be read; write it as in huber(delta=0.5)`);
    }
    return { ...Object.fromEntries(entries), name };
  }
}
