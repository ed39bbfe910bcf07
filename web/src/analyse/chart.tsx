/** Winning chances and margins over a game. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { GameError } from './errors.js';
import type { Round } from './study.js';

/** Colours of the seats' curves, visible in both themes. */
export const SEAT_COLOURS = ['#3b82d8', '#d9822b', '#2a9d8f', '#b35aa8'] as const;

const HEIGHT = 150;
const GREY = '#8a8576';

export interface ChartProps {
  title: string;
  /** Places in the game (numbers of tokens before them), rising. */
  places: readonly number[];
  /** A curve for each seat, with a value for each place. */
  curves: readonly { name: string; values: readonly number[] }[];
  range?: [number, number];
  format: (value: number) => string;
  rounds: readonly Round[];
  /** The place that the table shows. */
  at: number;
  /** Errors to mark on the curves of their players. */
  errors?: readonly GameError[];
  onChoose: (place: number) => void;
}

const ERROR_COLOURS = { slip: '#d8b23c', mistake: '#e0822d', blunder: '#d23b26' } as const;

export function Chart(props: ChartProps) {
  const { title, places, curves, rounds, range, format } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const readout = useRef<HTMLOutputElement>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current!;
    const axis: uPlot.Axis = { stroke: GREY, grid: { stroke: '#8a857633', width: 1 }, ticks: { show: false } };
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false }, ...(range ? { y: { range } } : {}) },
        axes: [
          {
            ...axis,
            size: 24,
            splits: () => rounds.map(({ place }) => place),
            values: () => rounds.map(({ number }) => `round ${number}`),
          },
          { ...axis, size: 48, values: (_, values) => values.map(format) },
        ],
        series: [
          { label: 'place' },
          ...curves.map(({ name }, seat) => ({
            label: name,
            stroke: SEAT_COLOURS[seat]!,
            width: 2,
            points: { show: false },
            value: (_: uPlot, value: number | null) => (value === null ? '–' : format(value)),
          })),
        ],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        hooks: {
          setCursor: [
            ({ cursor: { idx } }) => {
              readout.current!.textContent = typeof idx === 'number' ? valuesAt(latest.current, idx) : '';
            },
          ],
          draw: [
            ({ ctx, bbox, valToPos }) => {
              const x = valToPos(latest.current.at, 'x', true);
              ctx.fillStyle = '#e39a12';
              ctx.fillRect(x - 1, bbox.top, 2, bbox.height);
              for (const { move, kind, place } of latest.current.errors ?? []) {
                const value = latest.current.curves[move.seat]!.values[latest.current.places.indexOf(place)]!;
                ctx.beginPath();
                ctx.arc(valToPos(place, 'x', true), valToPos(value, 'y', true), 5 * devicePixelRatio, 0, 2 * Math.PI);
                ctx.fillStyle = ERROR_COLOURS[kind.name];
                ctx.fill();
              }
            },
          ],
        },
      },
      [[...places], ...curves.map(({ values }) => [...values])],
      element,
    );
    plot.current = chart;
    const choose = () => {
      const place = chart.cursor.idx;
      if (place !== null && place !== undefined) latest.current.onChoose(latest.current.places[place]!);
    };
    chart.over.addEventListener('click', choose);
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [places, curves]);
  useEffect(() => plot.current?.redraw(false), [props.at]);

  const last = curves.map(({ name, values }) => `${name} ${format(values.at(-1) ?? 0)}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {curves.map(({ name }, seat) => (
          <span key={seat} class={`key seat-${seat}`}>
            {name}
          </span>
        ))}
      </figcaption>
      <output ref={readout} class="readout" />
      <div ref={host} role="img" aria-label={`${title} over the game, at its end: ${last}`} />
    </figure>
  );
}

/** The values of all curves at an index of the places, as a line of text. */
function valuesAt({ places, curves, rounds, format }: ChartProps, i: number): string {
  const round = rounds.findLast(({ place }) => place <= places[i]!);
  const values = curves.map(({ name, values }) => `${name} ${format(values[i]!)}`).join(', ');
  return round ? `Round ${round.number}: ${values}` : values;
}
