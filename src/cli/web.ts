/** `azul web`: serves the page, and the live dashboard of a run, until a signal comes. */
import { Run } from '../training/run/run.js';
import { untilSignal } from './interruption.js';
import { serveWeb, type WebOptions, type WebServer } from './pages/webServer.js';

export async function web(run: string | undefined, options: WebOptions): Promise<void> {
  // Fails before serving if the run can't be read.
  if (run !== undefined) Run.readConfig(run);
  const server = await openWeb(options, run);
  console.log('Press Ctrl-C to stop.');
  await untilSignal();
  await server.close();
}

/**
 * Trains a run while its dashboard is served. The dashboard of a finished run stays until a signal comes. The dashboard of a
 * stopped run ends after its open pages have been notified.
 */
export async function withDashboard(
  folder: string,
  options: WebOptions,
  work: () => Promise<'finished' | 'stopped'>,
): Promise<void> {
  const server = await openWeb(options, folder);
  try {
    if ((await work()) === 'stopped') return;
    console.log(`The run is finished. Its dashboard stays at ${server.address}#run; press Ctrl-C to stop.`);
    await untilSignal();
  } finally {
    await server.close();
  }
}

/** Starts the server and prints its address. */
export async function openWeb(options: WebOptions, run?: string): Promise<WebServer> {
  const server = await serveWeb(options, run);
  if (run === undefined) console.log(`The page is at ${server.address}`);
  else console.log(`The dashboard of ${run} is at ${server.address}#run`);
  const local = options.host === 'localhost' || options.host === '::1' || /^127\./.test(options.host);
  if (!local) console.error('every machine that can reach this one can open the page');
  return server;
}
