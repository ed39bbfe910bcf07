/** Writes the positions of games for programs that learn from them. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RecordError } from '../arena/record.js';
import { REPLAY, RUN_CONFIG } from '../runs/runs.js';
import { PRESETS } from '../training/config/presets.js';
import { ReplayBuffer } from '../training/data/replayBuffer.js';
import { bufferGames, recordGames } from '../training/dataset/sources.js';
import {
  type DatasetForm,
  type DatasetOptions,
  type DatasetSummary,
  writeDataset,
} from '../training/dataset/writeDataset.js';
import { Run } from '../training/run/run.js';
import { beforeSignal } from './interruption.js';
import { rate } from './terminal/format.js';

export interface DatasetCommand {
  out: string;
  form: DatasetForm;
}

/** Writes the games of a run, a replay buffer or a record to a folder. */
export async function dataset(source: string, { out: folder, form }: DatasetCommand): Promise<void> {
  const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined) throw new Error(`there is no ${source}; name the folder of a run, or a games.azul`);
  const config = existsSync(join(source, RUN_CONFIG)) ? Run.readConfig(source) : PRESETS.laptop!;
  const skipped = { games: 0 };
  const start = performance.now();
  const options = { folder, form, validationFraction: config.validation.fraction };
  const finish = beforeSignal(() => console.error(`stopped; ${folder} is not complete, remove it`));
  const summary = await write(source, isFolder, options, skipped);
  finish();
  const { games, positions, files } = summary;
  const seconds = (performance.now() - start) / 1000;
  if (skipped.games > 0) console.error(`skipped ${skipped.games} games that were not played to their end`);
  console.log(
    `${folder}: ${positions} positions of ${games} games in ${files.length} files (${rate(positions / seconds)} positions/s)`,
  );
}

async function write(
  source: string,
  isFolder: boolean,
  options: DatasetOptions,
  skipped: { games: number },
): Promise<DatasetSummary> {
  if (!isFolder && !source.endsWith('.db')) {
    try {
      return await writeDataset(recordGames(source, skipped), options);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      throw new Error(`${source}, ${error.message}`);
    }
  }
  const path = isFolder ? join(source, REPLAY) : source;
  if (!existsSync(path)) {
    throw new Error(`there is no replay buffer ${path}; name the folder of a run, its replay.db, or a games.azul`);
  }
  const buffer = new ReplayBuffer(path);
  try {
    return await writeDataset(bufferGames(buffer), options);
  } finally {
    buffer.close();
  }
}
