/** The process of another program that speaks the engine protocol, line by line. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Max characters that it may print for one question. */
const MAX_OUTPUT = 1 << 24;
/** Milliseconds that it has to end after `quit`. */
const QUIT_MS = 1000;
/** Milliseconds after the end of its output within which a process may still report how it ended. */
const END_MS = 100;

/**
 * The guard: kills the program's process group when the guard's input ends without a line. Its input ends when the process
 * that started both is gone, for any reason. Terminated worker threads and killed processes run no handlers.
 */
const GUARD = 'read -r _ || kill -s KILL -- "-$0"';

/** The program broke the protocol. The message says how, with the program as its subject. */
export class EngineError extends Error {
  override name = 'EngineError';
}

interface Question {
  take(line: string): void;
  fail(error: EngineError): void;
}

/**
 * A running program, the leader of a process group that ends with it. The first fault ends the group, and all later questions
 * fail with the same fault.
 */
export class EngineProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly gone: Promise<unknown>;
  private question: Question | undefined;
  private fault: EngineError | undefined;
  /** Output after the last end of a line. */
  private rest = '';
  private printed = 0;

  constructor([program = '', ...args]: readonly string[]) {
    this.child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    const { pid, stdin, stdout } = this.child;
    stdin.on('error', () => {});
    stdout.setEncoding('utf8').on('data', (text: string) => this.read(text));
    stdout.on('end', () => setTimeout(() => this.fail('closed its output'), END_MS));
    this.child.on('error', (error) => this.fail(`can't be started: ${error.message}`));
    this.child.on('exit', () => this.kill());
    this.child.on('close', (status, signal) => this.fail(`ended with ${signal ?? `status ${status}`}`));
    const closed = end(this.child);
    this.gone = pid === undefined ? closed : Promise.all([closed, guard(pid, closed)]);
  }

  /** Sends lines, then gives each line of output to `answer` until that returns a value. `answer` throws on a fault. */
  async ask<T>(lines: readonly string[], ms: number, answer: (line: string) => T | undefined): Promise<T> {
    if (this.fault) throw this.fault;
    this.printed = 0;
    this.child.stdin.write(lines.map((line) => `${line}\n`).join(''));
    let timer: NodeJS.Timeout | undefined;
    let last: string | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const take = (line: string) => {
          const value = answer(line);
          last = line;
          if (value === undefined) return;
          this.question = undefined;
          resolve(value);
        };
        const question = (this.question = { take, fail: reject });
        // If this thread was busy, an answer may have come in time and wait to be read.
        const overdue = () => {
          const only = last === undefined ? '' : `, and last said ${quote(last)}`;
          if (question === this.question) this.fail(`gave no answer within ${ms} ms${only}`);
        };
        timer = setTimeout(() => setImmediate(overdue), ms);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends `quit`, kills the program if it does not end, and returns when it is gone. */
  async close(): Promise<void> {
    this.child.stdin.end('quit\n');
    const timer = setTimeout(() => {
      this.kill();
      // A process outside its group may hold the other end open.
      this.child.stdout.destroy();
    }, QUIT_MS);
    await this.gone;
    clearTimeout(timer);
  }

  private read(text: string): void {
    this.printed += text.length;
    if (this.printed > MAX_OUTPUT) this.fail(`printed more than ${MAX_OUTPUT} characters`);
    const [first, ...others] = text.split('\n') as [string, ...string[]];
    this.rest += first;
    for (const next of others) {
      this.take(this.rest.trim());
      this.rest = next;
    }
  }

  private take(line: string): void {
    if (this.fault || line === '' || /^info\b/.test(line)) return;
    try {
      if (!this.question) throw new Error(`said ${quote(line)} unasked`);
      this.question.take(line);
    } catch (error) {
      this.fail((error as Error).message);
    }
  }

  private fail(what: string): void {
    if (this.fault) return;
    this.fault = new EngineError(what);
    this.question?.fail(this.fault);
    this.question = undefined;
    this.kill();
  }

  private kill(): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/** Guards a process until it has closed. Resolves when the guard is gone too. */
function guard(pid: number, closed: Promise<unknown>): Promise<unknown> {
  const shell = spawn('sh', ['-c', GUARD, String(pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  closed.then(() => shell.stdin.end('\n'));
  return end(shell);
}

function end(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.on('close', resolve));
}

/** A program's output in quotes, cut for a line of a log. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
