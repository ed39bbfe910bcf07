/** The games that the browser keeps, as the texts of their addresses: the one that was moved in last comes first. */
import { NotationError } from '../../../src/game/tileNotation.js';
import { type Game, isOver, parseGame, positionAfter } from './game.js';

const KEY = 'azul-games';
const MOST = 10;

/** What is kept as long as the page where the browser keeps nothing. */
let memory = '';

/** Keeps a game in the place of what it was before; other games stay. */
export function saveGame(now: string, before: string): void {
  const others = texts().filter((text) => text !== now && text !== before);
  memory = [now, ...others].slice(0, MOST).join('\n');
  try {
    localStorage.setItem(KEY, memory);
  } catch {
    // The browser keeps nothing, or has no room left.
  }
}

/** The game that was moved in last. */
export function lastGame(): Game | undefined {
  return readable().next().value?.game;
}

/** The address text of the game before this one that is not over, if there is one. */
export function otherGame(current: string): string | undefined {
  for (const { text, game } of readable()) {
    if (text !== current && !isOver(positionAfter(game))) return text;
  }
  return undefined;
}

function texts(): string[] {
  let kept = memory;
  try {
    kept = localStorage.getItem(KEY) ?? memory;
  } catch {
    // As above.
  }
  return kept.split('\n').filter(Boolean);
}

/** The kept games that can be read; another version of the page may have kept others. */
function* readable(): Generator<{ text: string; game: Game }> {
  for (const text of texts()) {
    try {
      const game = parseGame(new URLSearchParams(text));
      if (game) yield { text, game };
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
    }
  }
}
