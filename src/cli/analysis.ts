/** The analysis engine: requests as lines of JSON on standard input, answers on standard output. */
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { Analysis } from '../analysis/analysis.js';
import type { EvaluatorSettings } from '../players/evaluators.js';
import { createWorkers } from '../players/workers.js';
import { readLines } from './engine/runEngine.js';
import { whenReaderIsGone } from './errors.js';

/**
 * Answers until the input has ended and all is answered, or until the reader is gone. A reader that is slower than the answers
 * holds up the requests.
 */
export async function runAnalysis(
  input: Readable,
  output: Writable,
  { threads = availableParallelism(), ...settings }: EvaluatorSettings & { threads?: number },
): Promise<void> {
  const workers = createWorkers(threads);
  const analysis = new Analysis(workers, settings, (answer) => output.write(`${JSON.stringify(answer)}\n`));
  const gone = new Promise<void>((resolve) => whenReaderIsGone(resolve));
  const follow = async () => {
    for await (const line of readLines(input)) {
      if (line.trim() === '') continue;
      analysis.request(line);
      await analysis.hasRoom();
      if (output.writableNeedDrain) await new Promise((resolve) => output.once('drain', resolve));
    }
    await analysis.end();
  };
  try {
    const followed = follow();
    if ((await Promise.race([followed, gone.then(() => 'gone')])) !== 'gone') return;
    followed.catch(() => {});
    input.destroy();
    analysis.cancelAll();
    await analysis.end();
  } finally {
    await workers.destroy();
  }
}
