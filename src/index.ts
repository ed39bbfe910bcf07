/**
 * Azul Zero as a library: the rules, the search and the learner. The index.ts of each folder lists its public names, and can be
 * imported alone, as `azul-zero/game`.
 */

export * from './arena/index.js';
export { azul } from './cli/commands.js';
export * from './game/index.js';
export * from './mcts/index.js';
export * from './network/index.js';
export {
  type EvaluationResult,
  evaluateAgainst,
  type MatchExecutor,
  type MatchJob,
  playMatchOn,
} from './players/matches.js';
export type { PlainPlayer, PlayerOptions } from './players/playerKinds.js';
export { PlayerError, printSpec, type SpecParts } from './players/playerSpec.js';
export {
  createPlayer,
  describePlayer,
  type ForeignPlayer,
  loadModel,
  type ModelPlayer,
  type PlayerDescription,
} from './players/players.js';
export { createWorkers, type Workers } from './players/workers.js';
export { newestRun } from './runs/runs.js';
export * from './training/index.js';
