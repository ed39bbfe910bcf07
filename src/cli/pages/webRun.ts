/** A run over HTTP, to be read: its configuration, its history as it grows, a self-play game. */
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

/** What `api/run` tells of a run. */
export interface RunDescription {
  name: string;
  config: Config;
  /** Every field of the configuration as `section.field`, and what it means. */
  meanings: [field: string, meaning: string][];
}

/** Answers a request for something of the run in a folder; false if the path names nothing of it. */
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

/** A run that is just being made has no configuration yet. */
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
  if (game === undefined) warnOnce(`${path} is damaged; the page does without it, and the run replaces it`);
  return JSON.stringify(game ?? null);
}
