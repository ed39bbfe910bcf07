/** Compares settings: trains a network with each setting on the same games in the same order, and ranks them. */
import { estimateMean } from '../../arena/statistics.js';
import type { Config } from '../../training/config/schema.js';
import type { ReplayBuffer } from '../../training/data/replayBuffer.js';
import type { Epoch } from '../../training/run/metrics.js';
import { UsageError } from '../../usageError.js';
import { checkModelOutput } from '../modelOutput.js';
import { comparisonOf, readReport, writePage } from '../pages/report.js';
import { bold } from '../terminal/colours.js';
import { duration } from '../terminal/format.js';
import { formatTable } from '../terminal/table.js';
import { FitFiles, type FitLimits, readFitHistory } from './fitFiles.js';
import { checkSettings, fitModel, settledConfig, warnOnError } from './fitModel.js';

interface CompareOptions extends FitLimits {
  out: string;
  compare?: string;
  seeds: number;
}

/** A value that is compared, with its fits, one for each seed. */
interface Variant {
  name: string;
  fits: { config: Config; files: FitFiles; epochs: readonly Epoch[] }[];
}

/** Settings that change what the loss measures, so that losses can't be compared. */
const CHANGES_LOSS = /^training\.(\w+(Loss|Weight)|policyTemperature|labelSmoothing)$/;

/**
 * Trains a network for each pair of value and seed, prints a table, and writes a page with all curves. After an interruption,
 * the same command continues and skips the finished fits.
 */
export async function compare(
  replay: ReplayBuffer,
  configOf: (...settings: string[]) => Config,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<void> {
  const { field, values } = parseComparison(options.compare);
  const stem = options.out.replace(/\.onnx$/, '');
  const { seed } = configOf();
  let n = 0;
  const variants: Variant[] = values.map((value) => ({
    name: value ?? 'as configured',
    fits: Array.from({ length: options.seeds }, (_, i) => {
      const settings = [...(value === undefined ? [] : [`${field}=${value}`]), `seed=${seed + i}`];
      const config = settledConfig(replay, configOf(...settings), options.epochs);
      return { config, files: new FitFiles(`${stem}-${++n}.onnx`), epochs: [] };
    }),
  }));
  for (const { name, fits } of variants) {
    for (const fit of fits) {
      if (signal.aborted) break;
      if (!fit.files.isUnfinished && !fit.files.isDone) checkModelOutput(fit.files.model);
      console.log(
        bold(`${fit.files.model}: ${field ?? 'seed'}=${field ? name : fit.config.seed}, seed ${fit.config.seed}`),
      );
      fit.epochs = isDone(fit.config, fit.files, options)
        ? readFitHistory(fit.files.history).epochs
        : (await fitModel(replay, fit.config, options, fit.files, signal)).epochs;
    }
  }
  const measured = variants.filter(({ fits }) => fits.every(({ epochs }) => epochs.length > 0));
  if (measured.length > 0) {
    console.log(tableOf(field, measured));
    const title = options.compare ?? `${options.seeds} seeds`;
    const members = (fits: Variant['fits']) => fits.map(({ files }) => readReport(files.history));
    const groups = measured.map(({ name, fits }) => ({ name, members: members(fits) }));
    warnOnError(() => writePage(comparisonOf(title, groups), `${stem}.html`));
    console.log(`${stem}.html overlays the curves; open it in a browser`);
  }
  console.log(signal.aborted ? 'Stopped, and saved: the same command goes on.' : 'Done.');
}

/** Whether a fit with these settings has ended. Throws a UsageError if its files come from a fit with other settings. */
function isDone(config: Config, files: FitFiles, { epochs, patience, minDelta }: FitLimits): boolean {
  if (!files.isDone) return false;
  const history = readFitHistory(files.history);
  checkSettings(history.config, config, files.model);
  if (JSON.stringify(history.limits) === JSON.stringify({ epochs, patience, minDelta })) {
    console.log('done already');
    return true;
  }
  throw new UsageError(
    `${files.model} was fitted with other --epochs, --patience or --min-delta; give the same ones, or name another file with --out`,
  );
}

/**
 * Parses `field=a,b,c` into field and values. Commas within brackets and quotes do not separate values. Without a text, the
 * only value is undefined. Throws a UsageError if the text has another form.
 */
function parseComparison(text: string | undefined): { field?: string; values: (string | undefined)[] } {
  if (text === undefined) return { values: [undefined] };
  const [, field, list] = /^([\w.]+)=(.+)$/.exec(text) ?? [];
  const values = list?.match(/(?:[^,[\](){}"]|"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\([^)]*\))+/g) ?? [];
  if (field !== undefined && values.length > 1 && new Set(values).size === values.length) return { field, values };
  throw new UsageError(
    `--compare '${text}' is not of the form section.field=value,value, with two different values or more, such as training.optimizer=adamw,sgd`,
  );
}

/** A table with a row for each variant, with the numbers of its best epochs. It marks the best variant. */
function tableOf(field: string | undefined, variants: readonly Variant[]): string {
  const rows = variants.map(({ name, fits }) => {
    const bests = fits.map(({ epochs }) => epochs.findLast(({ isBest }) => isBest)!);
    const lasts = fits.map(({ epochs }) => epochs.at(-1)!);
    return {
      name,
      loss: estimateMean(bests.map(({ validation }) => validation.loss)),
      accuracy: estimateMean(bests.map(({ validation }) => 100 * validation.policyAccuracy)),
      epoch: estimateMean(bests.map(({ epoch }) => epoch)),
      rate: lasts[0]!.learningRate,
      seconds: estimateMean(lasts.map(({ elapsed }) => elapsed)),
      models: fits.map(({ files }) => files.model).join(' '),
    };
  });
  const byAccuracy = field !== undefined && CHANGES_LOSS.test(field);
  const [best] = rows.toSorted((a, b) => (byAccuracy ? b.accuracy.mean - a.accuracy.mean : a.loss.mean - b.loss.mean));
  const text = ({ mean, high }: { mean: number; high: number }, digits: number) =>
    mean.toFixed(digits) + (Number.isFinite(high) ? ` ± ${(high - mean).toFixed(digits)}` : '');
  const head = [field ?? '', 'held-out loss', 'accuracy, %', 'best epoch', 'final rate', 'time', 'model'];
  const table = formatTable(
    head,
    rows.map((row) => [
      row === best ? `${row.name} (best)` : row.name,
      text(row.loss, 4),
      text(row.accuracy, 2),
      text(row.epoch, Number.isInteger(row.epoch.mean) ? 0 : 1),
      row.rate.toPrecision(2),
      duration(row.seconds.mean),
      row.models,
    ]),
    ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    true,
  );
  return byAccuracy
    ? `${table}\n${field} changes what the loss measures, so the best is the one with the highest accuracy`
    : table;
}
