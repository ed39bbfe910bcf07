/** The learner: games and batches, training steps, self-play, and runs. */

export { type ConfigChanges, override } from './config/changes.js';
export { changeConfig, makeConfig } from './config/config.js';
export { ConfigError } from './config/configError.js';
export { ConfigFile } from './config/configFile.js';
export { describeConfig } from './config/description.js';
export { networkShape } from './config/networkShape.js';
export { PRESET_NAMES, type PresetName } from './config/presetNames.js';
export { PRESETS } from './config/presets.js';
export type { Config } from './config/schema.js';
export { CHART_GROUPS, type Chart, type ChartGroup, type Curve } from './curves/chart.js';
export { AXES, chartsOf, FIT_AXES, RUN_AXES, smoothed } from './curves/curves.js';
export { type Fitness, fitnessOf } from './curves/overfitting.js';
export { type Batch, emptyBatch, type SparsePolicies, type TrainingBatch } from './data/batch.js';
export { BatchSampler, type SamplerSettings, type SamplerState } from './data/batchSampler.js';
export { type FinishedGame, type GameStatistics, ReplayBuffer } from './data/replayBuffer.js';
export { type ReuseStatistics, type WindowGrowth, windowSize } from './data/replayWindow.js';
export {
  type Checkpoint,
  type CheckpointEntry,
  CheckpointManager,
  type CheckpointSettings,
  type SaveOptions,
} from './run/checkpoints.js';
export {
  checkDevices,
  createLearner,
  createTrainingComponents,
  type GamesToPlay,
  type Learner,
  type TrainingComponents,
} from './run/components.js';
export { type FitOptions, fit } from './run/fit.js';
export type { LatestGame } from './run/latestGame.js';
export type {
  Added,
  Epoch,
  IterationMetrics,
  LadderResult,
  LearningMetrics,
  Measured,
  Recorded,
} from './run/metrics.js';
export { MetricsLog } from './run/metricsLog.js';
export { logToMlflow } from './run/mlflow.js';
export { Run, RunError } from './run/run.js';
export { type Gap, gapOf } from './run/scalars.js';
export { Trainer } from './run/trainer.js';
export type { TrainerEvents } from './run/trainerEvents.js';
export { type Executor, threadExecutor } from './selfplay/executor.js';
export type { SelfPlayJob } from './selfplay/job.js';
export type { Examples } from './step/arrays/examples.js';
export {
  type AddLinear,
  type FitArraysOptions,
  type FitHistory,
  type FittedNetwork,
  fitArrays,
} from './step/arrays/fitArrays.js';
export {
  type AzulStep,
  azulTask,
  type Measures,
  type PolicyMetrics,
  type StepResult,
  type TrainingResult,
  type ValueMetrics,
} from './step/azulTask.js';
export type {
  Backend,
  CreateBackend,
  GraphOutputs,
  TrainingArrays,
  TrainingGraph,
  TrainingPrecision,
} from './step/backend.js';
export { TRAINING_PRECISIONS } from './step/backend.js';
export {
  type CheckedGradient,
  checkDirections,
  checkGradients,
  type DirectionCheckOptions,
  type GradientCheck,
  type GradientCheckOptions,
} from './step/checkGradients.js';
export { computeLoss } from './step/computeLoss.js';
export type { Dropout } from './step/dropout.js';
export { EarlyStopping, type EarlyStoppingSettings, type Mode } from './step/earlyStopping.js';
export type { HeadName, Losses, LossName, LossSettings, ValueHeadName } from './step/heads.js';
export { VALUE_HEADS } from './step/heads.js';
export {
  type PolicyInputs,
  type PolicyLossSettings,
  policyLosses,
  valueLosses,
} from './step/losses.js';
export type { Loss, LossParameters, LossRegistry, LossSpec } from './step/lossRegistry.js';
export type { LossScale, LossScaleState } from './step/lossScale.js';
export {
  accuracy,
  crossEntropy,
  entropy,
  klDivergence,
  logSoftmax,
  type RowStatistics,
  rowStatistics,
  softmax,
  topAccuracy,
} from './step/metrics/classification.js';
export type { Reduction } from './step/metrics/reduction.js';
export {
  MAPE_EPSILON,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  type RegressionMetrics,
  regressionMetrics,
  rootMeanSquaredError,
  rSquared,
} from './step/metrics/regression.js';
export { expectedCalibrationError, type ReliabilityBin, reliabilityCurve } from './step/metrics/reliability.js';
export { type OnnxBackendSettings, onnxBackend } from './step/onnxBackend.js';
export { clipByGlobalNorm, type Optimizer, type OptimizerSettings, type OptimizerState } from './step/optimizer.js';
export { SCHEDULES, Schedule, type ScheduleSettings, type ScheduleState } from './step/schedule.js';
export { type TensorFlowModule, tensorflowBackend } from './step/tensorflow/backend.js';
export {
  averageSteps,
  type Feed,
  type StepCost,
  type StepSettings,
  TrainingStep,
  type TrainingTask,
} from './step/trainingStep.js';
export { type ValidationResult, validate } from './step/validation.js';
export type { WeightAverage } from './step/weightAverage.js';
