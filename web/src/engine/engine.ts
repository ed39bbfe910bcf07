import type { Judging } from '../../../src/arena/gameAnalysis.js';
import type { PolicyAndValues, SearchBudget, SearchOptions, SearchReport } from '../../../src/arena/thinker.js';
import type { Position } from '../../../src/game/notation.js';
import type { Answer, Request, SentPosition } from './messages.js';

/** A request was withdrawn by its caller. */
export class Withdrawn extends Error {
  override name = 'Withdrawn';
}

/** The worker failed before it answered. */
export class Stopped extends Error {
  override name = 'Stopped';
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  onProgress?: ((report: SearchReport) => void) | undefined;
}

type Unnumbered<R> = R extends { id: number } ? Omit<R, 'id'> : never;

/** The worker's thinker, as the page sees it. Requests are answered one after the other. */
export class Engine implements Judging {
  private started: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private failed = false;

  /** `onNotice` is called with what a person should know about the search or a model, and with '' once that is over. */
  constructor(private readonly onNotice: (about: string, message: string) => void) {}

  /** Starts with the first request, so that the page is painted before, and anew with the first one after it failed. */
  private get worker(): Worker {
    this.started ??= this.start();
    return this.started;
  }

  private start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'search' });
    worker.postMessage({ kind: 'models', folder: new URL('models/', document.baseURI).href } satisfies Request);
    // What a worker says after it was given up counts no more.
    const listen = <K extends keyof WorkerEventMap>(kind: K, hear: (event: WorkerEventMap[K]) => void) =>
      worker.addEventListener(kind, (event) => {
        if (worker === this.started) hear(event);
      });
    listen('message', ({ data }: MessageEvent<Answer>) => this.hear(data));
    listen('messageerror', () => this.fail('an answer could not be read'));
    listen('error', (event) => this.fail(event.message || 'its script could not be loaded'));
    return worker;
  }

  /** An aborted signal makes it reject with Withdrawn. */
  async evaluate(position: Position, seed: number, signal?: AbortSignal): Promise<PolicyAndValues> {
    const answer = await this.ask({ kind: 'evaluate', position: sent(position), seed }, signal);
    return (answer as Extract<Answer, { kind: 'evaluation' }>).evaluation;
  }

  async search(
    position: Position,
    budget: SearchBudget,
    options: SearchOptions,
    onProgress?: (report: SearchReport) => void,
    signal?: AbortSignal,
  ): Promise<SearchReport> {
    const answer = await this.ask({ kind: 'search', position: sent(position), budget, options }, signal, onProgress);
    return (answer as Extract<Answer, { kind: 'report' }>).report;
  }

  /** The same thinker whose every request falls to one signal. */
  until(signal: AbortSignal): Judging {
    return {
      evaluate: (position, seed) => this.evaluate(position, seed, signal),
      search: (position, budget, options, onProgress) => this.search(position, budget, options, onProgress, signal),
    };
  }

  private ask(
    request: Unnumbered<Extract<Request, { kind: 'search' | 'evaluate' }>>,
    signal?: AbortSignal,
    onProgress?: (report: SearchReport) => void,
  ): Promise<Answer> {
    const id = this.count++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Withdrawn());
      signal?.addEventListener('abort', () => {
        if (this.waiting.delete(id)) this.worker.postMessage({ kind: 'cancel', id } satisfies Request);
        reject(new Withdrawn());
      });
      this.waiting.set(id, { resolve, reject, onProgress });
      this.worker.postMessage({ ...request, id });
    });
  }

  private hear(answer: Answer): void {
    if (answer.kind === 'notice') {
      this.onNotice(`the model for ${answer.players}`, answer.message);
      return;
    }
    const asked = this.waiting.get(answer.id);
    if (answer.kind === 'progress') {
      asked?.onProgress?.(answer.report);
      return;
    }
    if (answer.kind === 'failed') {
      this.fail(answer.message);
      return;
    }
    this.waiting.delete(answer.id);
    asked?.resolve(answer);
    if (!this.failed || answer.kind === 'cancelled') return;
    this.failed = false;
    this.onNotice('the search', '');
  }

  /** Gives the worker up, whose memory may be damaged or full: what was asked of it fails, a new one answers the rest. */
  private fail(message: string): void {
    this.started?.terminate();
    this.started = undefined;
    this.failed = true;
    this.onNotice('the search', '');
    this.onNotice('the search', `The search has stopped (${message}). It starts again when it is asked again.`);
    const asked = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of asked) reject(new Stopped(message));
  }
}

function sent({ rules, state }: Position): SentPosition {
  return { players: rules.players, state };
}
