/** What the tests of whole processes share. They run the compiled files in dist. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';

export interface Ended {
  /** Exit status, as a shell reports it, or the name of a signal that STATUSES lacks. */
  status: number | NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once standard output holds the text. */
  prints(text: string): Promise<void>;
  /** What it has printed so far. */
  output(): string;
}

const STATUSES: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

interface Options {
  cwd?: string;
  /** All of standard input. */
  input?: string;
}

const dist = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/** A folder that is removed after the tests of the file. */
export function folderForTests(): string {
  const folder = mkdtempSync(join(tmpdir(), 'azul-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a program and leaves its input open. */
export function start(command: string, args: readonly string[], cwd = tmpdir()): Running {
  const child = spawn(command, args, { cwd });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  // A program may end before it has read its input.
  child.stdin.on('error', () => {});
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ status: code ?? STATUSES[signal!] ?? signal, stdout, stderr }));
  });
  const prints = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stdout.includes(text) && resolve();
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`it ended without printing ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, prints, output: () => stdout };
}

/** The program, as a shell runs it. */
export const azulPath = dist('src/cli/main.js');

/** Starts `azul` as a shell does, with the Node flags of its first line. */
export function startAzul(args: readonly string[], cwd?: string): Running {
  return start(azulPath, args, cwd);
}

/** Runs `azul` to its end. */
export function azul(args: readonly string[], { cwd, input = '' }: Options = {}): Promise<Ended> {
  const { child, ended } = startAzul(args, cwd);
  child.stdin!.end(input);
  return ended;
}

export const menuPath = dist('examples/menu.js');

/** Runs an entry of the menu to its end. */
export function menu(args: readonly string[], { cwd, input = '' }: Options = {}): Promise<Ended> {
  const { child, ended } = start(process.execPath, [menuPath, ...args], cwd);
  child.stdin!.end(input);
  return ended;
}

/** Runs a shell command in which "$AZUL" is the program. */
export function shell(line: string, cwd?: string): Promise<Ended> {
  const program = `AZUL="${azulPath}"; ${line}`;
  const { child, ended } = start('bash', ['-c', program], cwd);
  child.stdin!.end();
  return ended;
}

/** Expects one line on standard error that begins with the program's name, and no stack. */
export function expectFailure({ status, stderr }: Ended, expected: number, message: RegExp): void {
  expect(stderr).toMatch(/^(azul|menu): .+\n$/);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at |node:internal/);
  expect(status).toBe(expected);
}

/** Arguments of the shortest training that makes a checkpoint, evaluated against the random player. */
export const SHORTEST = [
  '--preset=tiny',
  '--set=iterations=1',
  '--set=selfPlay.gamesPerIteration=8',
  '--set=training.minPositions=100',
  '--set=evaluation.pairs=1',
  '--set=evaluation.opponents=["random"]',
];
