/** A run over HTTP, to be read: its configuration, its history as it grows, a self-play game. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join, resolve } from 'node:path';
import { type Config, describeConfig } from '../training/config.js';
import { LATEST_GAME, RUN_CONFIG } from '../training/runs.js';
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
      sendJson(response, await describe(folder));
      return true;
    case '/api/run/game':
      sendJson(response, await readFile(join(folder, LATEST_GAME), 'utf8').catch(() => 'null'));
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
async function describe(folder: string): Promise<string> {
  const config = await readFile(join(folder, RUN_CONFIG), 'utf8').catch(() => undefined);
  if (config === undefined) return 'null';
  const description: RunDescription = {
    name: basename(resolve(folder)),
    config: JSON.parse(config) as Config,
    meanings: describeConfig(),
  };
  return JSON.stringify(description);
}
