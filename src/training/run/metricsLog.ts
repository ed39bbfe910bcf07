import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keepDamaged, writeWhole } from '../../files.js';
import { TENSORBOARD } from '../../runs/runs.js';
import type { IterationMetrics } from './metrics.js';
import { parseLine, printLine } from './metricsLine.js';
import { TensorBoardLog } from './tensorboard.js';

/**
 * The history of a run, with a line of JSON for each iteration. A folder beside it holds the same history for
 * TensorBoard.
 */
export class MetricsLog {
  private readonly tensorboard: TensorBoardLog;

  constructor(readonly path: string) {
    this.tensorboard = new TensorBoardLog(join(dirname(path), TENSORBOARD));
  }

  /** Returns the metrics of all whole lines. Calls `onDamaged` for each of the others. */
  read(onDamaged: (message: string) => void = () => {}): IterationMetrics[] {
    const { lines, damaged, cut } = this.scan();
    for (const message of [...damaged, ...cut]) onDamaged(message);
    return lines.map(({ metrics }) => metrics);
  }

  private scan() {
    const lines: { text: string; metrics: IterationMetrics }[] = [];
    const damaged: string[] = [];
    const texts = existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n') : [];
    // A crash can leave a last line that is cut short.
    const cut = texts.pop() ? [`line ${texts.length + 1} of ${this.path} is cut short; it is left out`] : [];
    for (const [i, text] of texts.entries()) {
      if (text.trim() === '') continue;
      const line = parseLine(text);
      if ('metrics' in line) lines.push({ text, ...line });
      else damaged.push(`line ${i + 1} of ${this.path} is damaged: ${line.fault}; it is left out`);
    }
    return { lines, damaged, cut };
  }

  /** Adds an iteration. It is on the disk when this returns. */
  append(metrics: IterationMetrics): void {
    guarded(this.path, () => {
      const file = openSync(this.path, 'a');
      try {
        writeFileSync(file, printLine(metrics));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
    guarded(this.tensorboard.folder, () => {
      if (this.tensorboard.started) this.tensorboard.append(metrics);
      else this.tensorboard.restart(this.read());
    });
  }

  /**
   * Removes the lines after an iteration, and lines that are damaged or cut short. Before it removes a damaged line, it
   * copies the whole file, and calls `onCopy` with a message that names the copy.
   */
  rewindTo(iteration: number, onCopy: (message: string) => void = () => {}): void {
    const { lines, damaged } = this.scan();
    const kept = lines.filter(({ metrics }) => metrics.iteration <= iteration);
    guarded(this.path, () => {
      if (damaged.length > 0) onCopy(`${this.path} as it was is kept as ${keepDamaged(this.path)}`);
      writeWhole(this.path, kept.map(({ text }) => `${text}\n`).join(''));
    });
    guarded(this.tensorboard.folder, () => this.tensorboard.restart(kept.map(({ metrics }) => metrics)));
  }
}

/** Runs a write. If the system refuses it, throws an error that says what to do. */
function guarded(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // An error without a code is not from the system.
    if (code === undefined) throw error;
    throw new Error(`cannot write to ${path}: ${message}; make room or permit writing, then resume`);
  }
}
