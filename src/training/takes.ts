import { COLOURS } from '../game/pile.js';
import { DESTINATIONS, FACTORY_TILES, Rules } from '../game/rules.js';
import { CENTRE_STEPS, centreInput, factoryInput } from './encoding.js';
import type { Graph, Tensor } from './graph.js';

/** Steps of thermometers of counts: those of a factory, then those of the centre. */
const STEPS = FACTORY_TILES + CENTRE_STEPS;

/** Values in the table of a position, `[colours, steps, destinations]`. */
export const TAKES = COLOURS * STEPS * DESTINATIONS;

/**
 * What actions have in common, whichever factory they take from: a table that says by how much each tile more of a colour
 * raises the logits of taking them, destination by destination; one part for all factories and one, to six tiles, for the
 * centre. An action's logit is its own plus the table's entries up to its number of tiles.
 *
 * Factories are interchangeable, and a network that computes each one's logits by weights of its own has to learn the same
 * thing once for each (Zaheer et al. 2017, "Deep Sets", shares weights where order means nothing).
 */
export class Takes {
  private readonly sources: number;
  private readonly actions: number;
  /** For each source and colour: where the inputs have the thermometer of its tiles, and its first entry in the table. */
  private readonly thermometers: Int32Array;
  private readonly entries: Int32Array;

  constructor(players: number) {
    const { factories, actions } = Rules.for(players);
    this.sources = factories + 1;
    this.actions = actions;
    this.thermometers = new Int32Array(this.sources * COLOURS);
    this.entries = new Int32Array(this.sources * COLOURS);
    for (let source = 0, i = 0; source <= factories; source++) {
      for (let colour = 0; colour < COLOURS; colour++, i++) {
        const inCentre = source === factories;
        this.thermometers[i] = inCentre ? centreInput(factories, colour) : factoryInput(source, colour);
        this.entries[i] = (colour * STEPS + (inCentre ? FACTORY_TILES : 0)) * DESTINATIONS;
      }
    }
  }

  /** Adds a position's table, at `table` of `takes`, to its logits at `to`; its inputs begin at `from`. */
  addTo(
    logits: Float32Array,
    to: number,
    takes: Float32Array,
    table: number,
    inputs: Float32Array,
    from: number,
  ): void {
    const { thermometers, entries } = this;
    for (let i = 0, action = to; i < thermometers.length; i++, action += DESTINATIONS) {
      const steps = i < thermometers.length - COLOURS ? FACTORY_TILES : CENTRE_STEPS;
      const first = from + thermometers[i]!;
      for (let step = 0, entry = table + entries[i]!; step < steps && inputs[first + step] === 1; step++) {
        for (let d = 0; d < DESTINATIONS; d++, entry++) logits[action + d]! += takes[entry]!;
      }
    }
  }

  /** The same in a graph: logits, [n, actions], from the inputs of n positions and their tables, `[n, TAKES]`. */
  logits(graph: Graph, inputs: Tensor, takes: Tensor): Tensor {
    const { sources, thermometers } = this;
    const columns: number[] = [];
    const own: number[] = [];
    for (let colour = 0; colour < COLOURS; colour++) {
      for (let source = 0; source < sources; source++) {
        const inCentre = source === sources - 1;
        const [first, end] = inCentre ? [FACTORY_TILES, STEPS] : [0, FACTORY_TILES];
        const thermometer = thermometers[source * COLOURS + colour]!;
        for (let step = 0; step < STEPS; step++) {
          const isOwn = step >= first && step < end;
          columns.push(isOwn ? thermometer + step - first : 0);
          own.push(isOwn ? 1 : 0);
        }
      }
    }
    const counts = graph.op('Mul', [graph.columns(inputs, columns), graph.vector('takes.own', own)]);
    const perColour = graph.productWith(
      graph.reshape(counts, [COLOURS, sources, STEPS]),
      graph.reshape(takes, [COLOURS, STEPS, DESTINATIONS]),
    );
    return graph.reshape(graph.swapAxes(perColour), [this.actions]);
  }
}
