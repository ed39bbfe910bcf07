/** Connects to the server of a fleet, and explains why it can't. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { UsageError } from '../usageError.js';

/** Address of the server, and credentials. */
export interface FleetAddress {
  /** nats://host:port or tls://host:port. */
  url: string;
  /** NATS .creds file. Without it, NATS_USER and NATS_PASSWORD, or NATS_TOKEN, are used if they are set. */
  creds?: string | undefined;
}

/** A fleet that can't be used. The message says why, and what to do. */
export class FleetError extends Error {
  override name = 'FleetError';
}

/** Milliseconds between two attempts to connect. */
const RECONNECT = 1000;

/** Callback and signal of a caller that waits for a server. */
export interface Waiting {
  /** Called once, with a message that names the server. */
  onWait: (message: string) => void;
  signal: AbortSignal;
}

/**
 * Connects to the server. A lost connection is restored as soon as the server answers again. If no server answers at first, it
 * waits for one until the signal aborts, and then throws. Without `waiting` it throws a FleetError instead of waiting. Wrong
 * credentials or certificates are a FleetError immediately.
 */
export async function connectTo(address: FleetAddress, waiting?: Waiting): Promise<NatsConnection> {
  const { url } = address;
  const settings = { ...settingsOf(address), reconnectTimeWait: RECONNECT, maxReconnectAttempts: -1 };
  for (let tries = 0; ; tries++) {
    try {
      const nc = await connect(settings);
      await jetstreamManager(nc).catch(async (error: Error) => {
        await nc.close();
        throw error;
      });
      return nc;
    } catch (error) {
      if (!waiting || !isAbsent(error as Error)) throw explain(error as Error, url);
      if (tries === 0) waiting.onWait(`waiting for the server at ${url}`);
      await delay(RECONNECT, undefined, { signal: waiting.signal });
    }
  }
}

/** Options of a connection. Throws a UsageError if the address is invalid or the credentials can't be read. */
function settingsOf(address: FleetAddress) {
  const { protocol } = checkUrl(address.url);
  const { NATS_CA: caFile, NATS_USER: user } = process.env;
  return {
    servers: address.url,
    ...authentication(address),
    ...(protocol === 'tls:' && { tls: { caFile } }),
    // Answers arrive in the user's own inbox, to which other users may not subscribe.
    ...(user !== undefined && { inboxPrefix: `_INBOX.${user}` }),
  };
}

function checkUrl(url: string): URL {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    // The error follows below.
  }
  if (!parsed || !['nats:', 'tls:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new UsageError(`'${url}' is no address of a fleet; write nats://<host>:4222 or tls://<host>:4222`);
  }
  if (parsed.password !== '' || parsed.username !== '') {
    throw new UsageError(
      `the address of a fleet holds no password, which other users of the machine would see; put it into NATS_USER and NATS_PASSWORD, or name a file with --creds`,
    );
  }
  return parsed;
}

function authentication({ creds }: FleetAddress) {
  if (creds !== undefined) {
    try {
      return { authenticator: credsAuthenticator(readFileSync(creds)) };
    } catch (error) {
      throw new UsageError(`cannot read the credentials ${creds}: ${(error as Error).message}; name a .creds file`);
    }
  }
  const { NATS_USER: user, NATS_PASSWORD: pass, NATS_TOKEN: token } = process.env;
  return { ...(user !== undefined && { user, pass }), ...(token !== undefined && { token }) };
}

/** Whether an error says that no server answers. */
function isAbsent(error: Error): boolean {
  const messages = [error, error.cause].map((each) => `${(each as NodeJS.ErrnoException | undefined)?.code} ${each}`);
  return /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout/i.test(
    messages.join(),
  );
}

/** Converts an error of the client into an error with one line of advice. */
function explain(error: Error, url: string): Error {
  if (error instanceof UsageError) return error;
  const { name, message } = error;
  const cause = (error.cause as Error | undefined)?.message ?? message;
  if (name === 'AuthorizationError' || /authorization|authentication/i.test(message)) {
    return new FleetError(
      `${url} refuses these credentials; name others with --creds, or set NATS_USER and NATS_PASSWORD`,
    );
  }
  if (name === 'JetStreamNotEnabled' || /jetstream/i.test(message)) {
    return new FleetError(`the server at ${url} runs without JetStream; start nats-server with -js`);
  }
  if (/certificate|self.signed|altnames/i.test(cause)) {
    return new FleetError(`the certificate of ${url} is not trusted (${cause}); name its authority's file in NATS_CA`);
  }
  return new FleetError(`no server answers at ${url} (${cause}); start nats-server -js there, or name another address`);
}
