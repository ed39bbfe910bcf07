/**
 * Azul Zero as a library: the rules, the search and the learner. Layers import one way: game, mcts, arena, training.
 */

export { AlphaBetaPlayer } from './arena/alphabeta.js';
export { GreedyPlayer, HeuristicPlayer, RandomPlayer } from './arena/baselines.js';
export { EnginePlayer, type EngineSettings } from './arena/enginePlayer.js';
export { type GameRecord, type MatchOptions, playMatch } from './arena/match.js';
export type { Player } from './arena/player.js';
export { rate } from './arena/rating.js';
export { parseGames, positionsOf, printGame, RecordError, type RecordedGame } from './arena/record.js';
export { SearchPlayer } from './arena/searchPlayer.js';
export { sprt } from './arena/sprt.js';
export { type Comparison, compare, type Estimate } from './arena/statistics.js';
export { pairingsOf, type Standings, standingsOf, type TournamentPlan } from './arena/tournament.js';
export { azul } from './cli/commands.js';
export { canonicalise } from './game/canonical.js';
export {
  applyToken,
  type Position,
  parseMove,
  parsePosition,
  printDeal,
  printMove,
  printPosition,
  startPosition,
} from './game/notation.js';
export { perft } from './game/perft.js';
export { Random } from './game/random.js';
export { Rules } from './game/rules.js';
export { NotationError } from './game/tileNotation.js';
export { AzulGame } from './mcts/azul.js';
export { type Evaluator, Leaves } from './mcts/evaluator.js';
export { CHANCE, DECISION, type Game, TERMINAL } from './mcts/game.js';
export { RolloutEvaluator } from './mcts/rollout.js';
export { Search } from './mcts/search.js';
export { type SearchSettings, searchSettings } from './mcts/settings.js';
export { selfPlay } from './training/actors.js';
export { type Batch, emptyBatch } from './training/batch.js';
export { BatchSampler } from './training/batchSampler.js';
export { type Checkpoint, CheckpointManager } from './training/checkpoints.js';
export { createTrainingComponents, type TrainingComponents } from './training/components.js';
export { type Config, makeConfig, networkShape, override, PRESETS, selfPlaySearch } from './training/config.js';
export { AXES, type Chart, chartsOf, smoothed } from './training/curves.js';
export { Encoder } from './training/encoding.js';
export { evaluateAgainst, playMatchOn } from './training/evaluation.js';
export { Graph } from './training/graph.js';
export { type PolicyLoss, policyLosses, type ValueLoss, valueLosses } from './training/losses.js';
export type { IterationMetrics } from './training/metrics.js';
export { NETWORK_SIZES, Network } from './training/network.js';
export { NetworkEvaluator } from './training/networkEvaluator.js';
export { openEvaluator } from './training/onnxInference.js';
export { decodeNetwork, encodeNetwork, ModelError } from './training/onnxModel.js';
export { createPlayer, loadModel } from './training/players.js';
export { type FinishedGame, ReplayBuffer } from './training/replayBuffer.js';
export { Run } from './training/run.js';
export { newestRun } from './training/runs.js';
export { Trainer, type TrainerEvents } from './training/trainer.js';
export { averageSteps, type StepResult, TrainingStep } from './training/trainingStep.js';
export { createWorkers } from './training/workers.js';
