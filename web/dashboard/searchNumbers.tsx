/** The search's numbers: the expected scores over the game, and the moves that it considered. */
import { percent } from '../../src/cli/terminal/format.js';
import type { SearchNumbers } from '../../src/training/run/latestGame.js';

const HEIGHT = 60;

export interface ChanceGraphProps {
  searches: readonly (SearchNumbers | null)[];
  players: number;
  at: number;
}

/** The expected score of each seat over the game, 0 to 1. */
export function ChanceGraph({ searches, players, at }: ChanceGraphProps) {
  const width = Math.max(1, searches.length);
  const seats = Array.from({ length: players }, (_, seat) => seat);
  const path = (seat: number) =>
    searches
      .flatMap((numbers, i) => (numbers ? [`${i} ${(HEIGHT * (1 - scoreOf(numbers.value[seat]!))).toFixed(1)}`] : []))
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${point}`)
      .join('');
  // With two players, the second curve would only mirror the first.
  const drawn = players === 2 ? [0] : seats;
  return (
    <svg
      class="chance-graph"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="expected score of each seat over the game"
    >
      <line class="even" x1="0" x2={width} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      {drawn.map((seat) => (
        <path key={seat} class={`curve-${seat}`} d={path(seat)} />
      ))}
      <line class="now" x1={at} x2={at} y1="0" y2={HEIGHT} />
    </svg>
  );
}

export interface ConsideredMovesProps {
  title: string;
  numbers: SearchNumbers | undefined;
  /** The numbers of the newest search up to this position. */
  expected: SearchNumbers | undefined;
  /** The next move or deal of the game. */
  played: string | undefined;
}

export function ConsideredMoves({ title, numbers, expected, played }: ConsideredMovesProps) {
  return (
    <div class="considered">
      <table>
        <caption>Expected</caption>
        <thead>
          <tr>
            <th scope="col">seat</th>
            <th scope="col">score</th>
            <th scope="col">points ahead</th>
          </tr>
        </thead>
        <tbody>
          {expected?.value.map((value, seat) => (
            <tr key={seat}>
              <th scope="row" class={`curve-${seat}`}>
                {seat}
              </th>
              <td>{percent(scoreOf(value))}</td>
              <td>{signed(expected.margin[seat]!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table hidden={!numbers}>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">move</th>
            <th scope="col">policy of the search</th>
          </tr>
        </thead>
        <tbody>
          {numbers?.policy.slice(0, 6).map(([move, probability]) => (
            <tr key={move} class={move === played ? 'played' : ''}>
              <th scope="row">{move}</th>
              <td>
                <meter min={0} max={1} value={probability} aria-hidden="true" />
                {percent(probability)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An expected result from -1 to 1 as a score from 0 to 1. */
function scoreOf(value: number): number {
  return (value + 1) / 2;
}

function signed(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;
}
