import fc from 'fast-check';
import { Random } from '../../../src/game/random.js';
import { CHANCE, DECISION, type Game, TERMINAL } from '../../../src/mcts/game.js';

export interface TreeShape {
  seed: number;
  players: number;
  /** Moves on the longest path. */
  depth: number;
  /** Largest number of moves in a position. */
  width: number;
  /** Probability that a position within the tree is a chance position, and that it is terminal. */
  chance: number;
  end: number;
  /** Number of different utilities. Few utilities make ties. */
  utilities: number;
}

interface Position {
  kind: number;
  mover: number;
  children: number[];
  actions: number[];
  values: number[];
}

const ACTIONS = 12;

/** A random finite tree. A state is the index of a position. All outcomes of chance are equally likely. */
export class RandomTree implements Game {
  readonly players: number;
  readonly actions = ACTIONS;
  readonly stateSize = 1;
  readonly valueSize: number;
  readonly positions: Position[] = [];

  constructor(readonly shape: TreeShape) {
    this.players = shape.players;
    this.valueSize = shape.players + 1;
    this.grow(new Random(shape.seed), 0);
  }

  private grow(random: Random, depth: number): number {
    const { shape } = this;
    const index = this.positions.length;
    const inner = depth > 0;
    const kind =
      depth === shape.depth || (inner && random.float() < shape.end)
        ? TERMINAL
        : inner && random.float() < shape.chance
          ? CHANCE
          : DECISION;
    const utility = () => (2 * random.int(shape.utilities)) / (shape.utilities - 1) - 1;
    // Rounded as the search stores them.
    const values = Array.from({ length: this.valueSize }, () => Math.fround(utility()));
    if (this.players === 2) values[1] = 0 - values[0]!;
    const position: Position = { kind, mover: random.int(this.players), children: [], actions: [], values };
    this.positions.push(position);
    if (kind === TERMINAL) return index;
    const count = 1 + random.int(shape.width);
    const actions = Array.from({ length: ACTIONS }, (_, a) => a);
    for (let i = 0; i < count; i++) {
      position.actions.push(actions.splice(random.int(actions.length), 1)[0]!);
      position.children.push(this.grow(random, depth + 1));
    }
    position.actions.sort((a, b) => a - b);
    return index;
  }

  kind(state: Int32Array, at: number): number {
    return this.at(state, at).kind;
  }

  mover(state: Int32Array, at: number): number {
    return this.at(state, at).mover;
  }

  legal(state: Int32Array, at: number, out: Uint16Array): number {
    const { actions } = this.at(state, at);
    out.set(actions);
    return actions.length;
  }

  apply(state: Int32Array, at: number, action: number): void {
    const { actions, children } = this.at(state, at);
    state[at] = children[actions.indexOf(action)]!;
  }

  applyChance(state: Int32Array, at: number, random: Random): void {
    const { children } = this.at(state, at);
    state[at] = children[random.int(children.length)]!;
  }

  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void {
    out.set(this.at(state, at).values, outAt);
  }

  private at(state: Int32Array, at: number): Position {
    return this.positions[state[at]!]!;
  }
}

export function treeShapes(limits: Partial<TreeShape> = {}): fc.Arbitrary<TreeShape> {
  const up = (min: number, max: number, fixed: number | undefined) =>
    fixed === undefined ? fc.integer({ min, max }) : fc.constant(fixed);
  return fc.record({
    seed: fc.nat(),
    players: up(2, 4, limits.players),
    depth: up(1, 5, limits.depth),
    width: up(1, 6, limits.width),
    chance: limits.chance === undefined ? fc.constantFrom(0, 0.2, 0.5) : fc.constant(limits.chance),
    end: limits.end === undefined ? fc.constantFrom(0, 0.2, 0.5) : fc.constant(limits.end),
    utilities: limits.utilities === undefined ? fc.constantFrom(2, 3, 1_000_000) : fc.constant(limits.utilities),
  });
}
