/** A real server for the tests of fleets. The tests are skipped without nats-server. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether nats-server is installed. */
export const hasServer = spawnSync('nats-server', ['--version']).status === 0;
if (!hasServer) console.log('nats-server is not installed: the tests of fleets are skipped');

export interface Server {
  url: string;
  /** Kills the server, and starts it again on the same port with its stored data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startServer(flags: readonly string[] = ['-js']): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'azul-nats-'));
  // A configuration names its own folder.
  const store = flags.includes('-c') ? [] : ['-sd', folder];
  const begin = async (port: number) => {
    const child = spawn('nats-server', [...flags, ...store, '-a', '127.0.0.1', '-p', String(port)]);
    let log = '';
    const listening = new Promise<number>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        const found = /client connections on 127\.0\.0\.1:(\d+)/.exec(log);
        if (found && log.includes('Server is ready')) resolve(Number(found[1]));
      });
      child.on('close', () => reject(new Error(log)));
    });
    listening.catch(() => {});
    return { child, port: await listening };
  };
  const end = async ({ child }: Awaited<ReturnType<typeof begin>>) => {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  };
  let server = await begin(-1);
  const { port } = server;
  return {
    url: `nats://127.0.0.1:${port}`,
    async restart() {
      await end(server);
      server = await begin(port);
    },
    async stop() {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
