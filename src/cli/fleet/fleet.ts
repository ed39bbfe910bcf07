/** Who is in a fleet. */
import { type FleetStatus, fleetStatus } from '../../fleet/status.js';
import { rate } from '../terminal/format.js';
import { formatTable } from '../terminal/table.js';

/** Prints the workers and jobs of a fleet. */
export async function fleet(url: string, { creds, json }: { creds?: string; json: boolean }): Promise<void> {
  const status = await fleetStatus({ url, creds });
  if (json) console.log(JSON.stringify(status, undefined, 1));
  else console.log(describe(status));
}

function describe({ workers, jobs, queued, playing }: FleetStatus): string {
  const now = Date.now();
  const iterations = new Map(jobs.map(({ job, iteration }) => [job, iteration]));
  const behind = (job?: string, iteration?: number) => {
    const current = job === undefined ? undefined : iterations.get(job);
    return current === undefined || iteration === undefined ? '' : String(current - iteration);
  };
  const rows = workers.map(({ name, threads, version, games, gamesPerSecond, job, iteration, seen }) => [
    name,
    String(threads),
    version,
    String(games),
    rate(gamesPerSecond),
    job === undefined ? 'waiting' : iteration === undefined ? job : `${job}, iteration ${iteration}`,
    behind(job, iteration),
    `${Math.round((now - seen) / 1000)} s`,
  ]);
  const head = ['worker', 'threads', 'version', 'games', 'games/s', 'plays', 'iterations behind', 'last seen'];
  const right = ['left', 'right', 'left', 'right', 'right', 'left', 'right', 'right'] as ('left' | 'right')[];
  const total = workers.reduce((sum, { gamesPerSecond }) => sum + gamesPerSecond, 0);
  const threads = workers.reduce((sum, worker) => sum + worker.threads, 0);
  return [
    ...(workers.length > 0 ? [formatTable(head, rows, right, true)] : []),
    `${workers.length} workers, ${threads} threads, ${rate(total)} games/s; ${queued} batches queued, ${playing} in play`,
    ...jobs.map(
      ({ job, owner, version, iteration, missing }) =>
        `${job}: led by ${owner}, version ${version}` +
        (iteration === undefined ? '' : `, iteration ${iteration}`) +
        (missing === undefined ? '' : `, ${missing} games missing`),
    ),
  ].join('\n');
}
