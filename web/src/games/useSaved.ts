import { useEffect, useRef, useState } from 'preact/hooks';
import { type Game, gameQuery } from '../play/game.js';
import type { Library } from './library.js';

/** Stores a game after each move and keeps its address up to date. Returns the query of another game to go back to. */
export function useSaved(library: Library, game: Game, onChange: (query: URLSearchParams) => void): string | undefined {
  const before = useRef(game);
  const [other, setOther] = useState<string>();
  useEffect(() => {
    onChange(gameQuery(game));
    if (game !== before.current && (hasMoves(game) || hasMoves(before.current))) library.save(game, before.current);
    before.current = game;
    setOther(library.other(game));
  }, [game]);
  return other;
}

function hasMoves({ tokens }: Game): boolean {
  return tokens.some((token) => !token.startsWith('='));
}
