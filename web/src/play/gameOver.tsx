import type { Position } from '../../../src/game/notation.js';
import { boardAt, SCORE, WALL } from '../../../src/game/state.js';
import { completeColours, completeColumns, completeRows } from '../../../src/game/wall.js';

export interface GameOverProps {
  position: Position;
  names: readonly string[];
  /** The address of the review. */
  review: string;
  onAgain: () => void;
}

/** Points for each complete row, column and colour. */
const BONUSES = [
  { name: 'Rows', complete: completeRows, points: 2 },
  { name: 'Columns', complete: completeColumns, points: 7 },
  { name: 'Colours', complete: completeColours, points: 10 },
] as const;

/** Says who won, and where the points come from. */
export function GameOver({ position: { rules, state }, names, review, onAgain }: GameOverProps) {
  const rows = names.map((name, seat) => {
    const board = boardAt(0, seat);
    const wall = state[board + WALL]!;
    const score = state[board + SCORE]!;
    const bonuses = BONUSES.map(({ complete, points }) => ({ count: complete(wall), points }));
    const sum = bonuses.reduce((sum, { count, points }) => sum + count * points, 0);
    return { seat, name, score, before: score - sum, bonuses };
  });
  return (
    <section class="card game-over" aria-label="Result">
      <h2>{resultText({ rules, state }, names)}</h2>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Player</th>
            <th scope="col">Tiles</th>
            {BONUSES.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Points</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .toSorted((a, b) => b.score - a.score)
            .map(({ seat, name, score, before, bonuses }) => (
              <tr key={seat}>
                <th scope="row">{name}</th>
                <td>{before}</td>
                {bonuses.map(({ count, points }) => (
                  <td key={points}>{count === 0 ? '0' : `${count} × ${points}`}</td>
                ))}
                <td>
                  <b>{score}</b>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <p class="quiet">A complete row brings 2 points, a column 7, all tiles of a colour 10.</p>
      <div class="buttons">
        <a class="button primary" href={review}>
          Review
        </a>
        <button type="button" onClick={onAgain}>
          Play again
        </button>
      </div>
    </section>
  );
}

export function resultText({ rules, state }: Position, names: readonly string[]): string {
  const winners = rules.winners(state, 0);
  const won = names.filter((_, seat) => (winners >> seat) & 1);
  if (won.length > 1) return `${won.join(' and ')} share the win`;
  return won[0] === 'You' ? 'You win!' : `${won[0]} wins`;
}
