/** One chart: title, explanation, drawing, and a legend with values. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Chart } from '../../src/training/curves/chart.js';
import type { Measured } from '../../src/training/run/metrics.js';
import { type AxisName, columnsOf, linesOf } from './chartData.js';
import { axisNumber, valueText } from './numbers.js';
import { plotOptions } from './plotOptions.js';

const HEIGHT = 170;

export interface ChartCardProps {
  chart: Chart;
  history: readonly Measured[];
  axis: AxisName;
  /** Iterations over which noisy curves are averaged. */
  span: number;
  /** A string that changes when the page's colours change (`useTheme`). */
  theme: string;
  /** Whether the explanation is always shown, rather than behind the question mark. */
  explained?: boolean | undefined;
}

export function ChartCard({ chart, history: newest, axis, span, theme, explained }: ChartCardProps) {
  const host = useRef<HTMLDivElement>(null);
  const history = useWhileSeen(host, newest);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number>();
  const { curves } = chart;
  const lines = useMemo(() => linesOf(chart, span), [chart, span]);
  const data = useMemo(() => columnsOf(history, lines, axis, span), [history, lines, axis, span]);

  useLayoutEffect(() => {
    const element = host.current!;
    const options = plotOptions(chart, lines, axis, element, HEIGHT, (index) => setPointed(index ?? undefined));
    const made = new uPlot(options, data, element);
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [chart, lines, axis, theme]);

  useEffect(() => {
    const made = plot.current;
    if (!made || made.data === data) return;
    // A zoomed view stays as it is.
    const [x] = made.data;
    const { min, max } = made.scales.x!;
    const zoomed = x.length > 1 && (min! > x[0]! || max! < x.at(-1)!);
    made.setData(data, !zoomed);
    if (zoomed) made.redraw();
  }, [data]);

  const index = pointed !== undefined && pointed < history.length ? pointed : undefined;
  const legend = curves.map((curve, i) => {
    const column = data[lines.findLastIndex((line) => line.index === i) + 1]!;
    const at = index ?? column.findLastIndex((value) => value !== null);
    return { name: curve.name, text: valueText(column[at], chart.unit) };
  });
  const said = legend.map(({ name, text }) => `${name} ${text}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <h4>
          {chart.title}
          {![chart.title, '', '%'].includes(chart.unit) && <small> {chart.unit}</small>}
        </h4>
        {!explained && (
          <details class="explain">
            <summary aria-label={`What is ${chart.title}?`}>?</summary>
            <p>{chart.explanation}</p>
          </details>
        )}
      </figcaption>
      <div ref={host} class="plot" role="img" aria-label={`${chart.title} by ${axis}; newest: ${said}`} />
      <ul class="legend">
        {legend.map(({ name, text }, i) => (
          <li key={name} class={`curve-${i % 6}`}>
            <svg width="18" height="8" aria-hidden="true">
              <line x1="1" x2="17" y1="4" y2="4" stroke="currentColor" stroke-width="2.5" class={`dash-${i % 6}`} />
            </svg>
            {name} <b>{text}</b>
          </li>
        ))}
        {index !== undefined && (
          <li class="where">
            {axis} {axisNumber(data[0][index]!, axis)}
          </li>
        )}
      </ul>
      {explained && <p class="explanation">{chart.explanation}</p>}
    </figure>
  );
}

/** Returns the newest value while the element is in view. While it is out of view, returns the last value shown. */
function useWhileSeen<T>(element: RefObject<HTMLElement | null>, value: T): T {
  const [seen, setSeen] = useState(true);
  const kept = useRef(value);
  if (seen) kept.current = value;
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setSeen(entry!.isIntersecting), { rootMargin: '100px' });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return kept.current;
}
