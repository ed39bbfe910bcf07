import { COLOUR_NAMES } from '../../../src/game/description.js';
import { type Position, printPosition } from '../../../src/game/notation.js';
import { countOf } from '../../../src/game/pile.js';
import { BAG, LID } from '../../../src/game/state.js';
import { printAddress } from '../address.js';
import { studyQuery } from '../analyse/study.js';
import { CopyButton } from '../copyButton.js';
import { saveFile } from '../saveFile.js';
import { Tile } from '../table/tiles.js';
import { positionAfter, recordOf } from './game.js';
import { Log, type LogProps } from './log.js';

/** The log of a game, and buttons that analyse, copy or save it. */
export function GameTools({ game, names }: LogProps) {
  const { start, tokens } = game;
  const query = studyQuery({ names, seats: game.seats, start, tokens, lines: [], at: tokens.length });
  return (
    <section class="card below" aria-label="This game">
      <Log game={game} names={names} />
      <Supplies position={positionAfter(game)} />
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

/** The tiles in the bag and in the lid, by colour. */
function Supplies({ position: { state } }: { position: Position }) {
  return (
    <dl class="supplies">
      {(
        [
          ['Bag', BAG],
          ['Lid', LID],
        ] as const
      ).map(([name, pile]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {COLOUR_NAMES.map((colour, i) => (
              <span key={colour} title={colour}>
                {countOf(state[pile]!, i)}
                <Tile colour={i} class="small" />
                <span class="unseen">{colour} </span>
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
