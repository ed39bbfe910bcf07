/**
 * Azul Zero as a library: the rules, the search and the learner. Layers import one way: game, mcts, arena, training.
 */

export { AlphaBetaPlayer, type Budget } from './arena/alphabeta.js';
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
export type { ActorTimes } from './training/actor.js';
export { type SelfPlayJob, selfPlay } from './training/actors.js';
export type { Backend, CreateBackend, TrainingArrays, TrainingGraph } from './training/backend.js';
export { type Batch, emptyBatch, type SparsePolicies, type TrainingBatch } from './training/batch.js';
export { BatchSampler, type SamplerSettings, type SamplerState } from './training/batchSampler.js';
export { type Checkpoint, CheckpointManager } from './training/checkpoints.js';
export {
  checkDevices,
  createLearner,
  createTrainingComponents,
  type Learner,
  type TrainingComponents,
} from './training/components.js';
export {
  type Config,
  type ConfigChanges,
  ConfigError,
  describeConfig,
  makeConfig,
  networkShape,
  override,
  PRESETS,
} from './training/config.js';
export { AXES, CHART_GROUPS, type Chart, type ChartGroup, type Curve, chartsOf, smoothed } from './training/curves.js';
export { DEVICES, type Device, DeviceError } from './training/devices.js';
export type { EarlyStoppingSettings } from './training/earlyStopping.js';
export { Encoder } from './training/encoding.js';
export { type EvaluationResult, evaluateAgainst, type MatchJob, playMatchOn } from './training/evaluation.js';
export { type Epoch, type FitOptions, fit } from './training/fit.js';
export { type Constant, Graph, type GraphNode, type Tensor } from './training/graph.js';
export { type Inference, type Outputs, PRECISIONS, type Precision } from './training/inference.js';
export type { Evaluation } from './training/ladder.js';
export type { LatestGame } from './training/latestGame.js';
export {
  type LossRegistry,
  type LossSettings,
  type PolicyInputs,
  type PolicyLoss,
  type PolicyLossSettings,
  policyLosses,
  type ValueLoss,
  valueLosses,
} from './training/losses.js';
export { type IterationMetrics, MetricsLog } from './training/metrics.js';
export {
  type Heads,
  type LinearLayer,
  NETWORK_SIZES,
  Network,
  type NetworkShape,
  type NetworkSize,
  type Parameter,
  type TrainingHeads,
} from './training/network.js';
export { NetworkEvaluator } from './training/networkEvaluator.js';
export { onnxBackend } from './training/onnxBackend.js';
export { openEvaluator } from './training/onnxInference.js';
export { decodeNetwork, encodeNetwork, type Model, ModelError } from './training/onnxModel.js';
export type { SessionSettings } from './training/onnxSession.js';
export type { Optimizer, OptimizerSettings, OptimizerState } from './training/optimizer.js';
export type { PlainPlayer, PlayerOptions } from './training/playerKinds.js';
export { PlayerError, printSpec, type SpecParts } from './training/playerSpec.js';
export {
  createPlayer,
  describePlayer,
  loadModel,
  type ModelPlayer,
  type PlayerDescription,
} from './training/players.js';
export type { Ranges } from './training/quantization.js';
export { type FinishedGame, type GameStatistics, ReplayBuffer } from './training/replayBuffer.js';
export { type ReuseStatistics, type WindowGrowth, windowSize } from './training/replayWindow.js';
export { Run, RunError } from './training/run.js';
export { newestRun } from './training/runs.js';
export type { Schedule, ScheduleState } from './training/schedule.js';
export type { PlayoutCap } from './training/selfPlay.js';
export { selfPlaySearch } from './training/selfPlaySearch.js';
export { type TensorFlowModule, tensorflowBackend } from './training/tensorflow/backend.js';
export { Trainer, type TrainerEvents } from './training/trainer.js';
export { averageSteps, type StepResult, type StepSettings, TrainingStep } from './training/trainingStep.js';
export { type ValidationResult, validate } from './training/validation.js';
export type { WeightAverage } from './training/weightAverage.js';
export { createWorkers } from './training/workers.js';
