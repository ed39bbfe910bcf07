/** The report of a run as one HTML file: its numbers, and the charts of the dashboard to draw them. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeWhole } from '../../files.js';
import { packageRoot } from '../../paths.js';
import { shellWord } from '../../quoting.js';
import { METRICS, newestRun, RUNS } from '../../runs/runs.js';
import { describeConfig } from '../../training/config/description.js';
import type { Config } from '../../training/config/schema.js';
import type { IterationMetrics } from '../../training/run/metrics.js';
import { MetricsLog } from '../../training/run/metricsLog.js';
import { Run, RunError } from '../../training/run/run.js';
import { warn } from '../terminal/colours.js';

/** What the page of a report is given. */
export interface ReportData {
  /** The folder's name. */
  name: string;
  config: Config;
  meanings: [field: string, meaning: string][];
  history: IterationMetrics[];
  /** Of so many iterations one is in the history, unless it was evaluated. */
  every: number;
  /** When, in ms since 1970. */
  written: number;
}

/** Iterations that a report holds, besides those that were evaluated: what a screen can show, and a browser draw at once. */
const MOST = 3000;
const PAGE = new URL('dist/report/', packageRoot);

/** Writes the report of a run, the newest that has a history if none is named, to `out`, or into its folder. */
export function report(folder = newestRun(hasHistory) ?? newestRun(), out?: string): void {
  if (folder === undefined) throw new RunError(`there is no run below ${RUNS}/; azul train starts one`);
  const config = Run.readConfig(folder);
  const history = new MetricsLog(join(folder, METRICS)).read(warn);
  if (history.length === 0)
    throw new RunError(`${folder} has no finished iteration yet; azul resume ${shellWord(folder)} trains on`);
  const every = Math.ceil(history.length / MOST);
  const page = reportPage({
    name: basename(resolve(folder)),
    config,
    meanings: describeConfig(),
    history: history.filter(
      ({ iteration, evaluation }, i) => iteration % every === 0 || i === 0 || i === history.length - 1 || evaluation,
    ),
    every,
    written: Date.now(),
  });
  const path = out ?? join(folder, 'report.html');
  try {
    writeWhole(path, page);
  } catch (error) {
    throw new RunError(`cannot write the report to ${path}: ${(error as Error).message}; name another file with --out`);
  }
  console.log(`${path} shows ${history.length} iterations; open it in a browser`);
}

function hasHistory(folder: string): boolean {
  return new MetricsLog(join(folder, METRICS)).read().length > 0;
}

function reportPage(data: ReportData): string {
  const [script, style] = ['report.js', 'report.css'].map((name) => {
    const file = new URL(name, PAGE);
    if (existsSync(file)) return readFileSync(file, 'utf8');
    throw new Error('the page has not been built; npm run build:web in the folder of Azul Zero builds it');
  }) as [string, string];
  // Five digits are more than a chart shows.
  const brief = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  const history = JSON.parse(JSON.stringify(data.history, brief)) as ReportData['history'];
  const json = JSON.stringify({ ...data, history }).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}: report of a run</title>
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
