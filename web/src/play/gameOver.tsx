import type { Position } from '../../../src/game/notation.js';
import { boardAt, SCORE, WALL } from '../../../src/game/state.js';
import { completeColours, completeColumns, completeRows } from '../../../src/game/wall.js';

export interface GameOverProps {
  position: Position;
  names: readonly string[];
  onAgain: () => void;
}

/** Says who won, and with which points. */
export function GameOver({ position: { rules, state }, names, onAgain }: GameOverProps) {
  const rows = names.map((name, seat) => {
    const board = boardAt(0, seat);
    const wall = state[board + WALL]!;
    return {
      name,
      score: state[board + SCORE]!,
      counts: [completeRows(wall), completeColumns(wall), completeColours(wall)],
    };
  });
  return (
    <section class="card game-over" aria-label="Result">
      <h2>{resultText({ rules, state }, names)}</h2>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Player</th>
            <th scope="col">Points</th>
            <th scope="col">Rows</th>
            <th scope="col">Columns</th>
            <th scope="col">Colours</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .toSorted((a, b) => b.score - a.score)
            .map(({ name, score, counts }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <b>{score}</b>
                </td>
                {counts.map((count, i) => (
                  <td key={i}>{count}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
      <p class="quiet">A row brings 2 points, a column 7, all tiles of a colour 10; they are in the points already.</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={onAgain}>
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
