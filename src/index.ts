/**
 * Azul Zero as a library: the rules, the search and the learner. Layers import one way: game, mcts, arena, training.
 */

export { type AlphaBetaBudget, AlphaBetaPlayer } from './arena/alphabeta.js';
export { GreedyPlayer, HeuristicPlayer, RandomPlayer } from './arena/baselines.js';
export { EnginePlayer, type EngineSettings } from './arena/enginePlayer.js';
export { type GameRecord, type MatchOptions, playMatch } from './arena/match.js';
export type { Player } from './arena/player.js';
export { rate } from './arena/rating.js';
export { parseGames, positionsOf, printGame, RecordError, type RecordedGame } from './arena/record.js';
export { SearchPlayer } from './arena/searchPlayer.js';
export { type SprtOptions, type SprtState, sprt } from './arena/sprt.js';
export { type Comparison, compare, type Estimate } from './arena/statistics.js';
export {
  type Pairing,
  type PairingResult,
  pairingsOf,
  type Standing,
  type Standings,
  standingsOf,
  type TournamentPlan,
} from './arena/tournament.js';
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
export { type PatternLine, type PlayerView, type PositionView, viewOf } from './game/view.js';
export { AzulGame } from './mcts/azul.js';
export { type Evaluator, Leaves } from './mcts/evaluator.js';
export { CHANCE, DECISION, type Game, TERMINAL } from './mcts/game.js';
export { RolloutEvaluator } from './mcts/rollout.js';
export type { RootPolicy } from './mcts/rootPolicy.js';
export { Search } from './mcts/search.js';
export type { GumbelSettings, PuctSettings } from './mcts/selection.js';
export {
  type DirichletSettings,
  type SearchSettings,
  searchSettings,
  type TemperatureSettings,
} from './mcts/settings.js';
export type { Tree } from './mcts/tree.js';
export { DEVICES, type Device, DeviceError } from './network/devices.js';
export { Encoder } from './network/encoding.js';
export { type Constant, Graph, type GraphNode, type Tensor } from './network/graph.js';
export { type Inference, type Outputs, PRECISIONS, type Precision } from './network/inference.js';
export {
  type Heads,
  type LinearLayer,
  NETWORK_SIZES,
  Network,
  type NetworkShape,
  type NetworkSize,
  type Parameter,
  type TrainingHeads,
} from './network/network.js';
export { NetworkEvaluator } from './network/networkEvaluator.js';
export { openEvaluator } from './network/onnxInference.js';
export { decodeNetwork, encodeNetwork, type Model, ModelError } from './network/onnxModel.js';
export type { SessionSettings } from './network/onnxSession.js';
export type { Ranges } from './network/quantization.js';
export { type EvaluationResult, evaluateAgainst, type MatchJob, playMatchOn } from './players/matches.js';
export type { PlainPlayer, PlayerOptions } from './players/playerKinds.js';
export { PlayerError, printSpec, type SpecParts } from './players/playerSpec.js';
export {
  createPlayer,
  describePlayer,
  loadModel,
  type ModelPlayer,
  type PlayerDescription,
} from './players/players.js';
export { createWorkers } from './players/workers.js';
export { newestRun } from './runs/runs.js';
export { type Batch, emptyBatch, type SparsePolicies, type TrainingBatch } from './training/data/batch.js';
export { BatchSampler, type SamplerSettings, type SamplerState } from './training/data/batchSampler.js';
export { type FinishedGame, type GameStatistics, ReplayBuffer } from './training/data/replayBuffer.js';
export { type ReuseStatistics, type WindowGrowth, windowSize } from './training/data/replayWindow.js';
export { type Checkpoint, CheckpointManager } from './training/run/checkpoints.js';
export {
  checkDevices,
  createLearner,
  createTrainingComponents,
  type GamesToPlay,
  type Learner,
  type TrainingComponents,
} from './training/run/components.js';
export {
  type Config,
  type ConfigChanges,
  ConfigError,
  describeConfig,
  makeConfig,
  networkShape,
  override,
  PRESETS,
} from './training/run/config.js';
export {
  AXES,
  CHART_GROUPS,
  type Chart,
  type ChartGroup,
  type Curve,
  chartsOf,
  smoothed,
} from './training/run/curves.js';
export { type Epoch, type FitOptions, fit } from './training/run/fit.js';
export type { LatestGame } from './training/run/latestGame.js';
export type { IterationMetrics, LadderResult } from './training/run/metrics.js';
export { MetricsLog } from './training/run/metricsLog.js';
export { Run, RunError } from './training/run/run.js';
export { Trainer, type TrainerEvents } from './training/run/trainer.js';
export type { Backend, CreateBackend, TrainingArrays, TrainingGraph } from './training/step/backend.js';
export type { EarlyStoppingSettings } from './training/step/earlyStopping.js';
export {
  type LossRegistry,
  type LossSettings,
  type PolicyInputs,
  type PolicyLoss,
  type PolicyLossSettings,
  policyLosses,
  type ValueLoss,
  valueLosses,
} from './training/step/losses.js';
export { onnxBackend } from './training/step/onnxBackend.js';
export type { Optimizer, OptimizerSettings, OptimizerState } from './training/step/optimizer.js';
export type { Schedule, ScheduleState } from './training/step/schedule.js';
export { type TensorFlowModule, tensorflowBackend } from './training/step/tensorflow/backend.js';
export {
  averageSteps,
  type StepResult,
  type StepSettings,
  type TrainingResult,
  TrainingStep,
} from './training/step/trainingStep.js';
export { type ValidationResult, validate } from './training/step/validation.js';
export type { WeightAverage } from './training/step/weightAverage.js';
