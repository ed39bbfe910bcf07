/** Players without a network, fair matches, recorded games, tournaments and their statistics. */

export { type AlphaBetaBudget, AlphaBetaPlayer } from './alphabeta.js';
export { GreedyPlayer, HeuristicPlayer, RandomPlayer } from './baselines.js';
export { EnginePlayer, type EngineSettings } from './enginePlayer.js';
export { type GameRecord, type MatchOptions, playMatch } from './match.js';
export type { Player } from './player.js';
export { rate } from './rating.js';
export { parseGames, positionsOf, printGame, RecordError, type RecordedGame } from './record.js';
export { SearchPlayer } from './searchPlayer.js';
export { type SprtOptions, type SprtState, sprt } from './sprt.js';
export { type Comparison, compare, type Estimate } from './statistics.js';
export {
  type Pairing,
  type PairingResult,
  pairingsOf,
  type Standing,
  type Standings,
  standingsOf,
  type TournamentPlan,
} from './tournament.js';
