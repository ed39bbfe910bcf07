/** The learner's side of a fleet. It queues games, checks the games that workers hand in, and queues missing ones again. */
import { setTimeout as delay } from 'node:timers/promises';
import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { GameRecord } from '../arena/match.js';
import { AzulGame } from '../mcts/azul.js';
import { described, inOrder, type MatchJob, matchRanges } from '../players/matches.js';
import { whenAborted } from '../players/workers.js';
import { type Executor, threadExecutor } from '../training/selfplay/executor.js';
import type { SelfPlayJob } from '../training/selfplay/job.js';
import { Assignment } from './assignment.js';
import { Auditor } from './audit.js';
import { connectTo, type FleetAddress } from './connect.js';
import { decodeGame, encodeGame, GameMessageError, type GameRules, gameNumberOf, workKeyOf } from './gameMessage.js';
import { type JobState, Lead } from './lead.js';
import { decodeMatchGame, type MatchRules, matchKeyOf, matchNumber } from './matchMessage.js';
import { doneSubject, type Kind, NAME, REFUSED, RESULTS, VERSION, WORK, workSubject } from './names.js';
import { persist } from './persist.js';
import { Roster, type SeenWorker } from './presence.js';
import { setUp, setUpResults } from './setUp.js';
import { hashOf, WeightStore } from './weights.js';
import { canTravel, contestantOf, type MatchWork, type PlayWork, playWorkOf } from './workMessage.js';

export interface LearnerOptions {
  address: FleetAddress;
  /** Name of the job on the server, that of a run or of a single command. */
  job: string;
  /** The process that leads the job: host and folder. */
  owner: string;
  /** Fraction of each worker's games that is audited. */
  audit: number;
  /** Called with a line about a problem. */
  onWarning: (message: string) => void;
}

/** Milliseconds between two checks for games to queue. */
const LOOK = 500;
/** Number of threads that is assumed for batches while no worker is known. */
const UNSEEN_THREADS = 4;
/** Min number of games in a batch, if there are enough. */
const MIN_BATCH = 4;
/** Milliseconds between two extensions of the deadline of a message whose game waits for its audit. */
const HOLD = 10_000;
/** Min milliseconds between two repairs of the same weights, after a worker could not read them. */
const MEND = 2000;

/** Work in progress. */
interface Open {
  kind: Kind;
  key: string;
  assignment: Assignment;
  /** Returns batches for the given games. */
  batches: (games: readonly number[]) => object[];
  /** Takes a message with a game of this work. Returns whether the message can be acknowledged now. */
  receive: (message: JsMsg, worker: string) => boolean;
  weights: Map<string, Float32Array>;
  /** Discards games of a worker. Returns their numbers. */
  takeBack: (worker: string) => readonly number[];
}

/** A worker, with the number of its games. */
export interface FleetWorker extends SeenWorker {
  /** Number of its games that were accepted for this job since the learner started. */
  taken: number;
}

/** Plays games on the machines of a fleet. */
export class FleetExecutor implements Executor {
  private readonly open = new Map<string, Open>();
  private readonly collecting = new Map<Kind, Promise<void>>();
  private readonly refused = new Set<string>();
  private readonly taken = new Map<string, number>();
  private readonly mended = new Map<string, number>();
  private readonly closing = new AbortController();
  private readonly lastActs: (() => Promise<void>)[] = [];
  private failure: unknown;
  private iteration: number | undefined;
  private isExact = true;

  private constructor(
    private readonly nc: NatsConnection,
    private readonly options: LearnerOptions,
    private readonly lead: Lead,
    private readonly roster: Roster,
    private readonly weights: WeightStore,
    private readonly local: Executor,
    private readonly auditor: Auditor,
  ) {}

  /** Connects and takes the lead of a job. Throws a FleetError that says why it can't. */
  static async open(options: LearnerOptions): Promise<FleetExecutor> {
    const nc = await connectTo(options.address);
    let made: FleetExecutor | undefined;
    const state = (): JobState => ({ owner: options.owner, version: VERSION, ...made?.state });
    try {
      await setUp(nc);
      const lead = await Lead.take(nc, options.job, state, (error) => made?.fail(error));
      const local = threadExecutor(1);
      const auditor = new Auditor(local, options.audit);
      const [roster, weights] = [await Roster.watch(nc), await WeightStore.open(nc)];
      made = new FleetExecutor(nc, options, lead, roster, weights, local, auditor);
      await made.begin();
      return made;
    } catch (error) {
      await nc.close();
      throw error;
    }
  }

  /** The workers that have shown a recent sign of life. */
  get workers(): FleetWorker[] {
    return this.roster.workers.map((worker) => ({ ...worker, taken: this.taken.get(worker.name) ?? 0 }));
  }

  private get state() {
    const missing = [...this.open.values()].reduce((sum, { assignment }) => sum + assignment.size, 0);
    return { iteration: this.iteration, missing };
  }

  private async begin(): Promise<void> {
    const { nc, options } = this;
    for (const kind of ['play', 'match'] as const) await this.purge(kind, '*');
    await this.weights.keepOnly(options.job, []);
    const refused = await new Kvm(nc).open(REFUSED);
    for await (const name of await refused.keys()) this.refused.add(name);
    const troubles = nc.subscribe(`azul.trouble.${options.job}.*`);
    void (async () => {
      for await (const trouble of troubles) await this.mend(trouble.string()).catch(() => {});
    })();
  }

  async selfPlay(job: SelfPlayJob): Promise<void> {
    // Copies the weights, because training changes them meanwhile.
    const fixed = { ...job, weights: job.weights.slice() };
    const hash = hashOf(fixed.weights);
    const common = playWorkOf(this.options.job, fixed, hash, VERSION);
    const azul = new AzulGame(job.network.players);
    const { seed, iteration, search } = job;
    const rules = { azul, seed, iteration, simulations: search.simulations };
    const assignment = new Assignment(job.games);
    this.iteration = Math.max(iteration, this.iteration ?? 0);
    this.checkExact(job);
    await this.run(
      {
        kind: 'play',
        key: common.key,
        assignment,
        batches: (games) => inBatches(games, this.batchSize(games.length, job.parallel), common),
        receive: (message, worker) => this.receiveGame(message, worker, fixed, common, rules, assignment),
        weights: new Map([[hash, fixed.weights]]),
        takeBack: (worker) => job.onRefused?.(worker) ?? [],
      },
      job.signal,
    );
  }

  async playMatch(job: MatchJob): Promise<GameRecord[]> {
    const contestants = described(job);
    if (!contestants.every(canTravel)) {
      return this.local.playMatch({ ...job, contestants });
    }
    const weights = new Map<string, Float32Array>();
    const named = contestants.map((player) =>
      contestantOf(player, (values) => {
        const hash = hashOf(values);
        weights.set(hash, values);
        return hash;
      }),
    ) as MatchWork['contestants'];
    const { seats, seed, skip } = job;
    const key = crypto.randomUUID().slice(0, 8);
    const ranges = matchRanges(job);
    const numbers = ranges.flatMap(([from, to]) =>
      Array.from({ length: (to - from) * seats }, (_, i) => from * seats + i).filter((n) => !skip?.has(n)),
    );
    const games = new Map<number, GameRecord>();
    const rules: MatchRules = { seats, seed, contestants: contestants.length };
    const assignment = new Assignment(numbers);
    const base = { version: VERSION, kind: 'match', job: this.options.job, key, seats, seed, contestants: named };
    await this.run(
      {
        kind: 'match',
        key,
        assignment,
        // A range is played as a whole, because its games share random streams.
        batches: (due) =>
          ranges
            .filter(([from, to]) => due.some((n) => n >= from * seats && n < to * seats))
            .map((range) => ({
              ...base,
              range,
              skip: [...(skip ?? [])].filter((n) => n >= range[0] * seats && n < range[1] * seats),
            })),
        receive: (message, worker) => {
          const game = this.checked(worker, () => decodeMatchGame(message.data, rules));
          if (!game || !assignment.wants(matchNumber(game, seats))) return true;
          games.set(matchNumber(game, seats), game);
          job.onGame?.(game);
          job.onProgress?.(games.size);
          this.count(worker);
          assignment.take(matchNumber(game, seats));
          return true;
        },
        weights,
        takeBack: () => [],
      },
      job.signal,
    );
    return inOrder([...games.values()]);
  }

  /** Makes all work fail, current and future. */
  fail(error: unknown): void {
    this.failure ??= error;
    for (const { assignment } of this.open.values()) assignment.fail(error);
  }

  /** Registers an action for `close`, which runs it before it closes the connection. */
  beforeClose(act: () => Promise<void>): void {
    this.lastActs.push(act);
  }

  async close(): Promise<void> {
    this.closing.abort();
    for (const act of this.lastActs) await act();
    await this.auditor.close();
    await this.weights.keepOnly(this.options.job, []).catch(() => {});
    await this.lead.release();
    await this.nc.close();
  }

  /** Queues the games of work until none is missing, the signal aborts or the work fails. */
  private async run(open: Open, signal?: AbortSignal): Promise<void> {
    const { assignment, key, kind } = open;
    const { job } = this.options;
    const ignoreAbort = whenAborted(signal, () => assignment.giveUp());
    this.open.set(key, open);
    if (this.failure) assignment.fail(this.failure);
    const over = new AbortController();
    const ended = assignment.end.finally(() => over.abort());
    try {
      for (const [hash, weights] of open.weights) {
        await persist(() => this.weights.put(job, weights, hash), over.signal);
      }
      await this.collect(kind);
      while (!over.signal.aborted) {
        const idle = await this.isIdle(kind);
        for (const batch of open.batches(assignment.due(idle, performance.now()))) {
          const bytes = new TextEncoder().encode(JSON.stringify(batch));
          await persist(() => jetstream(this.nc).publish(workSubject(kind, job, key), bytes), over.signal);
        }
        await delay(LOOK, undefined, { signal: over.signal }).catch(() => {});
      }
      await ended;
    } catch (error) {
      assignment.fail(error);
      throw error;
    } finally {
      ignoreAbort();
      this.open.delete(key);
      this.nc.publish(doneSubject(job), key);
      await this.purge(kind, key).catch(() => {});
      const needed = [...this.open.values()].flatMap(({ weights }) => [...weights.keys()]);
      await this.weights.keepOnly(job, needed).catch(() => {});
    }
  }

  /** Whether workers wait for work while the queue is empty. */
  private async isIdle(kind: Kind): Promise<boolean> {
    try {
      const { num_pending, num_waiting } = await (await jetstreamManager(this.nc)).consumers.info(WORK, kind);
      return num_pending === 0 && num_waiting > 0;
    } catch {
      return false;
    }
  }

  private async purge(kind: Kind, key: string): Promise<void> {
    const jsm = await jetstreamManager(this.nc);
    await jsm.streams.purge(WORK, { filter: workSubject(kind, this.options.job, key) });
  }

  private batchSize(games: number, parallel: number): number {
    const threads = this.roster.workers.reduce((sum, worker) => sum + worker.threads, 0) || UNSEEN_THREADS;
    return Math.max(MIN_BATCH, Math.min(parallel, Math.ceil(games / (2 * threads))));
  }

  /** Starts to receive results of a kind, if it has not started yet. */
  private collect(kind: Kind): Promise<void> {
    let begun = this.collecting.get(kind);
    if (!begun) {
      begun = this.beginToCollect(kind);
      this.collecting.set(kind, begun);
    }
    return begun;
  }

  private async beginToCollect(kind: Kind): Promise<void> {
    const name = await setUpResults(this.nc, kind, this.options.job);
    const consumer = await jetstream(this.nc).consumers.get(RESULTS, name);
    const messages = await consumer.consume({ max_messages: 256 });
    void (async () => {
      for await (const message of messages) this.receive(message, kind);
    })();
  }

  private receive(message: JsMsg, kind: Kind): void {
    const worker = message.subject.split('.')[3] ?? '';
    const key = kind === 'play' ? hexKey(message.data) : matchKeyOf(message.data);
    const open = key === undefined ? undefined : this.open.get(key);
    // Games for work that has ended are acknowledged and ignored.
    const isWanted = open && NAME.test(worker) && !this.refused.has(worker);
    try {
      if (!isWanted || open.receive(message, worker)) message.ack();
    } catch (error) {
      open?.assignment.fail(error);
    }
  }

  private receiveGame(
    message: JsMsg,
    worker: string,
    job: SelfPlayJob,
    work: Omit<PlayWork, 'games'>,
    rules: GameRules,
    assignment: Assignment,
  ): boolean {
    const number = gameNumberOf(message.data);
    if (!assignment.wants(number)) return true;
    const game = this.checked(worker, () => decodeGame(message.data, rules), number);
    if (!game) return true;
    const accept = () => {
      job.onGame({ ...game, worker });
      this.count(worker);
      assignment.take(number);
    };
    if (!this.isExact || !this.auditor.wants(worker)) {
      accept();
      return true;
    }
    assignment.hold(number);
    const holding = setInterval(() => message.working(), HOLD);
    const key = Buffer.from(work.key, 'hex');
    this.auditor.add({
      job,
      worker,
      game: number,
      judge: (own) => {
        clearInterval(holding);
        if (!own) return;
        try {
          if (this.refused.has(worker)) assignment.drop([number]);
          else if (Buffer.compare(encodeGame(rules.azul, key, own), message.data) === 0) accept();
          else {
            assignment.drop([number]);
            this.refuse(worker, `game ${number} of iteration ${job.iteration} is not what its weights play`);
          }
          message.ack();
        } catch (error) {
          assignment.fail(error);
        }
      },
    });
    return false;
  }

  /** Decodes the game in a message. If it is invalid, the worker is refused, and the result is undefined. */
  private checked<T>(worker: string, decode: () => T, number?: number): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof GameMessageError)) throw error;
      this.refuse(
        worker,
        `${number === undefined ? 'a game' : `game ${number}`} is not one by the rules: ${error.message}`,
      );
      return undefined;
    }
  }

  /** Refuses all further games of a worker, and queues again those that can still be discarded. */
  private refuse(worker: string, reason: string): void {
    if (this.refused.has(worker)) return;
    this.refused.add(worker);
    let gone = 0;
    for (const { assignment, takeBack } of this.open.values()) {
      const games = takeBack(worker);
      assignment.drop(games);
      gone += games.length;
    }
    this.options.onWarning(`worker ${worker} is refused: ${reason}; ${gone} other games of it are played again`);
    void persist(
      async () => (await new Kvm(this.nc).open(REFUSED)).put(worker, `${this.options.job}: ${reason}`),
      this.closing.signal,
    ).catch(() => {});
  }

  /** Stores weights again because a worker could not read them. */
  private async mend(hash: string): Promise<void> {
    const weights = [...this.open.values()].map((open) => open.weights.get(hash)).find(Boolean);
    const now = performance.now();
    if (!weights || now - (this.mended.get(hash) ?? -MEND) < MEND) return;
    this.mended.set(hash, now);
    await this.weights.put(this.options.job, weights, hash);
  }

  private count(worker: string): void {
    this.taken.set(worker, (this.taken.get(worker) ?? 0) + 1);
  }

  /** Warns, once, if games depend on the processor. Then games are not audited, because their bytes can't be compared. */
  private checkExact({ device, precision }: SelfPlayJob): void {
    if (!this.isExact || (device === 'cpu' && precision === 'int8')) return;
    this.isExact = false;
    this.options.onWarning(
      `games in ${precision} on ${device} differ between machines: the run is not bit-exact, and its games are not audited`,
    );
  }
}

function hexKey(bytes: Uint8Array): string | undefined {
  const key = workKeyOf(bytes);
  return key && Buffer.from(key).toString('hex');
}

/** Splits work into batches of at most `size` games. */
function inBatches(games: readonly number[], size: number, work: Omit<PlayWork, 'games'>): object[] {
  const batches: object[] = [];
  for (let i = 0; i < games.length; i += size) batches.push({ ...work, games: games.slice(i, i + size) });
  return batches;
}
