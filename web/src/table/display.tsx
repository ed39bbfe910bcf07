/** A factory or the centre: tiles that can be taken, grouped by colour. */
import { COLOUR_NAMES } from '../../../src/game/description.js';
import { COLOURS, countOf, hasMarker } from '../../../src/game/pile.js';
import type { Pick } from './move.js';
import { Tile } from './tiles.js';

/** Row and column of the four places of a factory, clockwise. */
const PLACES = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 1],
] as const;

export interface DisplayProps {
  /** The factories from 0, then the centre. */
  source: number;
  name: string;
  /** Whether it is a factory with four places. The centre holds any number of tiles. */
  round: boolean;
  pile: number;
  /** Whether tiles were just taken from here. */
  left?: boolean | undefined;
  /** Probability that each colour is taken from here. */
  heat?: readonly number[] | undefined;
  /** The colours that are picked, suggested and pointed at as an error here. */
  picked?: number | undefined;
  suggested?: number | undefined;
  wrong?: number | undefined;
  /** Called when tiles are chosen. Without it they are no buttons. */
  onPick?: ((pick: Pick, byKeyboard: boolean) => void) | undefined;
  onGrab?: ((pick: Pick, event: PointerEvent) => void) | undefined;
}

export function Display(props: DisplayProps) {
  const { source, name, round, pile, left } = props;
  const groups: { colour: number; count: number; from: number }[] = [];
  let from = 0;
  for (let colour = 0; colour < COLOURS; colour++) {
    const count = countOf(pile, colour);
    if (count > 0) groups.push({ colour, count, from });
    from += count;
  }
  const marker = hasMarker(pile);
  const empty = groups.length === 0 && !marker;
  return (
    <section
      class={`display ${round ? 'factory' : 'centre'} ${empty ? 'empty' : ''} ${left ? 'left' : ''}`}
      data-source={source}
      aria-label={empty ? `${name}, empty` : name}
    >
      {round && <Plate />}
      {marker && (
        <span class="marker" role="img" aria-label="first-player marker">
          <Tile colour="marker" />
        </span>
      )}
      {groups.map((group) => (
        <Group key={group.colour} {...props} {...group} />
      ))}
    </section>
  );
}

function Group(props: DisplayProps & { colour: number; count: number; from: number }) {
  const { source, name, round, colour, count, from, heat, picked, suggested, wrong, onPick, onGrab } = props;
  const places = round ? PLACES.slice(from, from + count) : [];
  const [top, left] = [Math.min(...places.map(([row]) => row)), Math.min(...places.map(([, column]) => column))];
  const [bottom, right] = [Math.max(...places.map(([row]) => row)), Math.max(...places.map(([, column]) => column))];
  const area = round ? { gridArea: `${top} / ${left} / ${bottom + 1} / ${right + 1}` } : {};
  const probability = heat?.[colour] ?? 0;
  const label = `${count} ${COLOUR_NAMES[colour]} from ${name}`;
  const classes = ['group', `of-${count}`];
  if (picked === colour) classes.push('picked');
  if (suggested === colour) classes.push('suggested');
  if (wrong === colour) classes.push('wrong');
  const content = (
    <>
      {Array.from({ length: count }, (_, i) => {
        const place = places[i];
        return (
          <span
            key={i}
            class="seat"
            style={place ? { gridArea: `${place[0] - top + 1} / ${place[1] - left + 1}` } : undefined}
          >
            <Tile colour={colour} />
          </span>
        );
      })}
      {probability >= 0.02 && (
        <span class="heat">
          <b>{Math.round(100 * probability)}%</b>
        </span>
      )}
    </>
  );
  const common = {
    class: classes.join(' '),
    style: { ...area, '--heat': probability.toFixed(3) },
    'data-colour': colour,
  };
  if (!onPick) {
    return (
      <span {...common} role="img" aria-label={label}>
        {content}
      </span>
    );
  }
  const pick = { source, colour };
  return (
    <button
      {...common}
      type="button"
      aria-label={heat ? `${label}, the network: ${Math.round(100 * probability)}%` : label}
      aria-pressed={picked === colour}
      onClick={(event) => onPick(pick, event.detail === 0)}
      onPointerDown={(event) => onGrab?.(pick, event)}
    >
      {content}
    </button>
  );
}

function Plate() {
  return (
    <svg class="plate" viewBox="0 0 100 100" aria-hidden="true">
      <use href="#plate" />
    </svg>
  );
}
