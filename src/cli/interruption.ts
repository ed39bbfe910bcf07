/**
 * How SIGINT (Ctrl-C), SIGTERM and SIGHUP end a command. The process finishes what must be done first, then sends itself the
 * signal, so a shell reports 128 plus the signal's number. It does not call process.exit, which would stop worker threads
 * inside ONNX Runtime and abort. While there is nothing to finish, no signal is caught, and the system ends the process.
 */
import { constants } from 'node:os';

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * Whether the process must outlive its terminal. Node forgets at its start which signals are ignored, so the first line of
 * main.ts finds out before. Shells keep the command's name in `_`: it stays `nohup` through `npx` and `node`, which that
 * line does not see. If neither says so, SIGHUP ends a command as SIGTERM does.
 */
const ignoresHangup = process.env.NOHUP === '1' || /(^|\/)nohup$/.test(process.env._ ?? '');

const SIGNALS: readonly EndSignal[] = ignoresHangup ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Milliseconds in which a second signal counts as the same one. npx and timeout forward a signal that the process already has. */
const SAME_SIGNAL_MS = 100;

/** Functions to call before a signal ends the process, the last one first. */
const lastActs: (() => void)[] = [];
/** Receives signals during work that must be saved first. */
let interrupt: ((signal: EndSignal) => void) | undefined;
let reasons = 0;

function receive(signal: EndSignal): void {
  if (interrupt) interrupt(signal);
  else endBy(signal);
}

/** Catches signals until the returned function is called. */
function catchSignals(): () => void {
  if (reasons++ === 0) for (const signal of SIGNALS) process.on(signal, receive);
  return () => {
    if (--reasons === 0) for (const signal of SIGNALS) process.off(signal, receive);
  };
}

/** Ignores SIGHUP if the process must outlive its terminal. */
export function heedNohup(): void {
  if (ignoresHangup) process.on('SIGHUP', () => {});
}

/** Ends the process by a signal. */
export function endBy(signal: EndSignal): never {
  for (const act of lastActs.toReversed()) act();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The signal does not end the first process of a container.
  process.exit(128 + constants.signals[signal]);
}

/** Calls `act` before a signal ends the process, until the returned function is called. */
export function beforeSignal(act: () => void): () => void {
  const release = catchSignals();
  lastActs.push(act);
  return () => {
    const index = lastActs.indexOf(act);
    if (index < 0) return;
    lastActs.splice(index, 1);
    release();
  };
}

/**
 * Runs work that a signal interrupts. The first signal aborts the work, which saves its results, and sets the exit status. A
 * second Ctrl-C ends the process at once, after a message has offered it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const release = catchSignals();
  let offer: NodeJS.Timeout | undefined;
  let offered = false;
  interrupt = (signal) => {
    if (offered && signal === 'SIGINT') endBy(signal);
    if (interruption.signal.aborted) return;
    process.exitCode = 128 + constants.signals[signal];
    offer = setTimeout(() => {
      offered = true;
      console.error('\nstopping after this step; press Ctrl-C again to stop at once (saved data is safe)');
    }, SAME_SIGNAL_MS);
    interruption.abort();
  };
  try {
    return await work(interruption.signal);
  } finally {
    clearTimeout(offer);
    interrupt = undefined;
    release();
  }
}

/** Waits for a signal and sets its exit status. */
export function untilSignal(): Promise<void> {
  return interruptible((signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())));
}
