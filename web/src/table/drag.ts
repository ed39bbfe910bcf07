import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Pick } from './move.js';

/** Pixels that a pointer must move to start a drag. */
const SLACK = 6;

interface DragHandlers {
  onStart: (pick: Pick) => void;
  onOver: (destination: number | undefined) => void;
  /** Called with the destination below the pointer; undefined if there is none. */
  onDrop: (pick: Pick, destination: number | undefined) => void;
}

interface Drag {
  /** Whether the click that follows ends a drag, and is to be ignored. */
  dragged: () => boolean;
  /** The drawing that follows the pointer. */
  image: { pick: Pick; ref: RefObject<HTMLDivElement | null> } | undefined;
  /** To be called when the pointer goes down on tiles. */
  grab: (pick: Pick, event: PointerEvent) => void;
}

/** Drags tiles with a mouse, a pen or a finger. Elements with `data-destination` accept them. */
export function useDrag(handlers: DragHandlers): Drag {
  const current = useRef(handlers);
  current.current = handlers;
  const ref = useRef<HTMLDivElement>(null);
  const wasDrag = useRef(false);
  const [pick, setPick] = useState<Pick>();

  const grab = (grabbed: Pick, down: PointerEvent) => {
    if (down.button !== 0 || !down.isPrimary) return;
    wasDrag.current = false;
    let over: number | undefined;
    const place = (x: number, y: number) => {
      if (ref.current) ref.current.style.transform = `translate(${x}px, ${y}px) translate(-50%, -60%)`;
    };
    const move = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      const { clientX: x, clientY: y } = event;
      if (!wasDrag.current) {
        if (Math.hypot(x - down.clientX, y - down.clientY) < SLACK) return;
        wasDrag.current = true;
        setPick(grabbed);
        current.current.onStart(grabbed);
        requestAnimationFrame(() => place(x, y));
      }
      place(x, y);
      const now = destinationAt(x, y);
      if (now !== over) current.current.onOver((over = now));
    };
    const up = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      for (const [name, listener] of listeners) removeEventListener(name, listener as EventListener);
      if (!wasDrag.current) return;
      setPick(undefined);
      const dropped = event.type === 'pointerup' ? destinationAt(event.clientX, event.clientY) : undefined;
      current.current.onDrop(grabbed, dropped);
    };
    const listeners = [
      ['pointermove', move],
      ['pointerup', up],
      ['pointercancel', up],
    ] as const;
    for (const [name, listener] of listeners) addEventListener(name, listener as EventListener);
    if (down.target instanceof Element && down.target.hasPointerCapture(down.pointerId)) {
      down.target.releasePointerCapture(down.pointerId);
    }
  };

  return { dragged: () => wasDrag.current, image: pick && { pick, ref }, grab };
}

function destinationAt(x: number, y: number): number | undefined {
  const element = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-destination]');
  return element ? Number(element.dataset.destination) : undefined;
}
