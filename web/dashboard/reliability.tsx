/** The reliability curve of the value: predicted chances to win against observed results. */

import { percent } from '../../src/cli/terminal/format.js';
import type { Measured } from '../../src/training/run/metrics.js';

const SIZE = 260;
/** Radius of the largest bin, in units of the drawing. */
const LARGEST = 12;

export function Reliability({ history }: { history: readonly Measured[] }) {
  const newest = history.findLast(({ validation }) => validation?.valueReliability);
  const bins = newest?.validation?.valueReliability?.filter(({ count }) => count > 0) ?? [];
  if (!newest || bins.length === 0) return null;
  const most = Math.max(...bins.map(({ count }) => count));
  const x = (fraction: number) => SIZE * fraction;
  const y = (fraction: number) => SIZE * (1 - fraction);
  const said = bins.map(({ predicted, observed }) => `${percent(predicted)} was ${percent(observed)}`).join(', ');
  return (
    <section class="card reliability" aria-labelledby="reliability-title">
      <h3 id="reliability-title">Reliability of the value</h3>
      <svg viewBox={`-44 -14 ${SIZE + 60} ${SIZE + 56}`} role="img" aria-label={`reliability curve: ${said}`}>
        {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
          <g key={tick}>
            <path class="grid" d={`M${x(tick)} 0V${SIZE}M0 ${y(tick)}H${SIZE}`} />
            <text x={x(tick)} y={SIZE + 18} text-anchor="middle">
              {100 * tick}
            </text>
            <text x="-8" y={y(tick) + 4} text-anchor="end">
              {100 * tick}
            </text>
          </g>
        ))}
        <path class="ideal" d={`M0 ${SIZE}L${SIZE} 0`} />
        <polyline points={bins.map(({ predicted, observed }) => `${x(predicted)},${y(observed)}`).join(' ')} />
        {bins.map(({ from, predicted, observed, count }) => (
          <circle key={from} cx={x(predicted)} cy={y(observed)} r={Math.max(2.5, LARGEST * Math.sqrt(count / most))}>
            <title>{`said ${percent(predicted)}, won ${percent(observed)}; ${count} predictions`}</title>
          </circle>
        ))}
        <text x={SIZE / 2} y={SIZE + 36} text-anchor="middle">
          said, %
        </text>
        <text x={-SIZE / 2} y="-32" text-anchor="middle" transform="rotate(-90)">
          won, %
        </text>
      </svg>
      <p class="note">
        The predicted chance to win against the results of held-out games, newest measurement. On the diagonal the
        network is right: what it says to be won with 70 % is won with 70 %. Right of the middle, points below the
        diagonal mean that it is too sure. The area of a point is its number of predictions.
      </p>
    </section>
  );
}
