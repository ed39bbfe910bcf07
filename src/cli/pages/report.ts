/** The curves of a run or a fit, or a comparison of several, as one HTML file, a picture, or text. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeWhole } from '../../files.js';
import { packageRoot } from '../../paths.js';
import { shellWord } from '../../quoting.js';
import { METRICS, newestRun, RUNS } from '../../runs/runs.js';
import { describeConfig } from '../../training/config/description.js';
import type { Config } from '../../training/config/schema.js';
import { chartsOf, overviewOf } from '../../training/curves/curves.js';
import { overlay, type Variant } from '../../training/curves/overlay.js';
import type { Measured } from '../../training/run/metrics.js';
import { MetricsLog } from '../../training/run/metricsLog.js';
import { Run, RunError } from '../../training/run/run.js';
import { UsageError } from '../../usageError.js';
import { HISTORY, measuredOf, readFitHistory } from '../fit/fitFiles.js';
import { drawCurves } from '../terminal/chart.js';
import { warn } from '../terminal/colours.js';

/** The data in the page of a report. */
export interface ReportData {
  /** Name of the run's folder, or of the fit's history without its suffix. */
  name: string;
  kind: 'run' | 'fit';
  config: Config;
  meanings: [field: string, meaning: string][];
  history: Measured[];
  /** Stride: the history holds every n-th iteration and all evaluated ones. */
  every: number;
  /** Time of writing, in ms since 1970. */
  written: number;
}

/** The data in a page that compares several runs or fits. */
export interface ComparisonData {
  name: string;
  kind: 'comparison';
  axis: 'iterations' | 'epochs';
  variants: Variant[];
  written: number;
}

export interface ReportOptions {
  out?: string;
  /** Whether to write a picture as well as the page. */
  png?: boolean;
  /** Whether to print the curves as text, and write no file. */
  text?: boolean;
}

/** Approximate max iterations in a page, besides the evaluated ones. A screen can't show more, and a browser draws slowly. */
const MOST = 3000;
const PAGE = new URL('dist/report/', packageRoot);

/** Draws runs, given by their folders, or fits, given by their histories. The default is the newest run with a history. */
export async function report(sources: readonly string[], { out, png, text }: ReportOptions): Promise<void> {
  const paths = sources.length > 0 ? sources : [newestRun(hasHistory) ?? newestRun()];
  const all = paths.map((path) => {
    if (path === undefined) throw new RunError(`there is no run below ${RUNS}/; azul train starts one`);
    return readReport(path);
  });
  const one = all.length === 1 ? all[0]! : undefined;
  const data =
    one ??
    comparisonOf(
      'comparison',
      all.map((single) => ({ name: single.name, members: [single] })),
    );
  if (text) {
    const { charts, history, axis } = drawingOf(data);
    console.log(charts.map((chart) => drawCurves(chart, history, axis)).join('\n\n'));
    return;
  }
  const path = out ?? (one ? pagePath(paths[0]!) : 'comparison.html');
  writePage(data, path);
  console.log(
    `${path} shows ${one ? `${one.history.at(-1)!.iteration} ${axisOf(one)}` : all.map(({ name }) => name).join(', ')}; open it in a browser`,
  );
  if (!png) return;
  const { charts, history, axis } = drawingOf(data);
  const { chartsSvg, pngOf } = await import('./picture.js');
  const picture = `${path.replace(/\.html$/, '')}.png`;
  write(picture, await pngOf(chartsSvg(charts, history, axis)));
  console.log(`${picture} shows ${charts.map(({ title }) => title.toLowerCase()).join(', ')}`);
}

/** The charts of a picture or a text, with their history and their horizontal axis. */
function drawingOf(data: ReportData | ComparisonData) {
  if (data.kind === 'comparison') {
    const { charts, history } = overlay(data.variants);
    return { charts: overviewOf(charts), history, axis: data.axis };
  }
  return { charts: overviewOf(chartsOf(data.history)), history: data.history, axis: axisOf(data) };
}

function axisOf({ kind }: ReportData): ComparisonData['axis'] {
  return kind === 'run' ? 'iterations' : 'epochs';
}

/** Reads a run's folder or a fit's history. Throws a RunError or UsageError if it can't be drawn. */
export function readReport(path: string): ReportData {
  const fit = path.endsWith(HISTORY) ? readFitHistory(path) : undefined;
  const config = fit?.config ?? Run.readConfig(path);
  const all: Measured[] = fit ? measuredOf(fit) : new MetricsLog(join(path, METRICS)).read(warn);
  if (all.length === 0) {
    if (fit) throw new UsageError(`${path} has no finished epoch yet; azul fit goes on with it`);
    throw new RunError(`${path} has no finished iteration yet; azul resume ${shellWord(path)} trains on`);
  }
  const every = Math.ceil(all.length / MOST);
  return {
    name: basename(resolve(path), HISTORY),
    kind: fit ? 'fit' : 'run',
    config,
    meanings: describeConfig(),
    history: all.filter(
      ({ iteration, evaluation }, i) => iteration % every === 0 || i === 0 || i === all.length - 1 || evaluation,
    ),
    every,
    written: Date.now(),
  };
}

/** Combines several reports into a comparison. The page draws the mean of each variant's members. */
export function comparisonOf(
  name: string,
  variants: readonly { name: string; members: readonly ReportData[] }[],
): ComparisonData {
  const [axis, ...others] = new Set(variants.flatMap(({ members }) => members.map(axisOf)));
  if (others.length > 0) throw new UsageError('a run and a fit have no axis in common; name runs alone, or fits alone');
  return {
    name,
    kind: 'comparison',
    axis: axis!,
    variants: variants.map(({ name, members }) => ({ name, histories: members.map(({ history }) => history) })),
    written: Date.now(),
  };
}

/** The default path of a page: in the run's folder, or beside the fit's history. */
function pagePath(path: string): string {
  return path.endsWith(HISTORY) ? path.replace(HISTORY, '.html') : join(path, 'report.html');
}

function hasHistory(folder: string): boolean {
  return new MetricsLog(join(folder, METRICS)).read().length > 0;
}

/** Writes the page of a report. Throws a RunError if it can't be written. */
export function writePage(data: ReportData | ComparisonData, path: string): void {
  write(path, pageOf(data));
}

function write(path: string, content: string | Uint8Array): void {
  try {
    writeWhole(path, content);
  } catch (error) {
    throw new RunError(`cannot write the report to ${path}: ${(error as Error).message}; name another file with --out`);
  }
}

function pageOf(data: ReportData | ComparisonData): string {
  const [script, style] = ['report.js', 'report.css'].map((name) => {
    const file = new URL(name, PAGE);
    if (existsSync(file)) return readFileSync(file, 'utf8');
    throw new Error('the page has not been built; npm run build:web in the folder of Azul Zero builds it');
  }) as [string, string];
  // Charts show at most five digits.
  const brief = (key: string, value: unknown) =>
    typeof value === 'number' && key !== 'written' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  const json = JSON.stringify(data, brief).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}: report of a ${data.kind}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script id="data" type="application/json">${json}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}
