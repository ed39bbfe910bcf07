/**
 * Alpha-beta search to the end of the round: iterative deepening, principal variation search (null windows after the
 * first move), a transposition table and late move reductions. The rules play the end of the round and of the game.
 * staticEvaluator.ts values positions that wait for a deal, and those at the horizon.
 *
 * With two players this is minimax on the difference of the values. With three and four it is the paranoid search of
 * Sturtevant & Korf (2000): all others play together against the player to move, which allows deep cuts. They minimise the
 * player's value minus the mean of theirs, so they rarely hurt themselves to hurt the player.
 */
import { ACTIONS_PER_SOURCE, colourOf, destinationOf, sourceOf, TO_FLOOR, withSource } from '../game/action.js';
import { canonicalise } from '../game/canonical.js';
import { countOf, tilesOf } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import { boardAt, CENTRE, LINES, lineCount, MAX_PLAYERS, PHASE, PLAYING, TURN, WALL } from '../game/state.js';
import { columnFor, placementScore } from '../game/wall.js';
import { boundOf, Transpositions } from '../mcts/transpositions.js';
import { type Player, rulesOf } from './player.js';
import { StaticEvaluator } from './staticEvaluator.js';

/** The budget of a move: milliseconds of one thread, or positions visited. With the latter the choice is reproducible. */
export type AlphaBetaBudget = { readonly ms: number } | { readonly nodes: number };

/** Max moves of a round: one tile each. */
const MAX_PLY = 36;
/** The depth of a value that does not depend on the horizon: it is final. */
const FINAL = 127;
const INFINITE = 1 << 24;
/** Moves per node that are always searched to full depth, and the min depth at which the others are reduced. */
const FULL_MOVES = 12;
const REDUCTION_DEPTH = 3;
const NO_MOVE = 0xffff;
/** The priority of the best move of the last iteration. */
const FIRST = 0x7fffffff;

export class AlphaBetaPlayer implements Player {
  readonly name: string;
  private readonly searches = new Map<Rules, AlphaBetaSearch>();

  constructor(private readonly budget: AlphaBetaBudget) {
    this.name = 'ms' in budget ? `alphabeta:ms=${budget.ms}` : `alphabeta:nodes=${budget.nodes}`;
  }

  async choose(positions: readonly Int32Array[]): Promise<number[]> {
    return positions.map((state) => {
      const rules = rulesOf(state);
      let search = this.searches.get(rules);
      if (!search) this.searches.set(rules, (search = new AlphaBetaSearch(rules)));
      return search.run(state, this.budget).action;
    });
  }
}

export interface SearchResult {
  action: number;
  /** The mover's margin in hundredths of a point. */
  value: number;
  /** Depth of the last iteration that was completed, in plies. */
  depth: number;
  nodes: number;
  /** Whether every line was searched to the end of the round. */
  final: boolean;
}

/** A search for one number of players. It allocates its memory once. */
export class AlphaBetaSearch {
  private readonly size: number;
  private readonly states: Int32Array;
  private readonly moves: Uint16Array[];
  private readonly priorities: Int32Array[];
  private readonly history = new Int32Array(MAX_PLAYERS * ACTIONS_PER_SOURCE);
  private readonly order: number[] = [];
  private readonly table = new Transpositions();
  private player = 0;
  private bestMove = 0;
  private nodes = 0;
  /** Iterations completed. */
  private depth = 0;
  /** Positions valued at the horizon in this iteration. A deeper search might change their values. */
  private horizon = 0;
  private stopped = false;
  private maxNodes = 0;
  private deadline = 0;

  constructor(
    private readonly rules: Rules,
    private readonly evaluator: StaticEvaluator = new StaticEvaluator(),
  ) {
    this.size = rules.stateSize;
    this.states = new Int32Array((MAX_PLY + 1) * this.size);
    this.moves = Array.from({ length: MAX_PLY }, () => new Uint16Array(rules.actions));
    this.priorities = Array.from({ length: MAX_PLY }, () => new Int32Array(rules.actions));
  }

  /** Finds the best move of a position whose phase is PLAYING. */
  run(state: Int32Array, budget: AlphaBetaBudget): SearchResult {
    this.deadline = 'ms' in budget ? performance.now() + budget.ms : Infinity;
    this.maxNodes = 'nodes' in budget ? budget.nodes : Infinity;
    this.states.set(state);
    canonicalise(this.rules, this.states, 0, this.order);
    this.player = state[TURN]!;
    this.table.begin();
    this.history.fill(0);
    this.nodes = 0;
    this.stopped = false;
    this.bestMove = NO_MOVE;
    let value = 0;
    let final = false;
    this.depth = 0;
    while (!final && this.depth < MAX_PLY) {
      this.horizon = 0;
      const found = this.search(0, this.depth + 1, -INFINITE, INFINITE);
      if (this.stopped) break;
      value = found;
      this.depth++;
      final = this.horizon === 0;
    }
    return { action: this.original(this.bestMove), value, depth: this.depth, nodes: this.nodes, final };
  }

  /** The action in the numbering of the given position, whose factories may have another order. */
  private original(action: number): number {
    const source = sourceOf(action);
    return source === this.rules.factories ? action : withSource(action, this.order[source]!);
  }

  /** The value of the position at `ply` for the side to move: the player, or all others together. */
  private search(ply: number, depth: number, alpha: number, beta: number): number {
    const { rules, states, size, table } = this;
    const at = ply * size;
    const own = states[at + TURN] === this.player;
    if (this.spent()) return 0;
    const ended = states[at + PHASE] !== PLAYING;
    if (ended || depth <= 0) {
      if (!ended) this.horizon++;
      const margin = this.evaluator.margin(rules, states, at, this.player);
      return own ? margin : -margin;
    }

    const slot = table.find(states, at, size);
    const { keyA, keyB } = table;
    let first = ply === 0 ? this.bestMove : NO_MOVE;
    if (table.hit && ply > 0) {
      first = table.move(slot);
      const known = table.depth(slot);
      if (known >= depth) {
        if (table.settles(slot, alpha, beta)) {
          if (known !== FINAL) this.horizon++;
          return table.value(slot);
        }
      }
    }

    const n = this.generate(ply, first);
    const horizon = this.horizon;
    const lowest = alpha;
    let best = -INFINITE;
    let bestMove = NO_MOVE;
    for (let i = 0; i < n; i++) {
      const action = this.next(ply, i, n);
      const child = at + size;
      states.copyWithin(child, at, child);
      rules.apply(states, child, action);
      canonicalise(rules, states, child);
      const same = (states[child + TURN] === this.player) === own;
      let value: number;
      if (i === 0) {
        value = this.below(ply, depth - 1, alpha, beta, same);
      } else {
        const reduction = i >= FULL_MOVES && depth >= REDUCTION_DEPTH ? 1 + (i >> 4) : 0;
        value = this.below(ply, depth - 1 - reduction, alpha, alpha + 1, same);
        if (reduction > 0 && value > alpha) value = this.below(ply, depth - 1, alpha, alpha + 1, same);
        if (value > alpha && value < beta) value = this.below(ply, depth - 1, alpha, beta, same);
      }
      if (this.stopped) break;
      if (value > best) {
        best = value;
        bestMove = action;
        if (ply === 0) this.bestMove = action;
      }
      if (value > alpha) alpha = value;
      if (alpha >= beta) {
        this.history[this.historyOf(at, action)]! += depth * depth;
        break;
      }
    }
    if (this.stopped) return 0;
    const searched = this.horizon === horizon ? FINAL : depth;
    table.store(slot, keyA, keyB, bestMove, searched, boundOf(best, lowest, beta), best);
    return best;
  }

  /** The value of the next position for the side that moved. */
  private below(ply: number, depth: number, alpha: number, beta: number, same: boolean): number {
    return same ? this.search(ply + 1, depth, alpha, beta) : -this.search(ply + 1, depth, -beta, -alpha);
  }

  /** Counts a node and says whether the budget is spent. The first iteration is always finished, so there is a move. */
  private spent(): boolean {
    if (this.depth > 0 && !this.stopped) {
      this.stopped = this.nodes >= this.maxNodes || ((this.nodes & 255) === 0 && performance.now() >= this.deadline);
    }
    if (!this.stopped) this.nodes++;
    return this.stopped;
  }

  /** Writes the moves at a ply, only those of the first of equal factories, with their priorities. */
  private generate(ply: number, first: number): number {
    const { rules, states } = this;
    const at = ply * this.size;
    const moves = this.moves[ply]!;
    const priorities = this.priorities[ply]!;
    const factories = at + rules.firstFactory;
    const legal = rules.legal(states, at, moves);
    let n = 0;
    for (let i = 0; i < legal; i++) {
      const action = moves[i]!;
      const source = sourceOf(action);
      if (source > 0 && source < rules.factories && states[factories + source] === states[factories + source - 1])
        continue;
      moves[n] = action;
      priorities[n++] = action === first ? FIRST : this.priority(at, action);
    }
    return n;
  }

  /** The priority of a move: points of a finished line, filled spaces, minus dropped tiles, plus past cutoffs. */
  private priority(at: number, action: number): number {
    const { rules, states } = this;
    const destination = destinationOf(action);
    const colour = colourOf(action);
    const source = sourceOf(action);
    const pile = source === rules.factories ? tilesOf(states[at + CENTRE]!) : states[at + rules.firstFactory + source]!;
    const taken = countOf(pile, colour);
    const past = this.history[this.historyOf(at, action)]!;
    if (destination === TO_FLOOR) return past - 100 * taken;
    const board = boardAt(at, states[at + TURN]!);
    const space = destination + 1 - lineCount(states[board + LINES]!, destination);
    if (taken < space) return past + 20 * taken - 15 * (space - taken);
    const points = placementScore(states[board + WALL]!, destination, columnFor(destination, colour));
    return past + 100 + 20 * space + 20 * points - 60 * (taken - space);
  }

  private historyOf(at: number, action: number): number {
    return ACTIONS_PER_SOURCE * this.states[at + TURN]! + (action % ACTIONS_PER_SOURCE);
  }

  /** Swaps the move with the highest priority from index i on to index i, and returns it. */
  private next(ply: number, i: number, n: number): number {
    const moves = this.moves[ply]!;
    const priorities = this.priorities[ply]!;
    let best = i;
    for (let j = i + 1; j < n; j++) if (priorities[j]! > priorities[best]!) best = j;
    const move = moves[best]!;
    const priority = priorities[best]!;
    moves[best] = moves[i]!;
    priorities[best] = priorities[i]!;
    moves[i] = move;
    priorities[i] = priority;
    return move;
  }
}
