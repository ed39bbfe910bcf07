/** The columns of a dataset, and how they encode positions of games. */
import type { AzulGame } from '../../mcts/azul.js';
import { DECISION } from '../../mcts/game.js';
import { ENCODING, Encoder } from '../../network/encoding.js';
import type { RecordView } from '../data/positionRecord.js';

/** Number type of a column, little-endian. */
export type ColumnType = 'uint8' | 'uint16' | 'int32' | 'float32';

/** Description of a column. */
export interface Column {
  name: string;
  type: ColumnType;
  /** Numbers per row. */
  size: number;
  meaning: string;
  range: string;
}

/** A position with its game, iteration and place in the game. Its factories are sorted (canonical.ts). */
export interface DatasetPosition extends RecordView {
  game: number;
  iteration: number;
  place: number;
}

const BYTES: Record<ColumnType, number> = { uint8: 1, uint16: 2, int32: 4, float32: 4 };

/** Version of the columns. */
export const DATASET_FORMAT = 1;

/**
 * Returns the columns for a game. A list by player begins with the player to move. The others follow in the order of
 * play.
 */
export function datasetColumns({ players, actions }: AzulGame, inputs: number): Column[] {
  return [
    column('game', 'int32', 1, 'number of the game; no game is in two files', 'from 0'),
    column('iteration', 'int32', 1, 'iteration whose network played the game', 'from 1; 0 for a record'),
    column('place', 'int32', 1, 'place of the position among those of its game', 'from 0'),
    column('player', 'int32', 1, 'player to move; before a deal, the one who will begin', `0 to ${players - 1}`),
    column('inputs', 'uint8', inputs, `inputs of the network (${ENCODING}) in hundredths`, '0 to 127'),
    column('legal', 'uint8', Math.ceil(actions / 8), 'legal actions: action a is bit a mod 8 of byte a / 8', 'bits'),
    column(
      'policy',
      'uint16',
      actions,
      'target policy in 65535ths; of a record, the move; none before a deal',
      '0 to 65535',
    ),
    column(
      'value',
      'float32',
      players,
      'result of the game by player: 1 for the first place, -1 for the last',
      '-1 to 1',
    ),
    column('margin', 'float32', players, 'tanh(points ahead of the best other / 20) at the end, by player', '-1 to 1'),
    column(
      'search_value',
      'float32',
      players,
      'value that the searches from there on expected',
      '-1 to 1; NaN for a record',
    ),
    column('search_margin', 'float32', players, 'margin that they expected', '-1 to 1; NaN for a record'),
    column('walls', 'int32', players, 'walls at the end, by player: bit 5r + c for row r, column c', '0 to 33554431'),
  ];
}

function column(name: string, type: ColumnType, size: number, meaning: string, range: string): Column {
  return { name, type, size, meaning, range };
}

/** Returns the bytes that one row of a column takes. */
export function rowBytes({ type, size }: Column): number {
  return BYTES[type] * size;
}

/** Rows of all columns. The memory has a fixed size. */
export class ColumnBuffer {
  /** Number of rows so far. */
  rows = 0;
  readonly columns: readonly Column[];
  private readonly data: readonly Uint8Array[];
  private readonly encoder: Encoder;
  private readonly inputs: Float32Array;
  private readonly legal: Uint16Array;
  private readonly views: Record<string, Int32Array | Float32Array | Uint16Array | Uint8Array> = {};

  constructor(
    private readonly game: AzulGame,
    readonly capacity: number,
  ) {
    this.encoder = new Encoder(game.players);
    this.inputs = new Float32Array(this.encoder.inputs);
    this.legal = new Uint16Array(game.actions);
    this.columns = datasetColumns(game, this.encoder.inputs);
    this.data = this.columns.map((column) => new Uint8Array(capacity * rowBytes(column)));
    const arrays = { uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array, float32: Float32Array };
    for (const [i, { name, type }] of this.columns.entries()) {
      this.views[name] = new arrays[type](this.data[i]!.buffer as ArrayBuffer);
    }
  }

  clear(): void {
    this.rows = 0;
  }

  /** Returns the bytes of all rows of a column, given its index in `columns`. */
  bytesOf(i: number): Uint8Array {
    return this.data[i]!.subarray(0, this.rows * rowBytes(this.columns[i]!));
  }

  add(position: DatasetPosition): void {
    const { game, views } = this;
    const { players, actions } = game;
    const { state, policy, values } = position;
    const row = this.rows++;
    const mover = game.mover(state, 0);
    views.game![row] = position.game;
    views.iteration![row] = position.iteration;
    views.place![row] = position.place;
    views.player![row] = mover;

    this.encoder.encode(state, 0, this.inputs, 0);
    const inputs = views.inputs!;
    for (let i = 0, to = row * this.inputs.length; i < this.inputs.length; i++) {
      inputs[to++] = 100 * this.inputs[i]! + 0.5;
    }

    const bytes = Math.ceil(actions / 8);
    views.legal!.fill(0, row * bytes, (row + 1) * bytes);
    const n = game.kind(state, 0) === DECISION ? game.legal(state, 0, this.legal) : 0;
    for (let i = 0; i < n; i++) views.legal![row * bytes + (this.legal[i]! >> 3)]! |= 1 << (this.legal[i]! & 7);

    views.policy!.fill(0, row * actions, (row + 1) * actions);
    for (let i = 0; i < policy.length; i += 2) views.policy![row * actions + policy[i]!] = policy[i + 1]!;
    for (let i = 0; i < players; i++) {
      const seat = (mover + i) % players;
      const to = row * players + i;
      views.value![to] = values[seat]!;
      views.margin![to] = values[players + seat]!;
      views.search_value![to] = values[2 * players + seat]!;
      views.search_margin![to] = values[3 * players + seat]!;
      views.walls![to] = position.walls[seat]!;
    }
  }
}
