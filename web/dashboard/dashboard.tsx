/** The live dashboard of a training run. The page shows it if the server serves a run. */
import 'uplot/dist/uPlot.min.css';
import './dashboard.css';
import { Charts } from './charts.js';
import { Configuration } from './configuration.js';
import { Evaluations } from './evaluations.js';
import { Reliability } from './reliability.js';
import { useRunFeed } from './runFeed.js';
import { Summary } from './summary.js';
import { WatchedGame } from './watchedGame.js';

export function Dashboard() {
  const feed = useRunFeed();
  const { description, history } = feed;
  return (
    <div class="dashboard">
      <Summary feed={feed} />
      <div class="run-columns">
        <div class="run-side">
          <WatchedGame />
          <Evaluations history={history} />
          <Reliability history={history} />
          {description && <Configuration {...description} />}
        </div>
        {history.length > 0 && <Charts history={history} />}
      </div>
    </div>
  );
}
