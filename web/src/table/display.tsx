/** A factory or the centre: tiles that can be taken, grouped by colour. */
import { COLOURS, countOf } from '../../../src/game/pile.js';
import { Tile } from './tiles.js';

export interface DisplayProps {
  pile: number;
  name: string;
  /** Whether it is a factory, round with four places; the centre takes what comes. */
  round: boolean;
  marker: boolean;
  /** Probability that each colour is taken from here. */
  heat?: readonly number[] | undefined;
}

export function Display({ pile, name, round, marker, heat }: DisplayProps) {
  const groups = Array.from({ length: COLOURS }, (_, colour) => ({ colour, count: countOf(pile, colour) }));
  return (
    <section class={round ? 'factory' : 'centre'} aria-label={name}>
      {marker && <Tile colour="marker" />}
      {groups
        .filter(({ count }) => count > 0)
        .map(({ colour, count }) => (
          <span key={colour} class="group" data-heat={heat ? Math.round(10 * heat[colour]!) : undefined}>
            {Array.from({ length: count }, (_, i) => (
              <Tile key={i} colour={colour} />
            ))}
          </span>
        ))}
    </section>
  );
}
