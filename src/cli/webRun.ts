/** A run over HTTP, to be read: its configuration, its history as it grows, a self-play game. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join, resolve } from 'node:path';
import pc from 'picocolors';
import { type Config, describeConfig } from '../training/config.js';
import { readLatestGame } from '../training/latestGame.js';
import { MetricsLog } from '../training/metrics.js';
import { MetricsTail, type MetricsUpdate } from '../training/metricsTail.js';
import { Run } from '../training/run.js';
import { LATEST_GAME, METRICS, RUN_CONFIG } from '../training/runs.js';

/** What `api/run` tells of a run. */
export interface RunDescription {
  name: string;
  config: Config;
  /** Every field of the configuration as `section.field`, and what it means. */
  meanings: [field: string, meaning: string][];
}

/** What an event of `api/run/events` holds. */
export type RunEvent = MetricsUpdate;

/** Milliseconds between two looks at the history; a look that finds it as it was asks the system for its size alone. */
const INTERVAL = 2000;

/** Answers a request for something of the run in a folder; false if the path names nothing of it. */
export async function answerRun(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (path) {
    case '/api/run':
      sendJson(response, describe(folder));
      return true;
    case '/api/run/game':
      sendJson(response, latestGame(join(folder, LATEST_GAME)));
      return true;
    case '/api/run/events':
      sendEvents(folder, request, response);
      return true;
    default:
      return false;
  }
}

function sendJson(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(json);
}

/** What has been printed of damaged files: once is enough, however many pages look. */
const printed = new Set<string>();

function warn(message: string): void {
  if (!printed.has(message)) console.error(pc.yellow(message));
  printed.add(message);
}

/** A run that is just being made has no configuration yet. */
function describe(folder: string): string {
  if (!existsSync(join(folder, RUN_CONFIG))) return 'null';
  try {
    const config = Run.readConfig(folder);
    const description: RunDescription = { name: basename(resolve(folder)), config, meanings: describeConfig() };
    return JSON.stringify(description);
  } catch (error) {
    warn((error as Error).message);
    throw error;
  }
}

function latestGame(path: string): string {
  const game = readLatestGame(path);
  if (game === undefined) warn(`${path} is damaged; the page does without it, and the run replaces it`);
  return JSON.stringify(game ?? null);
}

/**
 * Server-sent events: the history that the reader does not know yet, then what is added to it, until the reader goes. The
 * id of each is a cursor, with which a reader that was cut off, or came back later, goes on where it was.
 */
function sendEvents(folder: string, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write('retry: 1000\n\n');
  const asked = new URLSearchParams(request.url!.split('?')[1]).get('after') ?? undefined;
  const cursor = request.headers['last-event-id'] ?? asked;
  const path = join(folder, METRICS);
  const tail = new MetricsTail(path, typeof cursor === 'string' ? cursor : undefined);
  const look = () => {
    try {
      const update: RunEvent | undefined = tail.read();
      if (tail.damaged) new MetricsLog(path).read(warn);
      tail.damaged = false;
      if (update) response.write(`id: ${tail.cursor}\ndata: ${JSON.stringify(update)}\n\n`);
    } catch {
      // Where the history can't be read, the reader asks again.
      response.destroy();
    }
  };
  const timer = setInterval(look, INTERVAL).unref();
  response.on('close', () => clearInterval(timer));
  look();
}
