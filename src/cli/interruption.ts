/**
 * How SIGINT (Ctrl-C), SIGTERM and SIGHUP end a command: by the signal itself, once what has to come first is done. A shell
 * then reports 128 and the signal's number. process.exit would tear down worker threads inside ONNX Runtime, which aborts.
 * While nothing has to come first no signal is caught, so the system ends the process however busy it is.
 */
import { constants } from 'node:os';

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * Whether the process is to outlive its terminal. Node forgets at its start which signals it was to ignore, so the first
 * line of main.ts finds it out before. `_` is how shells name the command: it remains `nohup` through `npx` and `node`,
 * which that line doesn't see. Where neither says so, SIGHUP ends a command in good order, as SIGTERM does.
 */
const ignoresHangup = process.env.NOHUP === '1' || /(^|\/)nohup$/.test(process.env._ ?? '');

const SIGNALS: readonly EndSignal[] = ignoresHangup ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Time in which a signal that comes again is still the same one, in ms: npx and timeout send theirs on to a process that has it. */
const SAME_SIGNAL_MS = 100;

/** What is done before a signal ends the process; the last first. */
const lastActs: (() => void)[] = [];
/** Takes signals while work is under way that has to end in good order. */
let interrupt: ((signal: EndSignal) => void) | undefined;
let reasons = 0;

function receive(signal: EndSignal): void {
  if (interrupt) interrupt(signal);
  else endBy(signal);
}

/** Catches signals until the function returned is called. */
function catchSignals(): () => void {
  if (reasons++ === 0) for (const signal of SIGNALS) process.on(signal, receive);
  return () => {
    if (--reasons === 0) for (const signal of SIGNALS) process.off(signal, receive);
  };
}

/** Lets a process that is to outlive its terminal do so. */
export function heedNohup(): void {
  if (ignoresHangup) process.on('SIGHUP', () => {});
}

/** Ends the process by a signal. */
export function endBy(signal: EndSignal): never {
  for (const act of lastActs.toReversed()) act();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The first process of a container is spared.
  process.exit(128 + constants.signals[signal]);
}

/** Has something done before a signal ends the process, until the function returned is called. */
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
 * Does work that signals end in good order: the first aborts, the work saves what it has, and the status is the signal's.
 * Ctrl-C after that, once it has been offered, ends the process at once.
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

/** Waits for a signal, whose status the process then ends with. */
export function untilSignal(): Promise<void> {
  return interruptible((signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())));
}
