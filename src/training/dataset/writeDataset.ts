/** Writes positions of games to files of bounded size. All positions of a game are in the same file. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../files.js';
import { AzulGame } from '../../mcts/azul.js';
import { ENCODING } from '../../network/encoding.js';
import { isHeldOut } from '../data/replayWindow.js';
import { ColumnBuffer, DATASET_FORMAT } from './columns.js';
import { encodeNpz } from './npz.js';
import { encodeParquet } from './parquet.js';
import type { DatasetGame } from './sources.js';

/** File formats of a dataset. */
export const DATASET_FORMS = ['parquet', 'npz'] as const;
export type DatasetForm = (typeof DATASET_FORMS)[number];

/** Max number of positions per file. A buffer for them takes about 30 MB. */
const ROWS = 20_000;
const SPLITS = ['train', 'validation'] as const;

/** A dataset that can't be written. The message says why. */
export class DatasetError extends Error {
  override name = 'DatasetError';
}

export interface DatasetOptions {
  folder: string;
  form: DatasetForm;
  /**
   * Fraction of games that go to the files named validation. Training with the same fraction holds out the same games.
   */
  validationFraction: number;
}

/** Numbers of games and positions written, in total and in each file. */
export interface DatasetSummary {
  games: number;
  positions: number;
  files: { name: string; games: number; positions: number }[];
}

/**
 * Writes the games to a new or empty folder. The last file is `dataset.json`, which lists the other files and explains
 * the columns. Throws a DatasetError if the games can't be written.
 */
export async function writeDataset(
  games: Iterable<DatasetGame> | AsyncIterable<DatasetGame>,
  { folder, form, validationFraction }: DatasetOptions,
): Promise<DatasetSummary> {
  makeEmpty(folder);
  const summary: DatasetSummary = { games: 0, positions: 0, files: [] };
  let splits: Record<(typeof SPLITS)[number], Split> | undefined;
  let players = 0;
  for await (const game of games) {
    players ||= game.players;
    if (game.players !== players) {
      throw new DatasetError(
        `game ${game.number + 1} has ${game.players} players, the ones before ${players}; split the file`,
      );
    }
    splits ??= { train: new Split('train', players), validation: new Split('validation', players) };
    const split = splits[isHeldOut(game.number, validationFraction) ? 'validation' : 'train'];
    if (split.buffer.rows + game.positions.length > ROWS) split.write(folder, form, summary);
    split.add(game);
    summary.games++;
    summary.positions += game.positions.length;
  }
  if (!splits) throw new DatasetError('there is no finished game to write');
  for (const name of SPLITS) splits[name].write(folder, form, summary);
  writeWhole(
    join(folder, 'dataset.json'),
    `${JSON.stringify({ ...about(splits.train.buffer, players), ...summary }, undefined, 1)}\n`,
  );
  return summary;
}

function makeEmpty(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length === 0) return;
  } catch (error) {
    throw new DatasetError(`cannot write to ${folder}: ${(error as Error).message}; name another folder with --out`);
  }
  throw new DatasetError(`${folder} is not empty; name another folder with --out`);
}

/** Returns the description of the columns that each file contains. */
function about({ columns }: ColumnBuffer, players: number): object {
  return { format: DATASET_FORMAT, encoding: ENCODING, players, columns };
}

/** The files of the training games, or those of the validation games. */
class Split {
  readonly buffer: ColumnBuffer;
  private games = 0;
  private files = 0;

  constructor(
    private readonly name: string,
    private readonly players: number,
  ) {
    this.buffer = new ColumnBuffer(new AzulGame(players), ROWS);
  }

  add({ positions }: DatasetGame): void {
    for (const position of positions) this.buffer.add(position);
    this.games++;
  }

  /** Writes the collected positions to the next file, if there are any. */
  write(folder: string, form: DatasetForm, summary: DatasetSummary): void {
    const { buffer, games } = this;
    if (buffer.rows === 0) return;
    const name = `${this.name}-${String(this.files++).padStart(5, '0')}.${form}`;
    const text = JSON.stringify(about(buffer, this.players));
    writeWhole(join(folder, name), form === 'npz' ? encodeNpz(buffer, text) : encodeParquet(buffer, text));
    summary.files.push({ name, games, positions: buffer.rows });
    buffer.clear();
    this.games = 0;
  }
}
