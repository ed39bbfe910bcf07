import type { Judging } from '../../../src/arena/gameAnalysis.js';
import type { PolicyAndValues, SearchBudget, SearchOptions, SearchReport } from '../../../src/arena/thinker.js';
import type { Position } from '../../../src/game/notation.js';
import type { Answer, Request, SentPosition } from './messages.js';

/** The caller withdrew the request. */
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

/** The page's side of the worker. It answers requests one after the other. */
export class Engine implements Judging {
  private started: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private failed = false;

  /** `onNotice` gets messages for the person about the search or a model, and '' once the cause is over. */
  constructor(private readonly onNotice: (about: string, message: string) => void) {}

  /** Starts the worker at the first request, after the first paint, and again at the first request after a failure. */
  private get worker(): Worker {
    this.started ??= this.start();
    return this.started;
  }

  private start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'search' });
    worker.postMessage({ kind: 'models', folder: new URL('models/', document.baseURI).href } satisfies Request);
    // Messages of a worker that was given up are ignored.
    const listen = <K extends keyof WorkerEventMap>(kind: K, hear: (event: WorkerEventMap[K]) => void) =>
      worker.addEventListener(kind, (event) => {
        if (worker === this.started) hear(event);
      });
    listen('message', ({ data }: MessageEvent<Answer>) => this.hear(data));
    listen('messageerror', () => this.fail('an answer could not be read'));
    listen('error', (event) => this.fail(event.message || 'its script could not be loaded'));
    return worker;
  }

  /** Rejects with Withdrawn when the signal aborts, and with Stopped when the worker fails. */
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

  /** The same engine with one signal for all requests. */
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

  /** Gives up the worker, because its memory may be damaged or full. Its requests fail; a new worker answers later ones. */
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
