import { useEffect, useRef, useState } from 'preact/hooks';
import { type Game, gameQuery } from './game.js';
import { otherGame, saveGame } from './savedGames.js';

/** Keeps the address and the browser's copy up to date; returns the address text of another game to go back to. */
export function useSaved(game: Game, onChange: (query: URLSearchParams) => void): string | undefined {
  const before = useRef(game);
  const [other, setOther] = useState<string>();
  useEffect(() => {
    const query = gameQuery(game);
    const text = query.toString();
    onChange(query);
    if (game !== before.current && (hasMoves(game) || hasMoves(before.current))) {
      saveGame(text, gameQuery(before.current).toString());
    }
    before.current = game;
    setOther(otherGame(text));
  }, [game]);
  return other;
}

function hasMoves({ tokens }: Game): boolean {
  return tokens.some((token) => !token.startsWith('='));
}
