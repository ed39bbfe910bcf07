/** A run over HTTP, read only: its configuration, its growing history, and a self-play game. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join, resolve } from 'node:path';
import { LATEST_GAME, RUN_CONFIG } from '../../runs/runs.js';
import { describeConfig } from '../../training/config/description.js';
import type { Config } from '../../training/config/schema.js';
import { readLatestGame } from '../../training/run/latestGame.js';
import { Run } from '../../training/run/run.js';
import { warnOnce } from '../terminal/colours.js';
import type { RunEvents } from './runEvents.js';

/** Answer of `api/run`. */
export interface RunDescription {
  name: string;
  config: Config;
  /** Every setting as `section.field`, with its meaning. */
  meanings: [field: string, meaning: string][];
}

/** Answers a request about the run in a folder; false if the path is not about the run. */
export async function answerRun(
  folder: string,
  events: RunEvents,
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
      events.answer(request, response);
      return true;
    default:
      return false;
  }
}

function sendJson(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(json);
}

/** The answer of `api/run`; null while the run has no configuration yet. */
function describe(folder: string): string {
  if (!existsSync(join(folder, RUN_CONFIG))) return 'null';
  try {
    const config = Run.readConfig(folder);
    const description: RunDescription = { name: basename(resolve(folder)), config, meanings: describeConfig() };
    return JSON.stringify(description);
  } catch (error) {
    warnOnce((error as Error).message);
    throw error;
  }
}

function latestGame(path: string): string {
  const game = readLatestGame(path);
  if (game === undefined) warnOnce(`${path} is damaged; the page shows no game until the run replaces it`);
  return JSON.stringify(game ?? null);
}
