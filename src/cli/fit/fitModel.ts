/** Trains one network on a replay buffer, prints its progress and writes its files. */
import type { SingleBar } from 'cli-progress';
import { encodeNetwork } from '../../network/onnxModel.js';
import { printSpec } from '../../players/playerSpec.js';
import { shellWord } from '../../quoting.js';
import { override } from '../../training/config/changes.js';
import type { Config } from '../../training/config/schema.js';
import { fitnessOf } from '../../training/curves/overfitting.js';
import { type ReplayBuffer, ReplayBufferError } from '../../training/data/replayBuffer.js';
import { ReplayWindow } from '../../training/data/replayWindow.js';
import { createLearner, type Learner, precisionNotice } from '../../training/run/components.js';
import { fit, stepsPerEpoch } from '../../training/run/fit.js';
import type { Epoch } from '../../training/run/metrics.js';
import { changedFields } from '../../training/run/resumption.js';
import { gapOf } from '../../training/run/scalars.js';
import { HEAD_NAMES, type LossName } from '../../training/step/heads.js';
import { UsageError } from '../../usageError.js';
import { writeModel } from '../modelOutput.js';
import { readReport, writePage } from '../pages/report.js';
import { warn } from '../terminal/colours.js';
import { duration, networkName, percent, playersFlag, rate } from '../terminal/format.js';
import { progressBar } from '../terminal/progress.js';
import type { FitFiles, FitLimits } from './fitFiles.js';

const ALL = Number.MAX_SAFE_INTEGER;

/** Trains one network, or resumes its training, and writes its files. Returns its epochs and the best epoch. */
export async function fitModel(
  replay: ReplayBuffer,
  config: Config,
  limits: FitLimits,
  files: FitFiles,
  signal: AbortSignal,
): Promise<{ epochs: Epoch[]; best: Epoch | undefined }> {
  const learner = await learnerFor(replay, settledConfig(replay, config, limits.epochs));
  const notice = precisionNotice(config.training);
  if (notice) warn(notice);
  const { network, sampler, step } = learner;
  const steps = stepsPerEpoch(sampler.positions, config.training.batchSize);
  console.log(
    `${replay.path}: ${config.players} players, ${networkName(config.network)} network of ${rate(network.size)} parameters; ` +
      `${rate(sampler.positions)} positions to train on, ${rate(sampler.heldOutPositions)} held out; ${steps} steps an epoch`,
  );
  const epochs: Epoch[] = [];
  let best: Epoch | undefined;
  let bar: SingleBar | undefined;
  const writeFiles = () => {
    writeModel(files.last, encodeNetwork(network, step.playingWeights));
    files.writeHistory(learner.config, limits, epochs);
  };
  try {
    await files.saving(async (checkpoints) => {
      checkSettings(checkpoints.latest(warn)?.config, learner.config, files.checkpoints);
      best = await fit(learner, {
        ...limits,
        checkpoints,
        signal,
        onWarning: warn,
        onStart: (done) => {
          epochs.push(...done);
          if (done.length > 0) console.log(`resumed after epoch ${done.length}`);
        },
        onStep: (done, { loss }) => {
          bar ??= progressBar('epoch'.padEnd(22), steps);
          bar?.update(done, { note: `loss ${loss.toFixed(3)}` });
        },
        onEpoch: (epoch) => {
          bar?.stop();
          bar = undefined;
          epochs.push(epoch);
          if (epoch.isBest) writeModel(files.model, encodeNetwork(network, step.playingWeights));
          writeFiles();
          for (const line of epochLines(epochs, limits.epochs, config)) console.log(line);
        },
      });
      if (!best) return true;
      // Writes the files again, because a kill may have come between a checkpoint and its files. The step now has the weights
      // of the best epoch, so those of the last epoch come from the newest checkpoint.
      writeModel(files.model, encodeNetwork(network, step.playingWeights));
      writeModel(files.last, encodeNetwork(network, checkpoints.playingWeights(epochs.length)));
      files.writeHistory(learner.config, limits, epochs);
      return !signal.aborted;
    });
  } finally {
    bar?.stop();
    await learner.close();
  }
  if (best) warnOnError(() => writePage(readReport(files.history), files.page));
  return { epochs, best };
}

/** Does work that a fit does not depend on. An error becomes a warning. */
export function warnOnError(work: () => void): void {
  try {
    work();
  } catch (error) {
    warn((error as Error).message);
  }
}

/** Throws a UsageError if a fit began with other settings. */
export function checkSettings(before: Config | undefined, now: Config, path: string): void {
  const of = ({ seed, players, network, replay, training, validation }: Config) => ({
    ...{ seed, players, network, replay, training, validation },
  });
  const [change] = before ? changedFields(of(before), of(now)) : [];
  if (!change) return;
  throw new UsageError(
    `${path} is of a fit whose ${change.field} is ${change.was}, not ${change.is}; give the same options to go on with it, or name another file with --out`,
  );
}

/** The last message of a fit: its best epoch, and useful next commands. */
export function ending(best: Epoch | undefined, files: FitFiles, players: number, stopped: boolean): string {
  if (!best) return 'Stopped in the first epoch; there was nothing to save.';
  const [model, seats] = [shellWord(files.model), playersFlag(players)];
  const go = stopped ? 'Stopped, and saved: the same command goes on.' : 'Done.';
  return (
    `${go} The best was epoch ${best.epoch}, with a held-out loss of ${best.validation.loss.toFixed(3)}. ` +
    `azul play ${model}${seats} plays against it; ` +
    `azul evaluate ${shellWord(printSpec({ kind: 'model', target: files.model }))} greedy${seats} measures it; ` +
    `azul report ${shellWord(files.history)} --text draws its curves.`
  );
}

/** Schedules that fall once over the whole training, so they need its number of steps. */
const SINGLE_FALLS = ['cosine', 'exponential'];

/** The configuration with `decaySteps` set so that the schedule ends with the last epoch, if it is one of SINGLE_FALLS. */
export function settledConfig(replay: ReplayBuffer, config: Config, epochs: number): Config {
  const { batchSize, warmUpSteps, schedule } = config.training;
  if (!SINGLE_FALLS.includes(schedule)) return config;
  const window = new ReplayWindow(replay, { ...config.replay, validationFraction: config.validation.fraction });
  window.move(ALL, ALL);
  const decaySteps = Math.max(1, epochs * stepsPerEpoch(window.positions, batchSize) - warmUpSteps);
  return override(config, { training: { decaySteps } });
}

/** Creates a learner whose window is the whole buffer. Throws a ReplayBufferError if there are too few games. */
async function learnerFor(replay: ReplayBuffer, config: Config): Promise<Learner> {
  const learner = await createLearner(config, replay);
  const { sampler } = learner;
  sampler.moveWindow(ALL, ALL);
  if (sampler.positions > 0 && sampler.heldOutPositions > 0) return learner;
  await learner.close();
  const { fraction } = config.validation;
  throw new ReplayBufferError(
    replay.positions === 0
      ? `${replay.path} holds no games to train on; name another run`
      : `${replay.path} holds too few games to hold some out: validation.fraction is ${fraction}; raise it with --set validation.fraction=0.1`,
  );
}

/** The lines that the console shows for the newest epoch. */
function epochLines(epochs: readonly Epoch[], of: number, { training: { policyWeight } }: Config): string[] {
  const epoch = epochs.at(-1)!;
  const { training, validation, learningRate, seconds, isBest } = epoch;
  const fitness = fitnessOf(epochs, policyWeight);
  const number = (sign: boolean) => (value: number) => `${sign && value >= 0 ? '+' : ''}${value.toFixed(3)}`;
  const losses = (measured: Record<'loss' | LossName, number>, print = number(false)) =>
    `${print(measured.loss)} (${HEAD_NAMES.map((head) => `${head} ${print(measured[`${head}Loss`])}`).join(', ')})`;
  return [
    `epoch ${epoch.epoch}/${of} · learning rate ${learningRate.toPrecision(3)} · ` +
      `gradient norm ${training.gradientNorm.toFixed(2)} · ${duration(seconds)}${isBest ? ' · the best so far' : ''}`,
    `  training ${losses(training)} · accuracy ${percent(training.policyAccuracy)}`,
    `  held out ${losses(validation)} · accuracy ${percent(validation.policyAccuracy)}, top 3 ${percent(validation.policyTop3)}`,
    `  held out: KL ${validation.policyKl.toFixed(3)}, value R² ${validation.valueR2.toFixed(3)}, RMSE ${validation.valueRmse.toFixed(3)}, ` +
      `calibration error ${percent(validation.valueCalibrationError)}; margin R² ${validation.marginR2.toFixed(3)}`,
    `  gap ${losses(gapOf(epoch)!, number(true))}${fitness ? ` · ${fitness}` : ''}`,
  ];
}
