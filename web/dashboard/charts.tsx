/** All charts of the run, group by group. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { CHART_GROUPS, type Chart } from '../../src/training/curves/chart.js';
import { RUN_AXES } from '../../src/training/curves/curves.js';
import type { Measured } from '../../src/training/run/metrics.js';
import { ChartCard } from './chartCard.js';
import { type AxisName, ChartFinder } from './chartData.js';
import { useTheme } from './theme.js';

const SPANS = [1, 5, 20, 100];
/** Approximate number of averaging spans in a history, where the user chooses no span. */
const PARTS = 50;

export interface ChartsProps {
  history: readonly Measured[];
  /** The charts to draw. The default is all charts for which the history has numbers. */
  charts?: readonly Chart[];
  /** The choices for the horizontal axis. The default is the axes of a run. */
  axes?: readonly [AxisName, ...AxisName[]];
  /** Whether explanations are always shown, rather than behind question marks. */
  explained?: boolean;
}

export function Charts({ history, charts: given, axes = RUN_AXES, explained }: ChartsProps) {
  const [axis, setAxis] = useState<AxisName>(axes[0]);
  const [chosenSpan, setSpan] = useState(0);
  const span = chosenSpan || suitableSpan(history.length);
  const finder = useRef<ChartFinder>(undefined);
  finder.current ??= new ChartFinder();
  const charts = given ?? finder.current.find(history);
  const theme = useTheme();
  return (
    <div class="charts">
      <div class="controls">
        <label>
          along{' '}
          <select value={axis} onChange={({ currentTarget }) => setAxis(currentTarget.value as AxisName)}>
            {axes.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          smoothed over{' '}
          <select value={chosenSpan} onChange={({ currentTarget }) => setSpan(Number(currentTarget.value))}>
            <option value={0}>as suits</option>
            {SPANS.map((span) => (
              <option key={span} value={span}>
                {span === 1 ? 'nothing' : `${span} ${axes[0]}`}
              </option>
            ))}
          </select>
        </label>
      </div>
      {CHART_GROUPS.map((group) => {
        const members = charts.filter((chart) => chart.group === group);
        if (members.length === 0) return null;
        const grid = (
          <div class="grid">
            {members.map((chart) => (
              <ChartCard key={chart.title} {...{ chart, history, axis, span, theme, explained }} />
            ))}
          </div>
        );
        return group === CHART_GROUPS.at(-1) ? (
          <Folded key={group} title={group} content={grid} />
        ) : (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            {grid}
          </section>
        );
      })}
    </div>
  );
}

/** A section whose content is drawn only while it is open. */
function Folded({ title, content }: { title: string; content: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="folded" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {open && content}
    </details>
  );
}

/** Returns the default averaging span. It is a power of two, so that it rarely changes while the history grows. */
function suitableSpan(iterations: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(iterations / PARTS)));
}
