/** Workers that cheat, and a learner that plays some of their games again. */
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectTo } from '../../src/fleet/connect.js';
import { encodeGame } from '../../src/fleet/gameMessage.js';
import { FleetExecutor } from '../../src/fleet/learner.js';
import { resultSubject, VERSION, WORK } from '../../src/fleet/names.js';
import { WeightStore } from '../../src/fleet/weights.js';
import { type PlayWork, parseWork } from '../../src/fleet/workMessage.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { Network } from '../../src/network/network.js';
import type { FinishedGame } from '../../src/training/data/replayBuffer.js';
import { threadExecutor } from '../../src/training/selfplay/executor.js';
import type { SelfPlayJob } from '../../src/training/selfplay/job.js';
import { hasServer, type Server, startServer } from './server.js';

const network = new Network(2, { width: 8, blocks: 1 });
const GAMES = Array.from({ length: 40 }, (_, i) => i);

function jobOf(onGame: SelfPlayJob['onGame'], onRefused?: SelfPlayJob['onRefused']): SelfPlayJob {
  return {
    network,
    weights: network.initialWeights(1),
    device: 'cpu',
    precision: 'int8',
    search: searchSettings(4, { noise: true }),
    valueLambda: 0.9,
    parallel: 8,
    seed: 5,
    iteration: 1,
    games: GAMES,
    onGame,
    ...(onRefused && { onRefused }),
  };
}

/** How a worker cheats: it changes its job, or it changes a finished game. */
interface Cheat {
  play?: (job: SelfPlayJob) => SelfPlayJob;
  alter?: (game: FinishedGame) => FinishedGame;
}

const lastFloats = (record: Uint8Array, change: (view: DataView) => void) => {
  const copy = record.slice();
  change(new DataView(copy.buffer));
  return copy;
};

const { stateSize } = new AzulGame(2);

const CHEATS: Record<string, Cheat> = {
  'an altered policy': {
    alter: (game) => ({
      ...game,
      records: game.records.map((record) =>
        lastFloats(record, (view) => {
          const policy = 4 * (stateSize + 10);
          if (view.byteLength < policy + 8) return;
          const [a, b] = [view.getUint16(policy + 2, true), view.getUint16(policy + 6, true)];
          view.setUint16(policy + 2, b, true);
          view.setUint16(policy + 6, a, true);
        }),
      ),
    }),
  },
  'an altered result': {
    alter: (game) => ({
      ...game,
      records: game.records.map((record) =>
        lastFloats(record, (view) => view.setFloat32(4 * (stateSize + 6), 0.999, true)),
      ),
    }),
  },
  "another network's games": { play: (job) => ({ ...job, weights: network.initialWeights(2) }) },
  'a weaker search': { play: (job) => ({ ...job, search: searchSettings(2, { noise: true, considered: 2 }) }) },
  'games of other deals': { play: (job) => ({ ...job, seed: 6 }) },
};

describe.runIf(hasServer)('a worker that submits', { timeout: 120_000 }, () => {
  let server: Server;
  const threads = threadExecutor(1);
  const honest = new Map<number, FinishedGame>();
  beforeAll(async () => {
    server = await startServer();
    await threads.selfPlay(jobOf((game) => honest.set(game.number, game)));
  });
  afterAll(async () => {
    await threads.close();
    await server.stop();
  });

  /** Works as a worker does, and cheats after `fair` games. */
  async function work(name: string, cheat: Cheat, fair: number, signal: AbortSignal): Promise<void> {
    const nc = await connectTo({ url: server.url });
    const js = jetstream(nc);
    const consumer = await js.consumers.get(WORK, 'play');
    const weights = await WeightStore.open(nc);
    const azul = new AzulGame(2);
    let played = 0;
    while (!signal.aborted) {
      const message = await consumer.next({ expires: 1000 });
      if (!message) continue;
      const task = parseWork(message.data, VERSION) as PlayWork;
      const base = { ...jobOf(() => {}), ...task, network, weights: await weights.get(task.job, task.weights) };
      for (const number of task.games) {
        const cheats = played++ >= fair;
        const job = { ...base, games: [number] };
        await threads.selfPlay({
          ...(cheats ? (cheat.play?.(job) ?? job) : job),
          onGame: (game) => {
            const handed = cheats ? (cheat.alter?.(game) ?? game) : game;
            const bytes = encodeGame(azul, Buffer.from(task.key, 'hex'), handed);
            nc.publish(resultSubject('play', task.job, name), bytes);
          },
        });
      }
      message.ack();
    }
    await nc.close();
  }

  async function lead(audit: number, warnings: string[]): Promise<FleetExecutor> {
    const job = `run-${crypto.randomUUID().slice(0, 8)}`;
    const onWarning = (line: string) => warnings.push(line);
    const executor = await FleetExecutor.open({ address: { url: server.url }, job, owner: 'test', audit, onWarning });
    onTestFinished(() => executor.close());
    return executor;
  }

  test.each(Object.keys(CHEATS))('%s is found out, and its games are played again', async (kind) => {
    const over = new AbortController();
    const name = `cheat-${crypto.randomUUID().slice(0, 8)}`;
    const warnings: string[] = [];
    const taken = new Map<number, FinishedGame>();
    const executor = await lead(0.3, warnings);
    const refused = new AbortController();
    const onRefused = (worker: string) => {
      refused.abort();
      const gone = [...taken.values()].filter((game) => game.worker === worker).map(({ number }) => number);
      for (const number of gone) taken.delete(number);
      // An honest worker plays the games again.
      working.push(work(`honest-${name}`, {}, 0, over.signal));
      return gone;
    };
    const working = [work(name, CHEATS[kind]!, 6, refused.signal)];
    await executor.selfPlay(jobOf((game) => taken.set(game.number, game), onRefused));
    over.abort();
    await Promise.all(working);
    expect(warnings[0]).toMatch(new RegExp(`^worker ${name} is refused: game \\d+ (of iteration 1|is not one by)`));
    for (const number of GAMES) {
      const { worker, ...game } = taken.get(number)!;
      expect(worker).toBe(`honest-${name}`);
      expect(game).toEqual(honest.get(number));
    }
  });

  test('honest games is accepted', async () => {
    const over = new AbortController();
    const warnings: string[] = [];
    const taken: FinishedGame[] = [];
    const executor = await lead(0.3, warnings);
    const working = work('fair', {}, 0, over.signal);
    await executor.selfPlay(jobOf((game) => taken.push(game)));
    over.abort();
    await working;
    expect(warnings).toEqual([]);
    expect(taken.length).toBe(GAMES.length);
  });
});
