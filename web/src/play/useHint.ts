import { useEffect, useRef } from 'preact/hooks';
import { chanceName, wonFraction } from '../../../src/arena/gameAnalysis.js';
import { TURN } from '../../../src/game/state.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { lastMove } from '../table/move.js';
import type { Hint, PlayEvent, PlayState } from './playState.js';

const SIMULATIONS = 400;

/** Returns a function that asks for a good move. The next move withdraws the request. */
export function useHint(engine: Engine, { game, position }: PlayState, dispatch: (event: PlayEvent) => void) {
  const asked = useRef<AbortController>(undefined);
  useEffect(() => () => asked.current?.abort(), [game]);
  return async () => {
    asked.current?.abort();
    asked.current = new AbortController();
    const say = (hint: Hint) => dispatch({ kind: 'hint', game, hint });
    say({ text: 'Looking for a good move…' });
    try {
      const options = { multipv: 1, seed: 0 };
      const report = await engine.search(position, { sims: SIMULATIONS }, options, undefined, asked.current.signal);
      const [{ action, values }] = report.lines as [(typeof report.lines)[number]];
      const chance = Math.round(100 * wonFraction(values[position.state[TURN]!]!));
      say({ move: lastMove(position, action), text: `${chanceName(position.rules.players)} ${chance} %` });
    } catch (error) {
      if (error instanceof Withdrawn) return;
      say({ text: 'No hint was found: the search has stopped. Ask again.' });
      if (!(error instanceof Stopped)) throw error;
    }
  };
}
