import { type SearchSettings, searchSettings } from '../../mcts/settings.js';
import type { Config } from '../config/schema.js';
import type { SelfPlayJob } from '../selfplay/job.js';

/**
 * Solver effort of self-play (`endgame` of SearchSettings). A value of 7, as in play, would cost a third of the games
 * played in the same time; 6 costs none.
 */
const ENDGAME = 6;

/** Returns the numbers of an iteration's games. They count the games of the run from 0. */
export function gameNumbers(config: Config, iteration: number): number[] {
  const first = gamesBefore(config, iteration);
  return Array.from({ length: config.selfPlay.gamesPerIteration }, (_, i) => first + i);
}

/** Returns the fields of an iteration's self-play job that the configuration sets. */
export function selfPlaySettings(
  config: Config,
  iteration: number,
): Omit<SelfPlayJob, 'network' | 'weights' | 'games' | 'onGame' | 'signal'> {
  const { device, precision, valueLambda, parallelGames } = config.selfPlay;
  return {
    device,
    precision,
    search: selfPlaySearch(config, gamesBefore(config, iteration)),
    valueLambda,
    parallel: parallelGames,
    seed: config.seed,
    iteration,
  };
}

function gamesBefore({ selfPlay }: Config, iteration: number): number {
  return (iteration - 1) * selfPlay.gamesPerIteration;
}

/**
 * Returns the search settings of self-play after a number of games. The simulations grow with the games (progressive
 * simulation, Wu et al. 2023, "MiniZero"), because at first more games teach more than better searches do.
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

/** Returns the number of actions that Gumbel search considers: at most half the simulations, but at least 2. */
function consideredActions({ selection, considered }: Config['selfPlay'], simulations: number): number {
  return selection === 'gumbel' ? Math.min(considered, Math.max(2, simulations >> 1)) : 0;
}
