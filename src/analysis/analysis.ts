/** Analyses positions for many requests at the same time, on all workers of a pool. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { SearchReport } from '../arena/thinker.js';
import { printMove, printPosition } from '../game/notation.js';
import { TURN } from '../game/state.js';
import { usableThreads } from '../network/devices.js';
import type { EvaluatorSettings } from '../players/evaluators.js';
import { allOf, type Workers } from '../players/workers.js';
import { type AnalysisRequest, parseRequest, RequestError, type Turn } from './request.js';
import type { FromSearcher, SearcherTask, ToSearcher } from './searcher.js';

/** Max number of concurrent searches in one worker. They fill its batches. */
const SEARCHES = 24;
/**
 * Max simulations of the concurrent searches in one worker, all together. Their trees then take about 500 MB. A single search
 * may have more.
 */
const SIMULATIONS = 500_000;
/** Number of waiting searches from which no more requests are read. */
export const MAX_WAITING = 10_000;

/** A search that waits or is in progress. */
interface Job extends Turn {
  number: number;
  request: AnalysisRequest;
}

/** The state of a worker: its port, its searches, and their simulations. */
interface Searcher {
  port: MessagePort;
  jobs: Map<number, Job>;
  simulations: number;
}

/** Takes requests, and calls `answer` with each answer as soon as it is ready. */
export class Analysis {
  private readonly searchers: Searcher[] = [];
  private readonly work: Promise<unknown>;
  /** Waiting searches, ordered by priority, highest first, then by arrival. */
  private readonly waiting: Job[] = [];
  /** Number of answers still due, by the id of the request. */
  private readonly left = new Map<string, number>();
  private count = 0;
  private onChange = () => {};

  constructor(
    workers: Workers,
    settings: EvaluatorSettings,
    private readonly answer: (answer: object) => void,
  ) {
    const threads = usableThreads(workers.threads, [settings.device]);
    this.work = allOf(Array.from({ length: threads }, () => this.start(workers, settings)));
  }

  /** Reads a request from a line, and queues its searches. Cancellations and errors are answered immediately. */
  request(line: string): void {
    try {
      const request = parseRequest(line);
      if ('cancel' in request) {
        this.answer({ id: request.id, cancelled: this.cancel(request.cancel) });
        return;
      }
      const { id, turns } = request;
      if (this.left.has(id)) throw new RequestError('this id is that of a request which has not been answered', id);
      this.left.set(id, turns.length);
      for (const turn of turns) this.insert({ ...turn, request, number: this.count++ });
      this.dispatch();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.answer({ id: error.id, error: error.message });
    }
  }

  /** Resolves once fewer than MAX_WAITING searches wait; rejects if a worker fails. */
  async hasRoom(): Promise<void> {
    await this.until(() => this.waiting.length < MAX_WAITING);
  }

  /** Drops all requests. */
  cancelAll(): void {
    for (const id of [...this.left.keys()]) this.cancel(id);
  }

  /** Resolves once all requests are answered and the workers have ended. */
  async end(): Promise<void> {
    await this.until(() => this.left.size === 0);
    for (const { port } of this.searchers) tell(port, 'end');
    await this.work;
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await Promise.race([this.work, new Promise<void>((resolve) => (this.onChange = resolve))]);
    }
  }

  private async start(workers: Workers, settings: EvaluatorSettings): Promise<void> {
    const { port1: port, port2 } = new MessageChannel();
    const searcher: Searcher = { port, jobs: new Map(), simulations: 0 };
    this.searchers.push(searcher);
    port.on('message', (message: FromSearcher) => this.receive(searcher, message));
    try {
      const task: SearcherTask = { ...settings, port: port2 };
      await workers.run('analysis/searcher.js', task, [port2]);
    } finally {
      port.close();
    }
  }

  private insert(job: Job): void {
    const { waiting } = this;
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (waiting[middle]!.request.priority >= job.request.priority) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, job);
  }

  /** Gives waiting searches, each to the worker that has the fewest, until that worker is full. */
  private dispatch(): void {
    while (this.waiting.length > 0) {
      const job = this.waiting[0]!;
      const searcher = this.searchers.reduce((a, b) => (b.jobs.size < a.jobs.size ? b : a));
      const { visits: simulations, lines, seed } = job.request;
      const isFull = searcher.jobs.size >= SEARCHES || searcher.simulations + simulations > SIMULATIONS;
      if (isFull && searcher.jobs.size > 0) return;
      this.waiting.shift();
      const { rules, state } = job.position;
      searcher.jobs.set(job.number, job);
      searcher.simulations += simulations;
      tell(searcher.port, { begin: { number: job.number, players: rules.players, state, simulations, lines, seed } });
    }
  }

  private receive(searcher: Searcher, { number, report }: FromSearcher): void {
    const job = searcher.jobs.get(number);
    // A cancelled search may have ended before its worker received the message.
    if (!job) return;
    this.release(searcher, job);
    const left = this.left.get(job.request.id)! - 1;
    if (left === 0) this.left.delete(job.request.id);
    else this.left.set(job.request.id, left);
    this.answer(answerOf(job, report, left));
    this.dispatch();
    this.onChange();
  }

  private release(searcher: Searcher, job: Job): void {
    searcher.jobs.delete(job.number);
    searcher.simulations -= job.request.visits;
  }

  /** Drops the open searches of a request. Returns the number of answers that were still due; 0 for an unknown request. */
  private cancel(id: string): number {
    const left = this.left.get(id) ?? 0;
    this.left.delete(id);
    const others = this.waiting.filter(({ request }) => request.id !== id);
    this.waiting.splice(0, Infinity, ...others);
    for (const searcher of this.searchers) {
      const dropped = [...searcher.jobs.values()].filter(({ request }) => request.id === id);
      for (const job of dropped) this.release(searcher, job);
      if (dropped.length > 0) tell(searcher.port, { drop: dropped.map(({ number }) => number) });
    }
    this.dispatch();
    this.onChange();
    return left;
  }
}

function tell(port: MessagePort, message: ToSearcher): void {
  port.postMessage(message);
}

function answerOf({ request, turn, position }: Job, report: SearchReport, left: number): object {
  const { rules, state } = position;
  const all = {
    position: () => printPosition(position),
    player: () => state[TURN],
    values: () => report.values.map(rounded),
    margins: () => report.margins.map(rounded),
    lines: () =>
      report.lines.map(({ action, visits, values, margins, pv }) => ({
        move: printMove(rules, action),
        visits,
        values: values.map(rounded),
        margins: margins.map(rounded),
        pv: pv.map((next) => printMove(rules, next)),
      })),
  };
  const fields = request.report.map((name) => [name, all[name]()] as const);
  return { id: request.id, turn, visits: report.sims, ...Object.fromEntries(fields), left };
}

/** A number rounded to four decimals, never -0. */
function rounded(n: number): number {
  return Math.round(n * 1e4) / 1e4 + 0;
}
