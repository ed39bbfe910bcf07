import type { Judging } from '../../../src/arena/gameAnalysis.js';
import type { Budget, Evaluation, SearchOptions, SearchReport } from '../../../src/arena/thinker.js';
import type { Position } from '../../../src/game/notation.js';
import type { Answer, Request, SentPosition } from './messages.js';

/** A request was withdrawn by its caller. */
export class Withdrawn extends Error {
  override name = 'Withdrawn';
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

  /** `onNotice` is told what a person should know of how positions are judged. */
  constructor(private readonly onNotice: (message: string) => void) {}

  /** Starts with the first request, so that the page is painted before. */
  private get worker(): Worker {
    this.started ??= this.start();
    return this.started;
  }

  private start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'search' });
    worker.postMessage({ kind: 'models', folder: new URL('models/', document.baseURI).href } satisfies Request);
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.hear(data));
    worker.addEventListener('error', (event) => this.fail(event.message || 'its script could not be loaded'));
    return worker;
  }

  /** An aborted signal makes it reject with Withdrawn. */
  async evaluate(position: Position, seed: number, signal?: AbortSignal): Promise<Evaluation> {
    const answer = await this.ask({ kind: 'evaluate', position: sent(position), seed }, signal);
    return (answer as Extract<Answer, { kind: 'evaluation' }>).evaluation;
  }

  async search(
    position: Position,
    budget: Budget,
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
      this.onNotice(answer.message);
      return;
    }
    const asked = this.waiting.get(answer.id);
    if (answer.kind === 'progress') {
      asked?.onProgress?.(answer.report);
      return;
    }
    this.waiting.delete(answer.id);
    if (answer.kind === 'failed') asked?.reject(new Error(answer.message));
    else asked?.resolve(answer);
  }

  private fail(message: string): void {
    this.onNotice(`The search has stopped (${message}); reload the page to start it again.`);
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}

function sent({ rules, state }: Position): SentPosition {
  return { players: rules.players, state };
}
