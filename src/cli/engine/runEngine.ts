/** Runs the engine on streams. It reads lines while a command is in progress, and answers urgent ones immediately. */
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Engine, MAX_LINE } from './engine.js';

/** Max milliseconds that `quit` waits for the commands before it. */
const QUIT_MS = 900;
/** Milliseconds after which `quit` stops a search or a count. */
const BUSY_MS = 600;

/**
 * Answers `input` line by line on `output`, until `quit`, the end of the input, or a closed output. Lines that arrive during a
 * search wait for its end, except for `stop`, `quit` and `isready`.
 */
export async function runEngine(engine: Engine, input: Readable, output: Writable): Promise<void> {
  const broken = new Promise<void>((resolve, reject) => {
    output.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? resolve() : reject(error)));
  });
  const dialogue = new Dialogue(engine, output);
  try {
    await Promise.race([dialogue.follow(input), broken]);
  } finally {
    dialogue.stop();
    input.destroy();
  }
}

/** A line that waits for its answer, with the signal that ends its command early. */
interface Waiting {
  line: string;
  stop: AbortSignal;
}

class Dialogue {
  private waiting: Waiting[] = [];
  /** Characters of the waiting lines, with an overhead per line. */
  private size = 0;
  /** Aborts the commands since the last `stop`. */
  private stopping = new AbortController();
  private readonly ending = new AbortController();
  /** Resolves when all waiting lines are answered; undefined if none waits. */
  private work: Promise<void> | undefined;
  /** Resolves when the current command is answered. */
  private answered: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly output: Writable,
  ) {}

  async follow(input: Readable): Promise<void> {
    for await (const line of readLines(input)) {
      const command = line.trim();
      if (command === 'quit') return this.quit();
      if (command === 'stop') {
        this.stop();
        continue;
      }
      this.waiting.push({ line, stop: this.stopping.signal });
      this.size += sizeOf(line);
      if (this.engine.isBusy) this.answerReady();
      this.work ??= this.answerAll();
      while (this.size > MAX_LINE) await this.answered;
    }
    this.ending.abort();
    await this.work;
  }

  /** Aborts all commands so far, including the waiting ones. */
  stop(): void {
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  private async quit(): Promise<void> {
    const start = performance.now();
    while (this.work && performance.now() < start + QUIT_MS) {
      if (performance.now() > this.engine.busySince + BUSY_MS) this.stop();
      await Promise.race([this.work, delay(10)]);
    }
  }

  private async answerAll(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      this.answered = this.answer(next);
      if (this.engine.isBusy) this.answerReady();
      await this.answered;
    }
    this.work = undefined;
  }

  private async answer({ line, stop }: Waiting): Promise<void> {
    this.size -= sizeOf(line);
    await this.engine.handle(line, this.emit, { stop, end: this.ending.signal });
    // Waits for a reader that is slower than the engine.
    await new Promise((resolve) => this.output.write('', resolve));
  }

  /** Answers every waiting `isready`, because a search or a count must not delay it. */
  private answerReady(): void {
    const isReady = ({ line }: Waiting) => line.trim() === 'isready';
    const ready = this.waiting.filter(isReady);
    this.waiting = this.waiting.filter((waiting) => !isReady(waiting));
    for (const { line } of ready) {
      this.size -= sizeOf(line);
      void this.engine.handle(line, this.emit);
    }
  }

  private readonly emit = (text: string): void => {
    this.output.write(`${text}\n`);
  };
}

function sizeOf(line: string): number {
  return line.length + 100;
}

/** The lines of a stream. A line longer than MAX_LINE is cut, but not below that length, so that it is still refused. */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  let line = '';
  input.setEncoding('utf8');
  for await (const chunk of input as AsyncIterable<string>) {
    const [rest, ...more] = chunk.split('\n') as [string, ...string[]];
    if (line.length <= MAX_LINE) line += rest;
    for (const next of more) {
      yield line;
      line = next;
    }
  }
  yield line;
}
