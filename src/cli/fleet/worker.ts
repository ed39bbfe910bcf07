/** A worker of a fleet, and what it shows: a bar on a terminal, and a line a minute. */
import { hostname } from 'node:os';
import type { SingleBar } from 'cli-progress';
import { freshName, NAME } from '../../fleet/names.js';
import { FleetWorkerProcess } from '../../fleet/worker.js';
import { UsageError } from '../../usageError.js';
import { interruptible } from '../interruption.js';
import { rate } from '../terminal/format.js';
import { progressBar } from '../terminal/progress.js';

export interface WorkerCommand {
  threads: number;
  name?: string;
  creds?: string;
}

const MINUTE = 60_000;

/** Plays for a fleet until a signal comes. */
export async function worker(
  url: string,
  { threads, name = process.env.NATS_USER ?? freshName(hostname()), creds }: WorkerCommand,
): Promise<void> {
  if (!NAME.test(name)) {
    throw new UsageError(`a worker can't be named '${name}'; use up to 64 letters, digits, - and _`);
  }
  let process_: FleetWorkerProcess | undefined;
  let bar: SingleBar | undefined;
  const onChange = () => {
    const batches = [...process_!.batches];
    if (batches.length === 0) {
      bar?.stop();
      bar = undefined;
      return;
    }
    const sum = (of: 'done' | 'total') => batches.reduce((n, batch) => n + batch[of], 0);
    bar ??= progressBar(name, sum('total'));
    bar?.setTotal(sum('total'));
    bar?.update(sum('done'), { note: status(process_!) });
  };
  await interruptible(async (signal) => {
    const lines = setInterval(() => {
      if (process_) console.log(`${name}: ${status(process_)}`);
    }, MINUTE);
    try {
      const options = { address: { url, creds }, name, threads, onWait: console.log, onChange };
      await FleetWorkerProcess.run(options, signal, (started) => {
        process_ = started;
        console.log(`${name}: ${threads} thread${threads === 1 ? '' : 's'} for ${url}`);
      });
    } finally {
      clearInterval(lines);
      bar?.stop();
    }
    if (process_) console.log(`${name}: stopped after ${process_.games} games; unfinished work is handed back`);
  });
  // To be stopped is how a worker ends.
  process.exitCode = 0;
}

/** Games, rate and what is played, in a line. */
function status({ games, rate: gamesPerSecond, batches }: FleetWorkerProcess): string {
  const [batch] = batches;
  const what = !batch
    ? 'waiting for work'
    : batch.work.kind === 'play'
      ? `playing ${batch.work.job}, iteration ${batch.work.iteration}`
      : `playing a match of ${batch.work.job}`;
  return `${games} games, ${rate(gamesPerSecond)} games/s, ${what}`;
}
