/** Draws charts as a picture: as SVG in two columns, and as PNG. */
import { createRequire } from 'node:module';
import type { Chart } from '../../training/curves/chart.js';
import { scaled, tickLabel } from '../../training/curves/scale.js';
import type { Measured } from '../../training/run/metrics.js';

const [WIDTH, HEIGHT] = [560, 320];
const PLOT = { left: 64, top: 40, width: 470, height: 210 };
/** Pixels of the PNG per unit of the SVG. */
const SCALE = 2;
const INKS = ['#3c6fb4', '#c8493a', '#2f8f6b', '#a9761f', '#7a4fa3', '#5a6270'];
const DASHES = ['', '6 4', '2 3', '10 4 2 4', '12 5', '1 5'];
/** Histories with fewer entries are drawn with points. */
const FEW = 30;

/** Returns the charts as SVG; `along` names what the horizontal axis counts. */
export function chartsSvg(charts: readonly Chart[], history: readonly Measured[], along: string): string {
  const rows = Math.ceil(charts.length / 2);
  const parts = charts.map((chart, i) => {
    const [x, y] = [(i % 2) * WIDTH, Math.floor(i / 2) * HEIGHT];
    return `<g transform="translate(${x} ${y})">${chartSvg(chart, history, along)}</g>`;
  });
  const [width, height] = [2 * WIDTH, rows * HEIGHT];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Lato" font-size="13" fill="#333">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>${parts.join('')}</svg>\n`
  );
}

function chartSvg(chart: Chart, history: readonly Measured[], along: string): string {
  const { left, top, width, height } = PLOT;
  const scale = scaled(chart, history);
  const [first, last] = [history[0]!.iteration, Math.max(history[0]!.iteration + 1, history.at(-1)!.iteration)];
  const x = ({ iteration }: Measured) => (left + (width * (iteration - first)) / (last - first)).toFixed(1);
  const y = (value: number) => (top + height * (1 - (value - scale.low) / (scale.high - scale.low))).toFixed(1);
  const grid = scale.ticks.map(
    (tick) =>
      `<path d="M${left} ${y(tick)}h${width}" stroke="#ddd"/>` +
      `<text x="${left - 8}" y="${y(tick)}" dy="4.5" text-anchor="end">${tickLabel(tick, scale, chart.unit)}</text>`,
  );
  const curves = scale.lines.map(({ name, values }, i) => {
    const paint = `stroke="${INKS[i % INKS.length]}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length]}"`;
    const points = values.flatMap((value, j) => (value === undefined ? [] : [`${x(history[j]!)},${y(value)}`]));
    const dots = points.map((point) => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${INKS[i % INKS.length]}"/>`;
    });
    const column = left + (i % 3) * 160;
    const line = top + height + 38 + 17 * Math.floor(i / 3);
    return (
      `<polyline points="${points.join(' ')}" fill="none" ${paint}/>${history.length < FEW ? dots.join('') : ''}` +
      `<path d="M${column} ${line - 4}h26" ${paint}/><text x="${column + 32}" y="${line}">${escaped(name)}</text>`
    );
  });
  return (
    `<text x="${left}" y="24" font-size="16" font-weight="bold">${escaped(chart.title)}</text>${grid.join('')}` +
    `<text x="${left}" y="${top + height + 18}">${first}</text>` +
    `<text x="${left + width / 2}" y="${top + height + 18}" text-anchor="middle">${along}</text>` +
    `<text x="${left + width}" y="${top + height + 18}" text-anchor="end">${last}</text>${curves.join('')}`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Returns an SVG as PNG. The font comes with the program, so that the picture is the same on all machines. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['400Regular/Lato_400Regular', '700Bold/Lato_700Bold'].map((name) =>
    resolve(`@expo-google-fonts/lato/${name}.ttf`),
  );
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Lato' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: SCALE } }).render().asPng();
}
