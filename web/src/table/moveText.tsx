import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { printMove } from '../../../src/game/notation.js';
import type { Rules } from '../../../src/game/rules.js';
import { type LastMove, pickOf } from './move.js';
import { moveWords, type Piece, plainText } from './sentence.js';
import { Tile } from './tiles.js';

/** A sentence with small tiles. */
export function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map((piece, i) =>
        typeof piece === 'string' ? piece : <Tile key={i} colour={piece.tile} class="small" />,
      )}
    </>
  );
}

/** A move in short: a count, a tile, its source and its line. The words and the notation are its tooltip. */
export function MoveText({ move, rules }: { move: LastMove; rules: Rules }) {
  const { source, colour } = pickOf(move.action);
  const destination = destinationOf(move.action);
  const words = plainText(moveWords(move, rules));
  const code = printMove(rules, move.action);
  return (
    <span class="move-text" title={`${words} (${code})`} data-move={code}>
      <span class="unseen">{words}</span>
      <span aria-hidden="true">
        {move.placed + move.fallen}
        <Tile colour={colour} class="small" />
        {source === rules.factories ? 'C' : `F${source + 1}`} → {destination === TO_FLOOR ? 'floor' : destination + 1}
      </span>
    </span>
  );
}
