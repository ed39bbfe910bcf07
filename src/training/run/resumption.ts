/**
 * Checks that the folder of a run is as the run left it, so that the run continues as if it had never been interrupted.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../quoting.js';
import { CheckpointError, CheckpointFolder } from '../../runs/checkpointFolder.js';
import { CHECKPOINTS, REPLAY } from '../../runs/runs.js';
import type { Config } from '../config/schema.js';
import { ReplayBuffer } from '../data/replayBuffer.js';
import type { Checkpoint } from './checkpoints.js';
import type { Learner } from './components.js';
import type { Run } from './run.js';

/**
 * Throws a CheckpointError that says what is missing or different, and what to do. `checkpoint` is undefined if the run
 * has none.
 */
export function checkResumable(run: Run, checkpoint: Checkpoint | undefined, { network, step }: Learner): void {
  const { folder, config, replay, metrics } = run;
  if (!checkpoint) {
    refuseIf(
      replay.dropped > 0,
      `${folder} has no checkpoints any more, and its first games are gone; restore its folder checkpoints, or start another run`,
    );
    refuseIf(
      !replay.isCountedBy(config.selfPlay.gamesPerIteration),
      `selfPlay.gamesPerIteration had another value when ${folder} began and can't change; set the old value in its config.json, or start another run`,
    );
    return;
  }
  refuseIf(
    !checkpoint.network.equals(network),
    `the checkpoints of ${folder} were made with another network or number of players than its config.json says; restore that file, or start another run`,
  );
  const { name } = step.optimizer;
  refuseIf(
    checkpoint.optimizer.name !== name,
    `the checkpoints of ${folder} were made with the optimizer ${checkpoint.optimizer.name}, not ${name} as its config.json says; restore that file, or start another run`,
  );
  const now = fixedSettings(config);
  for (const [field, value] of Object.entries(fixedSettings(checkpoint.config))) {
    refuseIf(
      now[field as keyof typeof now] !== value,
      `${field} was ${value} in ${folder} and can't change; set the old value in its config.json, or start another run`,
    );
  }
  const { iteration, statistics } = checkpoint;
  if (!statistics) return;
  const total = replay.totals(iteration);
  refuseIf(
    total.games !== statistics.totalGames || total.positions !== statistics.totalPositions,
    `${replay.path} does not hold the games of the checkpoint; restore that file, or start another run`,
  );
  refuseIf(
    !metrics.read().some((line) => line.iteration === iteration),
    `${metrics.path} does not hold iteration ${iteration}, as the checkpoint does; restore that file, or start another run with --from ${shellWord(`latest:${folder}`)}`,
  );
}

/** Returns what has changed in a run's configuration since a checkpoint was made, a line for each field. */
export function changesSince({ iteration, config: before }: Checkpoint, config: Config): string[] {
  return changedFields(before, config).map(
    ({ field, was, is }) =>
      `${field} was ${was} up to iteration ${iteration}; from now on it is ${is}, as config.json says`,
  );
}

/** Returns the fields whose values differ between two configurations of the same form. The values are JSON. */
export function changedFields(before: object, now: object): { field: string; was: string; is: string }[] {
  const values = new Map(fieldsOf(before));
  return fieldsOf(now).flatMap(([field, is]) => {
    const was = values.get(field);
    return was === undefined || was === is ? [] : [{ field, was, is }];
  });
}

/** Returns every field as `section.field`, with its value as JSON. */
function fieldsOf(section: object, prefix = ''): [field: string, value: string][] {
  return Object.entries(section).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? fieldsOf(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, JSON.stringify(value)]],
  );
}

/** Whether a run has a checkpoint or a game yet. */
export function isBegun(folder: string): boolean {
  if (new CheckpointFolder(join(folder, CHECKPOINTS)).iterations().length > 0) return true;
  const path = join(folder, REPLAY);
  try {
    const replay = new ReplayBuffer(path);
    try {
      return !replay.isEmpty;
    } finally {
      replay.close();
    }
  } catch {
    // The buffer is in use or damaged. Resuming the run reports that.
    return existsSync(path);
  }
}

/** Settings that can't change: they number the games, and they choose the games that are held out. */
function fixedSettings({ selfPlay, validation }: Config) {
  return {
    'selfPlay.gamesPerIteration': selfPlay.gamesPerIteration,
    'validation.fraction': validation.fraction,
  };
}

function refuseIf(condition: boolean, message: string): void {
  if (condition) throw new CheckpointError(message);
}
