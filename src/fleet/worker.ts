/** A worker of a fleet. It takes work, plays on its own threads, and hands in games. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Consumer, type JsMsg, jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { GameRecord } from '../arena/match.js';
import { AzulGame } from '../mcts/azul.js';
import { Network } from '../network/network.js';
import { playRangesOn } from '../players/matches.js';
import type { PlayerDescription } from '../players/players.js';
import { createWorkers, type Workers, whenAborted } from '../players/workers.js';
import { selfPlay } from '../training/selfplay/actors.js';
import { connectTo, type FleetAddress, FleetError } from './connect.js';
import { encodeGame } from './gameMessage.js';
import { encodeMatchGame, matchNumber } from './matchMessage.js';
import { KINDS, type Kind, REFUSED, resultSubject, troubleSubject, VERSION, WORK, WORKERS } from './names.js';
import { persist } from './persist.js';
import type { Presence } from './presence.js';
import { BEAT } from './setUp.js';
import { WeightStore, WeightsError } from './weights.js';
import { type MatchWork, type PlayWork, parseWork, playerOf, type Work } from './workMessage.js';

export interface WorkerOptions {
  address: FleetAddress;
  name: string;
  /** Number of threads that play. Each plays its own batch. */
  threads: number;
  /** Called with a line that says what the worker waits for. */
  onWait?: (message: string) => void;
  /** Called after each game, and when a batch begins or ends. */
  onChange?: () => void;
}

/** Milliseconds for which the server keeps a request for work. */
const PATIENCE = 10_000;
/** Milliseconds between two extensions of the deadline of current work (setUp.ts). */
const EXTEND = 5000;
/** Milliseconds before work that failed is offered again, and before a failed request is repeated. */
const AGAIN = 2000;
/** Max milliseconds for handing in finished games after the worker is stopped. */
const LAST_GAMES = 3000;
/** Max number of networks whose weights are kept. */
const CACHED = 4;
/** Milliseconds over which the rate is measured. */
const MINUTE = 60_000;

/** A worker: its current batches, and the number and rate of its games. */
export class FleetWorkerProcess {
  /** Number of games finished and handed in. */
  games = 0;
  /** The current batches, with their total number of games and the number of finished ones. */
  readonly batches = new Set<{ work: Work; done: number; total: number }>();
  private readonly times: number[] = [];
  private readonly cache = new Map<string, Promise<Float32Array>>();
  private readonly stopping = new AbortController();
  private failure: Error | undefined;
  private weights!: WeightStore;

  private constructor(
    private readonly nc: NatsConnection,
    private readonly options: WorkerOptions,
    private readonly workers: Workers,
  ) {}

  /** Plays until the signal aborts, then returns unfinished batches. Throws if the worker is refused or can't continue. */
  static async run(
    options: WorkerOptions,
    signal: AbortSignal,
    onStart?: (worker: FleetWorkerProcess) => void,
  ): Promise<void> {
    const { address, threads, onWait } = options;
    const nc = await orAborted(connectTo(address, { onWait: (message) => onWait?.(message), signal }), signal);
    if (!nc) return;
    const worker = new FleetWorkerProcess(nc, options, createWorkers(threads));
    const ignoreAbort = whenAborted(signal, () => worker.stopping.abort());
    try {
      onStart?.(worker);
      await worker.work();
    } finally {
      ignoreAbort();
      await worker.workers.destroy();
      await nc.drain().catch(() => {});
    }
  }

  /** Games per second over the last minute, or since the first game if that is less. */
  get rate(): number {
    const now = performance.now();
    while (this.times.length > 0 && this.times[0]! < now - MINUTE) this.times.shift();
    const [first] = this.times;
    return first === undefined ? 0 : (1000 * this.times.length) / Math.max(1000, Math.min(MINUTE, now - first));
  }

  private async work(): Promise<void> {
    const consumers = await this.findWork();
    if (!consumers) return;
    const done = this.nc.subscribe('azul.done.*');
    const abortions = new Map<string, Set<AbortController>>();
    void (async () => {
      for await (const message of done) for (const abortion of abortions.get(message.string()) ?? []) abortion.abort();
    })();
    const beating = setInterval(() => void this.beat().catch(() => {}), BEAT);
    try {
      await this.beat();
      await Promise.all(
        Array.from({ length: this.options.threads }, () =>
          this.workOn(consumers, abortions).catch((e) => this.fail(e)),
        ),
      );
    } finally {
      clearInterval(beating);
      const keys = await new Kvm(this.nc).open(WORKERS);
      await keys.delete(this.options.name).catch(() => {});
    }
    if (this.failure) throw this.failure;
  }

  /** Waits until a learner has created the consumers of work, and returns them; undefined if the worker is stopped. */
  private async findWork(): Promise<Map<Kind, Consumer> | undefined> {
    const js = jetstream(this.nc);
    for (let tries = 0; !this.stopping.signal.aborted; tries++) {
      try {
        this.weights = await WeightStore.open(this.nc);
        const found = KINDS.map(async (kind) => [kind, await js.consumers.get(WORK, kind)] as const);
        return new Map(await Promise.all(found));
      } catch (error) {
        if ((error as Error).name === 'PermissionViolationError') throw error;
        if (tries === 0) this.options.onWait?.('waiting for a learner');
        await delay(AGAIN, undefined, { signal: this.stopping.signal }).catch(() => {});
      }
    }
    return undefined;
  }

  /** Takes and does work, one batch at a time. */
  private async workOn(consumers: Map<Kind, Consumer>, abortions: Map<string, Set<AbortController>>): Promise<void> {
    const { signal } = this.stopping;
    const pulls = new Map<Kind, Promise<JsMsg | null>>();
    /** Requests work of a kind. */
    const pull = (kind: Kind) => {
      const next = consumers
        .get(kind)!
        .next({ expires: PATIENCE })
        .catch(async () => {
          await delay(AGAIN, undefined, { signal }).catch(() => {});
          return null;
        });
      pulls.set(kind, next);
      // Work that arrives while this thread plays is returned for another one.
      void next.then((message) => {
        if (pulls.get(kind) !== next) return;
        pulls.delete(kind);
        if (message && (busy || signal.aborted)) message.nak();
      });
      return next;
    };
    let busy = false;
    while (!signal.aborted) {
      const waiting = KINDS.map((kind) => pulls.get(kind) ?? pull(kind));
      const message = await orAborted(Promise.race(waiting), signal);
      if (!message) continue;
      busy = true;
      await this.perform(message, abortions);
      busy = false;
    }
  }

  /** Does the work of a message. If it fails or the worker is stopped, the server offers the work again. */
  private async perform(message: JsMsg, abortions: Map<string, Set<AbortController>>): Promise<void> {
    const { signal } = this.stopping;
    let work: Work;
    try {
      work = parseWork(message.data, VERSION);
    } catch (error) {
      message.nak(AGAIN);
      throw error;
    }
    const abortion = new AbortController();
    const ignoreAbort = whenAborted(signal, () => abortion.abort());
    const extending = setInterval(() => message.working(), EXTEND);
    const others = abortions.get(work.key) ?? new Set();
    abortions.set(work.key, others.add(abortion));
    try {
      if (work.kind === 'play') await this.play(work, abortion.signal);
      else await this.playMatch(work, abortion.signal);
      if (signal.aborted) message.nak();
      else message.ack();
    } catch (error) {
      message.nak(AGAIN);
      if (!(error instanceof WeightsError)) throw error;
      this.cache.clear();
      this.nc.publish(troubleSubject(work.job, this.options.name), error.hash);
      await delay(AGAIN, undefined, { signal }).catch(() => {});
    } finally {
      clearInterval(extending);
      ignoreAbort();
      others.delete(abortion);
      if (others.size === 0) abortions.delete(work.key);
    }
  }

  private async play(work: PlayWork, signal: AbortSignal): Promise<void> {
    const weights = await this.fetch(work.job, work.weights);
    const network = new Network(work.players, work.shape);
    const azul = new AzulGame(work.players);
    const key = Buffer.from(work.key, 'hex');
    await this.handingIn(work, work.games.length, async (handIn) => {
      const onGame = (game: Parameters<typeof encodeGame>[2]) => handIn(game.number, encodeGame(azul, key, game));
      await selfPlay({ ...this.workers, threads: 1 }, { ...work, network, weights, signal, onGame });
    });
  }

  private async playMatch(work: MatchWork, signal: AbortSignal): Promise<void> {
    const { seats, seed, range } = work;
    const skip = new Set(work.skip);
    const contestants: PlayerDescription[] = [];
    for (const named of work.contestants) {
      contestants.push(await playerOf(named, (hash) => this.fetch(work.job, hash)));
    }
    await this.handingIn(work, (range[1] - range[0]) * seats - skip.size, async (handIn) => {
      const onGame = (game: GameRecord) => handIn(matchNumber(game, seats), encodeMatchGame(work.key, game));
      const [from, to] = range;
      const job = { seats, seed, contestants, skip, from, pairs: to - from, signal, onGame };
      await playRangesOn({ ...this.workers, threads: 1 }, job, [range]);
    });
  }

  /** Plays, and hands in each game as it ends. Resolves once the server has all games. */
  private async handingIn(
    work: Work,
    total: number,
    play: (handIn: (game: number, bytes: Uint8Array) => void) => Promise<void>,
  ): Promise<void> {
    const { options, stopping } = this;
    const subject = resultSubject(work.kind, work.job, options.name);
    const batch = { work, done: 0, total };
    const sent: Promise<unknown>[] = [];
    const late = new AbortController();
    const ignoreAbort = whenAborted(stopping.signal, () => setTimeout(() => late.abort(), LAST_GAMES).unref());
    this.batches.add(batch);
    options.onChange?.();
    try {
      await play((game, bytes) => {
        const msgID = `${work.job}.${work.key}.${game}.${options.name}`;
        const publish = () => jetstream(this.nc).publish(subject, bytes, { msgID });
        const handed = persist(publish, late.signal);
        handed.catch(() => {});
        sent.push(handed);
        batch.done++;
        this.games++;
        this.times.push(performance.now());
        options.onChange?.();
      });
      await Promise.all(sent);
    } finally {
      ignoreAbort();
      this.batches.delete(batch);
      options.onChange?.();
    }
  }

  private fetch(job: string, hash: string): Promise<Float32Array> {
    let weights = this.cache.get(hash);
    if (!weights) {
      weights = this.weights.get(job, hash);
      weights.catch(() => this.cache.delete(hash));
      this.cache.set(hash, weights);
      for (const old of [...this.cache.keys()].slice(0, -CACHED)) this.cache.delete(old);
    }
    return weights;
  }

  /** Publishes the worker's state, and ends the worker if it is refused. */
  private async beat(): Promise<void> {
    const kvm = new Kvm(this.nc);
    const { name, threads } = this.options;
    const refusal = await (await kvm.open(REFUSED)).get(name);
    if (refusal?.operation === 'PUT') {
      this.fail(new FleetError(`the learner refuses this worker: ${refusal.string()}`));
    }
    const [batch] = this.batches;
    const state: Presence = {
      version: VERSION,
      threads,
      games: this.games,
      gamesPerSecond: Number(this.rate.toFixed(3)),
      job: batch?.work.job,
      iteration: batch?.work.kind === 'play' ? batch.work.iteration : undefined,
    };
    await (await kvm.open(WORKERS)).put(name, JSON.stringify(state));
  }

  /** Ends the worker with an error. */
  private fail(error: unknown): void {
    this.failure ??= error as Error;
    this.stopping.abort();
  }
}

/** The result of a promise, or undefined as soon as the signal aborts. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let ignoreAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    ignoreAbort = whenAborted(signal, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    ignoreAbort();
  }
}
