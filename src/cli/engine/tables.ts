import { canonicalise } from '../../game/canonical.js';
import { type Position, parseMove } from '../../game/notation.js';
import { Random } from '../../game/random.js';
import { Rules } from '../../game/rules.js';
import { DEAL_DUE, OVER, PHASE, PLAYING, ROUND, TURN } from '../../game/state.js';
import { quote } from '../../game/tileNotation.js';
import { AzulGame } from '../../mcts/azul.js';
import { Encoder } from '../../network/encoding.js';

export const MAX_TABLES = 1024;
/** Bytes in the record of a table before its scores. */
const HEADER = 4;
/** Stands for the word `-` of `play`, which leaves a table as it is. */
const STAY = -1;
/** Stands for the word `new` of `play`, which begins a new game. */
const NEW = -2;

/**
 * Games for programs that play many at the same time. Each table deals automatically as soon as a deal is due. Positions are
 * canonical (canonical.ts), like the network's input.
 */
export class Tables {
  /** Bytes per table in `print`. */
  readonly recordSize: number;
  private readonly states: Int32Array;
  private readonly randoms: Random[];
  private readonly game: AzulGame;
  private readonly rules: Rules;
  private readonly encoder: Encoder;
  private readonly inputs: Float32Array;
  private readonly legal: Uint16Array;

  /** Deals the first round of `count` games; equal seeds give equal deals. */
  constructor(
    readonly count: number,
    readonly players: number,
    seed: number,
  ) {
    this.game = new AzulGame(players);
    this.rules = Rules.for(players);
    this.encoder = new Encoder(players);
    this.inputs = new Float32Array(this.encoder.inputs);
    this.legal = new Uint16Array(this.rules.actions);
    this.states = new Int32Array(count * this.rules.stateSize);
    this.randoms = Array.from({ length: count }, (_, i) => new Random(seed, i));
    this.recordSize = HEADER + 6 * players + this.encoder.inputs + Math.ceil(this.rules.actions / 8);
    for (let i = 0; i < count; i++) this.begin(i);
  }

  /** Number of the network's inputs per position. */
  get inputSize(): number {
    return this.encoder.inputs;
  }

  /** Size of the action space. */
  get actions(): number {
    return this.rules.actions;
  }

  /** Plays one word per table: a move, the number of an action, `new` or `-`. An error leaves all tables unchanged. */
  play(words: readonly string[]): void {
    if (words.length !== this.count)
      throw new Error(`play takes a word for each of ${this.count} tables, not ${words.length}`);
    const plays = words.map((word, i) => this.parse(word, i));
    for (const [i, play] of plays.entries()) {
      if (play === NEW) this.begin(i);
      else if (play !== STAY) {
        this.rules.apply(this.states, this.at(i), play);
        this.settle(i);
      }
    }
  }

  /** A copy of the position at a table. */
  position(i: number): Position {
    return { rules: this.rules, state: this.states.slice(this.at(i), this.at(i + 1)) };
  }

  /** Puts a position on a table. */
  put(i: number, { rules, state }: Position): void {
    if (rules !== this.rules)
      throw new Error(`the tables are for ${this.players} players, and the position for ${rules.players}`);
    this.states.set(state, this.at(i));
    this.settle(i);
  }

  /** All tables as bytes, `recordSize` bytes each (docs/protocol.md). */
  print(): Buffer {
    const out = Buffer.alloc(this.count * this.recordSize);
    for (let i = 0; i < this.count; i++) this.write(i, out, i * this.recordSize);
    return out;
  }

  private at(i: number): number {
    return i * this.rules.stateSize;
  }

  private begin(i: number): void {
    this.states.set(this.rules.start(), this.at(i));
    this.settle(i);
  }

  /** Deals if a deal is due, and sorts the factories. */
  private settle(i: number): void {
    const at = this.at(i);
    if (this.states[at + PHASE] === DEAL_DUE) this.rules.deal(this.states, at, this.randoms[i]!);
    canonicalise(this.rules, this.states, at);
  }

  private parse(word: string, i: number): number {
    if (word === '-') return STAY;
    if (word === 'new') return NEW;
    const at = this.at(i);
    const action = /^\d+$/.test(word) ? Number(word) : parseMove(this.rules, word);
    if (this.states[at + PHASE] !== PLAYING) throw new Error(`the game at table ${i} is over; play new there`);
    if (action >= this.rules.actions || !this.rules.isLegal(this.states, at, action))
      throw new Error(`action ${quote(word)} is not legal at table ${i}`);
    return action;
  }

  private write(i: number, out: Buffer, to: number): void {
    const { states, players, rules } = this;
    const at = this.at(i);
    const over = states[at + PHASE] === OVER;
    out[to] = over ? 1 : 0;
    out[to + 1] = states[at + TURN]!;
    out[to + 2] = states[at + ROUND]!;
    out[to + 3] = over ? rules.winners(states, at) : 0;
    to += HEADER;
    for (let p = 0; p < players; p++) out.writeUInt16LE(rules.score(states, at, p), to + 2 * p);
    to += 2 * players;
    for (let p = 0; p < players; p++) out.writeFloatLE(over ? this.game.rankValue(states, at, p) : 0, to + 4 * p);
    to += 4 * players;
    if (!over) this.encoder.encode(states, at, this.inputs, 0);
    else this.inputs.fill(0);
    for (let k = 0; k < this.inputs.length; k++) out[to + k] = Math.round(100 * this.inputs[k]!);
    to += this.inputs.length;
    const count = rules.legal(states, at, this.legal);
    for (let k = 0; k < count; k++) out[to + (this.legal[k]! >> 3)]! |= 1 << (this.legal[k]! & 7);
  }
}
