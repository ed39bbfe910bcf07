import { printPosition } from '../../../src/game/notation.js';
import { printAddress } from '../address.js';
import { studyQuery } from '../analyse/study.js';
import { CopyButton } from '../copyButton.js';
import { saveFile } from '../saveFile.js';
import { positionAfter, recordOf } from './game.js';
import { Log, type LogProps } from './log.js';

/** The log of a game, and buttons that analyse, copy or save it. */
export function GameTools({ game, names }: LogProps) {
  const { start, tokens } = game;
  const query = studyQuery({ names, start, tokens, at: tokens.length });
  return (
    <section class="card below" aria-label="This game">
      <Log game={game} names={names} />
      <div class="buttons">
        <a class="button" href={printAddress({ tab: 'analyse', query })}>
          Analyse
        </a>
        <CopyButton text={() => printPosition(positionAfter(game))}>Copy position</CopyButton>
        <CopyButton text={() => recordOf(game)}>Copy record</CopyButton>
        <button type="button" onClick={() => saveFile('azul-game.txt', recordOf(game))}>
          Save record
        </button>
      </div>
    </section>
  );
}
