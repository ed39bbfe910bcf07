/** The table of a game: factories, centre and boards. A person can look at it or play on it. */

import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { actionOf, destinationOf } from '../../../src/game/action.js';
import { type Position, printPosition } from '../../../src/game/notation.js';
import { boardAt, CENTRE, FLOOR, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { MOTIONS, SettingsContext } from '../settings.js';
import { Board, type Targets } from './board.js';
import { Display } from './display.js';
import { useDrag } from './drag.js';
import { fly } from './flight.js';
import { type LastMove, legalActions, type Pick, pickOf, preview } from './move.js';
import { Tile } from './tiles.js';

export type { LastMove } from './move.js';

export interface TableProps {
  position: Position;
  /** Names of the players, by seat. */
  names: readonly string[];
  /** Called with the person's legal action. Without it the table is only shown. */
  onMove?: ((action: number) => void) | undefined;
  /** The move that led to the position. Its tiles fly to their places. */
  last?: LastMove | undefined;
  /** Moves that stay marked, at their sources and at their tiles. */
  marked?: readonly LastMove[] | undefined;
  /** Probability of each action, shown as heat on the tiles. */
  heat?: readonly { action: number; probability: number }[] | undefined;
  /** Each seat's winning chance, 0 to 1. */
  chances?: readonly number[] | undefined;
  /** The seat whose board comes first and largest on small screens. */
  mine?: number | undefined;
  /** An action to point at. */
  suggestion?: number | undefined;
  /** An action to point at as an error. */
  wrong?: number | undefined;
  /** A board to light up, and in it cells of the wall (a bit set of wall.ts) or the floor line. */
  lit?: { seat: number; cells: number; floor: boolean } | undefined;
  /** Whether the position is only imagined. */
  ghost?: boolean | undefined;
}

export function Table(props: TableProps) {
  const { position, names, onMove, last, marked, heat, chances, mine, suggestion, wrong, lit, ghost } = props;
  const { rules, state } = position;
  const { settings } = useContext(SettingsContext);
  const root = useRef<HTMLDivElement>(null);
  const key = printPosition(position);
  const [picked, setPicked] = useState<Pick & { key: string }>();
  const [over, setOver] = useState<number>();
  /** The destination that waits to be confirmed. */
  const [staged, setStaged] = useState<number>();
  // Tiles in the hand belong to the position in which they were taken.
  const hand = picked?.key === key && onMove ? picked : undefined;
  const mover = state[PHASE] === PLAYING ? state[TURN]! : -1;

  const targets = useMemo((): Targets | undefined => {
    if (!hand || !onMove) return undefined;
    const legal = legalActions(position).filter((action) => {
      const pick = pickOf(action);
      return pick.source === hand.source && pick.colour === hand.colour;
    });
    return {
      colour: hand.colour,
      previews: new Map(legal.map((action) => [destinationOf(action), preview(position, action)])),
      over: over ?? staged,
      staged,
      onOver: setOver,
      onPlace: (destination) => {
        if (settings.confirm && staged !== destination) return setStaged(destination);
        setStaged(undefined);
        setPicked(undefined);
        setOver(undefined);
        onMove(actionOf(hand.source, hand.colour, destination));
      },
    };
  }, [hand, over, staged, settings.confirm, onMove, key]);

  const take = (pick: Pick | undefined) => {
    setOver(undefined);
    setStaged(undefined);
    setPicked(pick && { ...pick, key });
  };
  useEffect(() => {
    if (!hand) return;
    const putDown = ({ target }: PointerEvent) => {
      if (target instanceof Element && !target.closest('.target, .group')) take(undefined);
    };
    addEventListener('pointerdown', putDown);
    return () => removeEventListener('pointerdown', putDown);
  }, [hand]);
  const { dragged, image, grab } = useDrag({
    onStart: take,
    onOver: setOver,
    onDrop: (pick, destination) => {
      const legal =
        destination !== undefined && legalActions(position).includes(actionOf(pick.source, pick.colour, destination));
      if (legal && settings.confirm) return setStaged(destination);
      take(undefined);
      if (legal) onMove?.(actionOf(pick.source, pick.colour, destination));
    },
  });

  // With the keyboard, focus moves to the destinations and, after the move, to the tiles of the next one.
  const byKeyboard = useRef(false);
  const toTake = onMove !== undefined && mover >= 0;
  useLayoutEffect(() => {
    if (!byKeyboard.current || !toTake) return;
    if (hand) root.current?.querySelector<HTMLElement>('.target')?.focus();
    else if (document.activeElement === document.body)
      root.current?.querySelector<HTMLElement>('button.group')?.focus();
  }, [hand, toTake, key]);
  useLayoutEffect(() => {
    if (last && root.current)
      fly(root.current, last, state[boardAt(0, last.seat) + FLOOR]!, MOTIONS[settings.motion].flights);
  }, [last]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!hand || !targets) return;
    const destination = event.key === 'f' ? 5 : '12345'.indexOf(event.key);
    if (event.key === 'Escape') {
      const group = `[data-source="${hand.source}"] [data-colour="${hand.colour}"]`;
      take(undefined);
      root.current?.querySelector<HTMLElement>(group)?.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const buttons = [...(root.current?.querySelectorAll<HTMLElement>('.target') ?? [])];
      const at = buttons.indexOf(document.activeElement as HTMLElement);
      buttons[(at + (event.key === 'ArrowDown' ? 1 : buttons.length - 1)) % buttons.length]?.focus();
    } else if (destination >= 0 && targets.previews.has(destination)) {
      targets.onPlace(destination);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  // New thoughts change only the chances. The drawn tiles are kept.
  const displays = useMemo(() => {
    const piles = [...state.subarray(rules.firstFactory, rules.firstFactory + rules.factories), state[CENTRE]!];
    const perSource = heatBySource(heat);
    const suggested = suggestion === undefined ? undefined : pickOf(suggestion);
    const erred = wrong === undefined ? undefined : pickOf(wrong);
    return piles.map((pile, source) => (
      <Display
        key={source}
        source={source}
        name={source === rules.factories ? 'centre' : `factory ${source + 1}`}
        round={source < rules.factories}
        pile={pile}
        left={marked?.some(({ action }) => pickOf(action).source === source)}
        heat={heat && (perSource.get(source) ?? [])}
        picked={hand?.source === source ? hand.colour : undefined}
        suggested={suggested?.source === source ? suggested.colour : undefined}
        wrong={erred?.source === source ? erred.colour : undefined}
        onPick={
          toTake
            ? (pick, keyboard) => {
                if (dragged()) return;
                const same = hand?.source === pick.source && hand.colour === pick.colour;
                byKeyboard.current = keyboard;
                take(same ? undefined : pick);
              }
            : undefined
        }
        onGrab={toTake ? grab : undefined}
      />
    ));
  }, [state, marked, heat, suggestion, wrong, hand, toTake]);
  const boards = useMemo(
    () => names.map((_, seat) => state.subarray(boardAt(0, seat), boardAt(0, seat + 1))),
    [state, names.length],
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys are shortcuts for the buttons inside
    <div
      ref={root}
      class={`table players-${rules.players} ${onMove ? 'playable' : ''} ${hand ? 'holding' : ''} ${ghost ? 'ghostly' : ''}`}
      onKeyDown={onKeyDown}
    >
      <div class="displays">{displays}</div>
      <div class="boards">
        {names.map((name, seat) => (
          <Board
            key={seat}
            seat={seat}
            board={boards[seat]!}
            name={name}
            active={seat === (lit?.seat ?? mover)}
            mine={seat === (mine ?? 0)}
            chance={chances?.[seat]}
            players={rules.players}
            suggested={seat === mover && suggestion !== undefined ? destinationOf(suggestion) : undefined}
            wrong={seat === mover && wrong !== undefined ? destinationOf(wrong) : undefined}
            fresh={marked?.find((move) => move.seat === seat)}
            litCells={lit?.seat === seat ? lit.cells : undefined}
            litFloor={lit?.seat === seat && lit.floor}
            targets={seat === mover ? targets : undefined}
          />
        ))}
      </div>
      {image && (
        <div ref={image.ref} class="dragged">
          <Tile colour={image.pick.colour} />
        </div>
      )}
    </div>
  );
}

/** Probability by source, then by colour. */
function heatBySource(heat: TableProps['heat']): Map<number, number[]> {
  const sources = new Map<number, number[]>();
  for (const { action, probability } of heat ?? []) {
    const { source, colour } = pickOf(action);
    const colours = sources.get(source) ?? [0, 0, 0, 0, 0];
    colours[colour]! += probability;
    sources.set(source, colours);
  }
  return sources;
}
