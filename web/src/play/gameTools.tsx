import { printPosition } from '../../../src/game/notation.js';
import { printAddress } from '../address.js';
import { studyQuery } from '../analyse/study.js';
import { CopyButton } from '../copyButton.js';
import { type Game, positionAfter, recordOf, seatNames } from './game.js';

/** The ways out of a game: analysis, its record, its position. */
export function GameTools({ game }: { game: Game }) {
  const { start, tokens, seats } = game;
  const plies = tokens.filter((token) => !token.startsWith('='));
  const query = studyQuery({ names: seatNames(seats), start, tokens, at: tokens.length });
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([recordOf(game)], { type: 'text/plain' }));
    link.download = 'azul-game.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <section class="card below" aria-label="This game">
      <p class="moves">{plies.length > 0 ? plies.join(' ') : 'No move has been made yet.'}</p>
      <div class="buttons">
        <a class="button" href={printAddress({ tab: 'analyse', query })}>
          Analyse
        </a>
        <CopyButton text={() => printPosition(positionAfter(game))}>Copy position</CopyButton>
        <CopyButton text={() => recordOf(game)}>Copy record</CopyButton>
        <button type="button" onClick={save}>
          Save record
        </button>
      </div>
    </section>
  );
}
