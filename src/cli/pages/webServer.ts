/**
 * Serves the page and one run, read only. It serves no other files. It answers only requests for its own host names. Its
 * headers forbid the page to load anything else.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { packageRoot } from '../../paths.js';
import { UsageError } from '../../usageError.js';
import { RunEvents } from './runEvents.js';
import { answerRun } from './webRun.js';

export interface WebOptions {
  host: string;
  /** Port to serve on; 0: any free port. */
  port: number;
}

export interface WebServer {
  /** URL of the page. */
  readonly address: string;
  /** Closes the server after the last events of the run have been sent. */
  close(): Promise<void>;
}

const PAGE = new URL('dist/web/', packageRoot);

const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Content types by file extension. An answer without an extension is JSON. */
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  wasm: 'application/wasm',
};

/** Serves the page, and the run in the folder `run` if it is given. Throws a UsageError if it can't use the address. */
export async function serveWeb({ host, port }: WebOptions, run?: string): Promise<WebServer> {
  if (!existsSync(new URL('index.html', PAGE))) {
    throw new Error('the page has not been built; npm run build:web in the folder of Azul Zero builds it');
  }
  const watched = run === undefined ? undefined : { folder: run, events: new RunEvents(run) };
  const server = createServer((request, response) => {
    answer(request, response, host, watched).catch(() => {
      // The client has disconnected, or a file was removed while it was read.
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the server failed');
    });
  });
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://${isIP(host) === 6 ? `[${host}]` : host}:${bound}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await watched?.events.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new UsageError(`port ${port} of ${host} is in use; name another with --port, or 0 for any free port`);
    }
    if (code === 'EACCES') throw new UsageError(`port ${port} is not permitted; name one above 1023 with --port`);
    throw new UsageError(`cannot serve on ${host}: ${message}; name an address of this machine with --host`);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  run: { folder: string; events: RunEvents } | undefined,
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (!isOurs(request.headers.host, host)) {
    return refuse(response, 403, 'this is not served under that host name; see azul web --host');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'this can only be read');
  }
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (run && (await answerRun(run.folder, run.events, path, request, response))) return;
  await sendFile(path === '/' ? '/index.html' : path, request, response);
}

/**
 * Whether the Host header names this server. In a DNS rebinding attack, a foreign host name points to this address and the
 * header has that name. A foreign name is never an IP address, `localhost` or the name given by `--host`.
 */
export function isOurs(header: string | undefined, host: string): boolean {
  const name = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  if (!name) return false;
  const [, v6, other] = name;
  if (v6 !== undefined) return isIP(v6) === 6;
  return isIP(other!) === 4 || other!.toLowerCase() === 'localhost' || other!.toLowerCase() === host.toLowerCase();
}

/** Sends a file of the page. Its path can't leave the folder, because no name in it may begin with a dot. */
async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = /^(?:\/\w[\w.-]*)+$/.test(path) && (await open(new URL(`.${path}`, PAGE)).catch(() => undefined));
  if (!file) return refuse(response, 404, 'not found');
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return refuse(response, 404, 'not found');
    const tag = `"${stats.size.toString(36)}-${stats.mtimeMs.toString(36)}"`;
    response.setHeader('ETag', tag);
    // The names of assets contain a hash of their content.
    response.setHeader('Cache-Control', path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache');
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    const [, extension] = /\.(\w+)$/.exec(path) ?? [];
    const type = extension === undefined ? 'application/json' : (TYPES[extension] ?? 'application/octet-stream');
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': stats.size });
    if (request.method === 'HEAD' || stats.size === 0) response.end();
    else await pipeline(file.createReadStream({ autoClose: false, end: stats.size - 1 }), response);
  } finally {
    await file.close();
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${why}\n`);
}
