/** The report of a run: a page that holds its numbers, and needs nothing else. */
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import '../src/theme.css';
import '../dashboard/dashboard.css';
import './report.css';
import type { ReportData } from '../../src/cli/pages/report.js';
import { duration, networkName, rate, simulationsOf } from '../../src/cli/terminal/format.js';
import { Charts } from '../dashboard/charts.js';
import { Configuration } from '../dashboard/configuration.js';
import { Evaluations } from '../dashboard/evaluations.js';

function Report({ data }: { data: ReportData }) {
  const { name, config, meanings, history, every, written } = data;
  return (
    <main class="dashboard report">
      <header>
        <h1>{name}</h1>
        <p class="facts">
          Azul Zero learning a game for {config.players} players by playing itself: {networkName(config.network)}{' '}
          network, {simulationsOf(config.selfPlay)} simulations a move. As of{' '}
          {new Date(written).toLocaleString('en-GB')}.
        </p>
      </header>
      <Figures data={data} />
      <h2>Curves</h2>
      <p class="note">
        A pale line is what was measured, a strong one its moving average; a band is a 95 % interval. Drag across a
        chart to look closer, double-click to see all of it.
        {every > 1 && ` Of ${every} iterations one is drawn, and every one that was evaluated.`}
      </p>
      <Charts history={history} explained />
      <Evaluations history={history} />
      <Configuration {...{ name, config, meanings }} />
      <footer class="note">
        <p>
          Where a curve does not look healthy, the part on troubleshooting of docs/training.md says what to try. A fan’s
          research project, not affiliated with or endorsed by the game’s publisher or designer.
        </p>
      </footer>
    </main>
  );
}

function Figures({ data: { config, history } }: { data: ReportData }) {
  const last = history.at(-1)!;
  const evaluated = history.filter(({ evaluation }) => evaluation);
  const best = evaluated.find(({ iteration }) => iteration === evaluated.at(-1)!.evaluation!.best);
  const elo = best?.evaluation?.elo;
  const whole = config.iterations > 0 ? `of ${config.iterations.toLocaleString('en')}; ` : '';
  const figures: [title: string, value: string, note: string][] = [
    ['time', duration(last.elapsed), 'of work'],
    ['iterations', last.iteration.toLocaleString('en'), `${whole}${last.step.toLocaleString('en')} training steps`],
    ['games', last.totalGames.toLocaleString('en'), `${rate(last.totalPositions)} positions`],
    ['speed', `${rate(last.selfPlay.simulationsPerSecond)}/s`, 'simulations, at the end'],
    ['points a game', last.selfPlay.meanScore.toFixed(1), `${history[0]!.selfPlay.meanScore.toFixed(1)} at first`],
  ];
  if (best && elo) {
    const note = `iteration ${best.iteration}; ${elo.low.toFixed(0)} to ${elo.high.toFixed(0)}, ${config.evaluation.opponents[0]} is 0`;
    figures.unshift(['best Elo', elo.mean.toFixed(0), note]);
  }
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

const data = JSON.parse(document.getElementById('data')!.textContent!) as ReportData;
render(<Report data={data} />, document.getElementById('app')!);
