/** The form that starts a game: its seats, and its deal or position. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { LEVELS } from '../../../src/arena/levels.js';
import { MAX_PLAYERS, MIN_PLAYERS } from '../../../src/game/state.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { freshSeed, type Game, newGame, PERSON, parseStart } from './game.js';

export interface NewGameProps {
  /** The game whose seats and names are offered. */
  initial: Game;
  onStart: (game: Game) => void;
  onClose: () => void;
}

export function NewGame({ initial, onStart, onClose }: NewGameProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [seats, setSeats] = useState([...initial.seats]);
  const [names, setNames] = useState([...(initial.names ?? [])]);
  const [text, setText] = useState('');
  const [seed, setSeed] = useState(freshSeed);
  const [fault, setFault] = useState('');
  useEffect(() => dialog.current?.showModal(), []);

  const resize = (count: number) => {
    setSeats(Array.from({ length: count }, (_, seat) => seats[seat] ?? seats.find((s) => s !== PERSON) ?? 'club'));
  };
  const start = (event: Event) => {
    event.preventDefault();
    const named = seats.map((seat, i) => (seat === PERSON ? (names[i] ?? '').trim() : ''));
    try {
      if (text.trim() === '') return onStart({ ...newGame(seats, seed), names: named });
      const pasted = parseStart(text);
      const { players } = pasted.start.rules;
      if (players !== seats.length) {
        throw new NotationError(`what you pasted is for ${players} players, but there are ${seats.length} seats`);
      }
      onStart({ seats, names: named, seed, ...pasted });
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      setFault(error.message);
    }
  };

  return (
    <dialog ref={dialog} class="new-game" aria-labelledby="new-game-title" onClose={onClose}>
      <form onSubmit={start}>
        <h2 id="new-game-title">New game</h2>
        <fieldset>
          <legend>Players</legend>
          {Array.from({ length: MAX_PLAYERS - MIN_PLAYERS + 1 }, (_, i) => i + MIN_PLAYERS).map((count) => (
            <label key={count}>
              <input type="radio" name="players" checked={seats.length === count} onChange={() => resize(count)} />
              {count}
            </label>
          ))}
        </fieldset>
        {seats.map((seat, i) => (
          <fieldset key={i} class="seat-field">
            <legend>
              Seat {i + 1}
              {i === 0 ? ', who starts' : ''}
            </legend>
            <select
              aria-label={`who plays seat ${i + 1}`}
              value={seat}
              onChange={(event) => setSeats(seats.with(i, event.currentTarget.value))}
            >
              <option value={PERSON}>A person</option>
              {LEVELS.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            {seat === PERSON && (
              <input
                type="text"
                aria-label={`name of seat ${i + 1}`}
                placeholder="Name"
                maxLength={20}
                value={names[i] ?? ''}
                onInput={(event) => {
                  const next = seats.map((_, j) => names[j] ?? '');
                  setNames(next.with(i, event.currentTarget.value));
                }}
              />
            )}
          </fieldset>
        ))}
        <details>
          <summary>A given deal or position</summary>
          <label class="field">
            Seed of the deals
            <input
              type="number"
              min={0}
              step={1}
              value={seed}
              onInput={(event) => setSeed(Math.floor(Math.abs(event.currentTarget.valueAsNumber || 0)))}
            />
          </label>
          <label class="field">
            Or paste a deal (=BBYK/RRWW/…), a position, or start 2 moves …
            <textarea
              rows={3}
              value={text}
              spellcheck={false}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
        </details>
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <footer>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Start
          </button>
        </footer>
      </form>
    </dialog>
  );
}
