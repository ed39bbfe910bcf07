import { type SearchSettings, searchSettings } from '../../mcts/settings.js';
import type { PlayoutCap } from '../selfplay/selfPlay.js';
import type { Config } from './config.js';

/** One group more, as in play, would take a third of the games that are played in the same time; this takes none. */
const ENDGAME = 6;

/**
 * How self-play searches once so many games have been played: with ever more simulations (progressive simulation, Wu et al.
 * 2023, "MiniZero"), because at first more games teach more than better searches do.
 */
export function selfPlaySearch({ selfPlay }: Config, games = 0): SearchSettings {
  const { selection, deals } = selfPlay;
  const first = Math.min(selfPlay.firstSimulations, selfPlay.simulations);
  const progress = Math.min(1, games / selfPlay.growthGames);
  const simulations = Math.round(first * (selfPlay.simulations / first) ** progress);
  const gumbel = selection === 'gumbel';
  return searchSettings(simulations, {
    selection,
    considered: consideredActions(selfPlay, simulations),
    noise: true,
    deals,
    endgame: ENDGAME,
    temperature: { initial: gumbel ? 0 : selfPlay.temperature, halfLife: selfPlay.temperatureHalfLife },
  });
}

/** How moves without a full search are searched, if there are any: without noise. */
export function playoutCap(config: Config, games = 0): PlayoutCap | undefined {
  const { fullFraction, cheapSimulations: simulations } = config.selfPlay;
  if (fullFraction === 1) return undefined;
  const considered = consideredActions(config.selfPlay, simulations);
  const search = { ...selfPlaySearch(config, games), simulations, considered, noise: false };
  return { fraction: fullFraction, search };
}

/** Each action that is considered is simulated twice at least. */
function consideredActions({ selection, considered }: Config['selfPlay'], simulations: number): number {
  return selection === 'gumbel' ? Math.min(considered, Math.max(2, simulations >> 1)) : 0;
}
