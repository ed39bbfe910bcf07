import { join } from 'node:path';
import { CheckpointManager, newestRun, Run } from '../src/index.js';

export interface TrainedModel {
  kind: 'best' | 'latest';
  /** Folder of its run. */
  target: string;
  /** Seats at the table. */
  players: number;
}

/** The model of the newest run that has one: its best model if an evaluation has marked one, otherwise its latest. */
export function trainedModel(): TrainedModel | undefined {
  const checkpointsOf = (run: string) => new CheckpointManager(join(run, 'checkpoints'), 1);
  const target = newestRun((run) => checkpointsOf(run).iterations().length > 0);
  if (target === undefined) return undefined;
  try {
    return { kind: checkpointsOf(target).best() ? 'best' : 'latest', target, players: Run.readConfig(target).players };
  } catch {
    // The run is damaged. The command that gets its name reports how.
    return { kind: 'latest', target, players: 2 };
  }
}
