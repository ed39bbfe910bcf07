/**
 * A move as one number, `(source * 5 + colour) * 6 + destination`. Sources are the factories from 0, then the centre.
 * Destinations are the pattern lines 0 to 4, then the floor line.
 */
import { COLOURS } from './pile.js';

/** The destination of a move to the floor line. */
export const TO_FLOOR = 5;
/** Destinations of a move. */
export const DESTINATIONS = 6;
/** Actions that take from one source. */
export const ACTIONS_PER_SOURCE = COLOURS * DESTINATIONS;

/** The action that takes a colour from a source to a destination. */
export function actionOf(source: number, colour: number, destination: number): number {
  return (source * COLOURS + colour) * DESTINATIONS + destination;
}

/** The factory that an action takes from, or `rules.factories` for the centre. */
export function sourceOf(action: number): number {
  return (action / ACTIONS_PER_SOURCE) | 0;
}

/** The colour that an action takes. */
export function colourOf(action: number): number {
  return ((action / DESTINATIONS) | 0) % COLOURS;
}

/** The pattern line that an action fills, or TO_FLOOR. */
export function destinationOf(action: number): number {
  return action % DESTINATIONS;
}

/** The action with the same colour and destination that takes from another source. */
export function withSource(action: number, source: number): number {
  return source * ACTIONS_PER_SOURCE + (action % ACTIONS_PER_SOURCE);
}
