/** The report of a run or a fit, or a comparison of several. The page contains all its numbers and loads nothing. */
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import '../src/theme.css';
import '../dashboard/dashboard.css';
import './report.css';
import type { ComparisonData, ReportData } from '../../src/cli/pages/report.js';
import { duration, networkName, percent, rate, simulationsOf } from '../../src/cli/terminal/format.js';
import { FIT_AXES, RUN_AXES } from '../../src/training/curves/curves.js';
import { fitnessOf } from '../../src/training/curves/overfitting.js';
import { overlay } from '../../src/training/curves/overlay.js';
import type { IterationMetrics } from '../../src/training/run/metrics.js';
import { Charts } from '../dashboard/charts.js';
import { Configuration } from '../dashboard/configuration.js';
import { Evaluations } from '../dashboard/evaluations.js';
import { Reliability } from '../dashboard/reliability.js';

const HOW_TO_READ =
  'A pale line is what was measured, a strong one its moving average; a band is a 95 % interval. Drag across a chart to ' +
  'look closer, double-click to see all of it.';

function Report({ data }: { data: ReportData }) {
  const { name, kind, config, meanings, history, every, written } = data;
  const runs = kind === 'run' ? (history as IterationMetrics[]) : undefined;
  return (
    <main class="dashboard report">
      <header>
        <h1>{name}</h1>
        <p class="facts">
          {runs
            ? `Azul Zero learning a game for ${config.players} players by playing itself: ${networkName(config.network)} network, ` +
              `${simulationsOf(config.selfPlay)} simulations a move.`
            : `A ${networkName(config.network)} network learning from games for ${config.players} players that were played before.`}{' '}
          As of {new Date(written).toLocaleString('en-GB')}.
        </p>
      </header>
      <Figures figures={runs ? runFigures(data, runs) : fitFigures(data)} />
      <h2>Curves</h2>
      <p class="note">
        {HOW_TO_READ}
        {every > 1 && ` Every ${every}th iteration is drawn, and all that were evaluated.`}
      </p>
      <Charts history={history} axes={runs ? RUN_AXES : FIT_AXES} explained />
      <Reliability history={history} />
      {runs && <Evaluations history={runs} />}
      <Configuration {...{ name, config, meanings }} />
      <Footer />
    </main>
  );
}

function Comparison({ data: { name, axis, variants, written } }: { data: ComparisonData }) {
  const { charts, history } = useMemo(() => overlay(variants), [variants]);
  const several = variants.some(({ histories }) => histories.length > 1);
  return (
    <main class="dashboard report">
      <header>
        <h1>{name}</h1>
        <p class="facts">
          {variants.length} trainings over one another{several && ', each the mean of several'}. As of{' '}
          {new Date(written).toLocaleString('en-GB')}.
        </p>
      </header>
      <h2>Curves</h2>
      <p class="note">{HOW_TO_READ}</p>
      <Charts history={history} charts={charts} axes={[axis]} explained />
      <Footer />
    </main>
  );
}

function Footer() {
  return (
    <footer class="note">
      <p>
        If a curve does not look healthy, the troubleshooting section of docs/training.md says what to try. A fan’s
        research project, not affiliated with or endorsed by the game’s publisher or designer.
      </p>
    </footer>
  );
}

type Figure = [title: string, value: string, note: string];

function runFigures({ config }: ReportData, history: readonly IterationMetrics[]): Figure[] {
  const last = history.at(-1)!;
  const evaluated = history.filter(({ evaluation }) => evaluation);
  const best = evaluated.find(({ iteration }) => iteration === evaluated.at(-1)!.evaluation!.best);
  const elo = best?.evaluation?.elo;
  const whole = config.iterations > 0 ? `of ${config.iterations.toLocaleString('en')}; ` : '';
  const fitness = fitnessOf(history, config.training.policyWeight);
  return [
    ...(best && elo
      ? [
          [
            'best Elo',
            elo.mean.toFixed(0),
            `iteration ${best.iteration}; ${elo.low.toFixed(0)} to ${elo.high.toFixed(0)}, ${config.evaluation.opponents[0]} is 0`,
          ] satisfies Figure,
        ]
      : []),
    ['time', duration(last.elapsed), 'of work'],
    ['iterations', last.iteration.toLocaleString('en'), `${whole}${last.step.toLocaleString('en')} training steps`],
    ['games', last.totalGames.toLocaleString('en'), `${rate(last.totalPositions)} positions`],
    ['speed', `${rate(last.selfPlay.simulationsPerSecond)}/s`, 'simulations, at the end'],
    ['points a game', last.selfPlay.meanScore.toFixed(1), `${history[0]!.selfPlay.meanScore.toFixed(1)} at first`],
    ...(fitness ? [['learning', fitness, 'by the gap between held-out and training games'] satisfies Figure] : []),
  ];
}

function fitFigures({ config, history }: ReportData): Figure[] {
  const last = history.at(-1)!;
  const best = history.reduce((a, b) => (b.validation!.loss < a.validation!.loss ? b : a));
  const { loss, policyAccuracy } = best.validation!;
  const fitness = fitnessOf(history, config.training.policyWeight);
  return [
    ['held-out loss', loss.toFixed(3), `lowest, in epoch ${best.iteration}`],
    ['accuracy', percent(policyAccuracy), 'of the policy, in the same epoch'],
    ['epochs', String(last.iteration), `${last.step.toLocaleString('en')} training steps`],
    ['time', duration(last.elapsed), 'of work'],
    ...(fitness ? [['learning', fitness, 'by the gap between held-out and training games'] satisfies Figure] : []),
  ];
}

function Figures({ figures }: { figures: Figure[] }) {
  return (
    <section class="summary" aria-label="at a glance">
      <dl class="figures">
        {figures.map(([title, value, note]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd class="value">{value}</dd>
            <dd class="note">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const data = JSON.parse(document.getElementById('data')!.textContent!) as ReportData | ComparisonData;
render(
  data.kind === 'comparison' ? <Comparison data={data} /> : <Report data={data} />,
  document.getElementById('app')!,
);
