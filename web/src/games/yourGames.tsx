/** The dialog with all games that the browser stores. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { boardAt, ROUND, SCORE } from '../../../src/game/state.js';
import { printAddress } from '../address.js';
import { accuracyOf } from '../analyse/accuracy.js';
import { studyQuery } from '../analyse/study.js';
import { percent } from '../engine/thinkPanel.js';
import { gameQuery, isOver, PERSON, positionAfter, seatNames } from '../play/game.js';
import { saveFile } from '../saveFile.js';
import { ImportError, type Library, type SavedGame } from './library.js';
import { talliesOf } from './tally.js';

export interface YourGamesProps {
  library: Library;
  onClose: () => void;
}

export function YourGames({ library, onClose }: YourGamesProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [games, setGames] = useState(() => library.games());
  const [deleted, setDeleted] = useState<SavedGame>();
  const [message, setMessage] = useState('');
  const tallies = useMemo(() => talliesOf(games.map(({ game }) => game)), [games]);

  const read = async (file: File) => {
    try {
      const added = library.import(await file.text());
      setMessage(`${added} ${added === 1 ? 'game was' : 'games were'} added.`);
      setGames(library.games());
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      setMessage(error.message);
    }
  };
  const remove = (saved: SavedGame) => {
    library.delete(saved);
    setDeleted(saved);
    setGames(library.games());
  };
  const undo = () => {
    library.restore(deleted!);
    setDeleted(undefined);
    setGames(library.games());
  };
  return (
    <dialog ref={dialog} class="your-games" aria-labelledby="your-games-title" onClose={onClose}>
      <h2 id="your-games-title">Your games</h2>
      {tallies.length > 0 && (
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">Against</th>
              <th scope="col">Won</th>
              <th scope="col">Tied</th>
              <th scope="col">Lost</th>
            </tr>
          </thead>
          <tbody>
            {tallies.map(({ level, won, tied, lost }) => (
              <tr key={level}>
                <th scope="row">{level}</th>
                <td>{won}</td>
                <td>{tied}</td>
                <td>{lost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {games.length === 0 && <p class="quiet">A game is stored here after its first move.</p>}
      <ul>
        {games.map((saved) => (
          <Entry key={saved.id} saved={saved} library={library} onDelete={() => remove(saved)} />
        ))}
      </ul>
      {deleted && (
        <p role="status">
          The game was deleted.{' '}
          <button type="button" onClick={undo}>
            Undo
          </button>
        </p>
      )}
      {message && <p role="status">{message}</p>}
      <footer>
        <button
          type="button"
          disabled={games.length === 0}
          onClick={() => saveFile('azul-games.json', library.export())}
        >
          Export all
        </button>
        <label class="button">
          Import…
          <input
            type="file"
            class="unseen"
            accept=".json,application/json"
            onChange={async ({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file) await read(file);
              currentTarget.value = '';
            }}
          />
        </label>
        <button type="button" class="primary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </footer>
    </dialog>
  );
}

function Entry({ saved, library, onDelete }: { saved: SavedGame; library: Library; onDelete: () => void }) {
  const { game, changed } = saved;
  const { start, tokens } = game;
  const names = seatNames(game);
  const { rules, state } = positionAfter(game);
  const over = isOver({ rules, state });
  const scores = names.map((_, seat) => state[boardAt(0, seat) + SCORE]).join(' : ');
  const review = library.review(game);
  const persons = [...game.seats.keys()].filter((seat) => game.seats[seat] === PERSON);
  const study = studyQuery({ names, seats: game.seats, start, tokens, lines: [], at: tokens.length });
  if (over) study.set('review', '');
  return (
    <li>
      <span>
        <b>{names.join(' – ')}</b> {scores}
        <small>
          {new Date(changed).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}
          {over ? ', finished' : `, round ${Math.max(1, state[ROUND]!)}`}
          {review && persons.map((seat) => `, accuracy of ${names[seat]} ${percent(accuracyOf(review, seat))}`)}
        </small>
      </span>
      <a class="button" href={printAddress({ tab: 'play', query: gameQuery(game) })}>
        {over ? 'Show' : 'Continue'}
      </a>
      <a class="button" href={printAddress({ tab: 'analyse', query: study })}>
        {over ? 'Review' : 'Analyse'}
      </a>
      <button type="button" onClick={onDelete}>
        Delete
      </button>
    </li>
  );
}
