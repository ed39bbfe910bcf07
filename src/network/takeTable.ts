import { DESTINATIONS } from '../game/action.js';
import { COLOURS, FACTORY_TILES } from '../game/pile.js';
import { Rules } from '../game/rules.js';
import { CENTRE_STEPS, centreInput, factoryInput } from './encoding.js';
import type { Graph, Tensor } from './graph.js';

/** Steps of the thermometers of counts: those of a factory, then those of the centre. */
const STEPS = FACTORY_TILES + CENTRE_STEPS;

/** Values in a position's table, `[colours, steps, destinations]`. */
export const TAKE_VALUES = COLOURS * STEPS * DESTINATIONS;

/**
 * The logits that actions share, whichever factory they take from. A table says how much each further tile of a colour adds
 * to the logit of taking them to each destination. All factories share one section, up to four tiles; the centre has
 * another, up to six. An action's logit is its own logit plus the table's entries up to its number of tiles.
 *
 * Factories are interchangeable. A network that computes the logits of each factory by separate weights learns the same
 * thing once for each. Zaheer et al. 2017, "Deep Sets", share weights where order has no meaning.
 */
export class TakeTable {
  private readonly sources: number;
  private readonly actions: number;
  /** For each source and colour: index of the thermometer of its tiles in the inputs, and of its first entry in the table. */
  private readonly thermometers: Int32Array;
  private readonly entries: Int32Array;
  /** Values in a row of `counts`. */
  readonly countSize: number;
  /** Indices of the values that are not always 0: in a row of `counts`, and in the inputs. */
  private readonly countTo: Int32Array;
  private readonly countFrom: Int32Array;

  constructor(players: number) {
    const { factories, actions } = Rules.for(players);
    this.sources = factories + 1;
    this.actions = actions;
    this.thermometers = new Int32Array(this.sources * COLOURS);
    this.entries = new Int32Array(this.sources * COLOURS);
    const countTo: number[] = [];
    const countFrom: number[] = [];
    for (let source = 0, i = 0; source <= factories; source++) {
      for (let colour = 0; colour < COLOURS; colour++, i++) {
        const inCentre = source === factories;
        this.thermometers[i] = inCentre ? centreInput(factories, colour) : factoryInput(source, colour);
        this.entries[i] = (colour * STEPS + (inCentre ? FACTORY_TILES : 0)) * DESTINATIONS;
        const to = (colour * this.sources + source) * STEPS + (inCentre ? FACTORY_TILES : 0);
        for (let step = 0; step < (inCentre ? CENTRE_STEPS : FACTORY_TILES); step++) {
          countTo.push(to + step);
          countFrom.push(this.thermometers[i]! + step);
        }
      }
    }
    this.countSize = this.sources * COLOURS * STEPS;
    this.countTo = Int32Array.from(countTo);
    this.countFrom = Int32Array.from(countFrom);
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

  /**
   * Returns the thermometers of all sources and colours, colour by colour, `[rows, countSize]`. The steps of the other kind
   * of source are 0. Training multiplies them with the tables.
   */
  counts(inputs: Float32Array, rows: number): Float32Array {
    const { countFrom, countTo } = this;
    const counts = new Float32Array(rows * this.countSize);
    const columns = inputs.length / rows;
    for (let row = 0; row < rows; row++) {
      const from = row * columns;
      const to = row * this.countSize;
      for (let i = 0; i < countTo.length; i++) counts[to + countTo[i]!] = inputs[from + countFrom[i]!]!;
    }
    return counts;
  }

  /** Adds the same to a graph, from the inputs of n positions. */
  countsOf(graph: Graph, inputs: Tensor): Tensor {
    const columns: number[] = Array(this.countSize).fill(0);
    const own: number[] = Array(this.countSize).fill(0);
    this.countTo.forEach((to, i) => {
      columns[to] = this.countFrom[i]!;
      own[to] = 1;
    });
    return graph.op('Mul', [graph.columns(inputs, columns), graph.vector('takes.own', own)]);
  }

  /** Adds the work of `addTo` to a graph: logits, `[n, actions]`, from the counts of n positions and their tables. */
  logits(graph: Graph, counts: Tensor, takes: Tensor): Tensor {
    const perColour = graph.productWith(
      graph.reshape(counts, [COLOURS, this.sources, STEPS]),
      graph.reshape(takes, [COLOURS, STEPS, DESTINATIONS]),
    );
    return graph.reshape(graph.swapAxes(perColour), [this.actions]);
  }
}
