/** Trains a network on games that were played before, without self-play. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SingleBar } from 'cli-progress';
import { encodeNetwork } from '../network/onnxModel.js';
import { printSpec } from '../players/playerSpec.js';
import { shellWord } from '../quoting.js';
import { REPLAY, RUN_CONFIG } from '../runs/runs.js';
import { override } from '../training/config/changes.js';
import { changeConfig } from '../training/config/config.js';
import { PRESETS } from '../training/config/presets.js';
import type { Config } from '../training/config/schema.js';
import { ReplayBuffer, ReplayBufferError } from '../training/data/replayBuffer.js';
import { ReplayWindow } from '../training/data/replayWindow.js';
import { createLearner, type Learner, precisionNotice } from '../training/run/components.js';
import { type Epoch, fit as fitLearner, stepsPerEpoch } from '../training/run/fit.js';
import { Run } from '../training/run/run.js';
import { interruptible } from './interruption.js';
import { checkModelOutput, writeModel } from './modelOutput.js';
import { warn } from './terminal/colours.js';
import { duration, networkName, percent, playersFlag, rate } from './terminal/format.js';
import { progressBar } from './terminal/progress.js';
import { parseSetting, readConfigFile } from './train.js';

export interface FitOptions {
  out: string;
  epochs: number;
  patience: number;
  minDelta: number;
  config?: string;
  set?: string[];
}

const ALL = Number.MAX_SAFE_INTEGER;

/** Trains on a run's games, or a replay buffer's, and writes the model of the best epoch. */
export async function fit(source: string, options: FitOptions): Promise<void> {
  checkModelOutput(options.out);
  const isRun = existsSync(join(source, RUN_CONFIG));
  const path = existsSync(source) && statSync(source).isDirectory() ? join(source, REPLAY) : source;
  if (!existsSync(path)) {
    throw new ReplayBufferError(`there is no replay buffer ${path}; name the folder of a run, or its replay.db`);
  }
  const replay = new ReplayBuffer(path);
  try {
    const base = isRun ? Run.readConfig(source) : { ...PRESETS.laptop, players: replay.players };
    const config = fitConfig(base, options);
    if (config.players !== replay.players) {
      throw new ReplayBufferError(
        `${path} holds games of ${replay.players} players, not ${config.players}; remove the setting players`,
      );
    }
    await interruptible((signal) => train(replay, config, options, signal));
  } finally {
    replay.close();
  }
}

/** The configuration with what the options change, as far as it concerns training. */
function fitConfig(base: Config, { config, set = [] }: FitOptions): Config {
  const file = config === undefined ? {} : readConfigFile(config);
  return override(changeConfig(base, file, ...set.map(parseSetting)), { training: { minPositions: 1 } });
}

async function train(replay: ReplayBuffer, config: Config, options: FitOptions, signal: AbortSignal): Promise<void> {
  const learner = await learnerFor(replay, config, options.epochs);
  const { network, sampler, step } = learner;
  const notice = precisionNotice(config.training);
  if (notice) warn(notice);
  const heldOut = sampler.heldOutPositions;
  const steps = stepsPerEpoch(sampler.positions, config.training.batchSize);
  console.log(
    `${replay.path}: ${config.players} players, ${networkName(config.network)} network of ${rate(network.size)} parameters; ` +
      `${rate(sampler.positions)} positions to train on, ${rate(heldOut)} held out; ${steps} steps an epoch`,
  );
  const started = performance.now();
  let bar: SingleBar | undefined;
  try {
    const best = await fitLearner(learner, {
      ...options,
      signal,
      onStep: (done, { loss }) => {
        bar ??= progressBar('epoch'.padEnd(22), steps);
        bar?.update(done, { note: `loss ${loss.toFixed(3)}` });
      },
      onEpoch: (epoch) => {
        bar?.stop();
        bar = undefined;
        if (epoch.isBest) writeModel(options.out, encodeNetwork(network, step.playingWeights));
        console.log(`${epochLine(epoch, options.epochs)} · ${duration((performance.now() - started) / 1000)}`);
      },
    });
    console.log(
      best
        ? `${signal.aborted ? 'Stopped' : 'Done'}. The best was epoch ${best.epoch}, with a held-out loss of ${best.validation.loss.toFixed(3)}. ` +
            `azul play ${shellWord(options.out)}${playersFlag(config.players)} plays against it; ` +
            `azul evaluate ${shellWord(printSpec({ kind: 'model', target: options.out }))} greedy${playersFlag(config.players)} measures it.`
        : 'Stopped in the first epoch; there was nothing to save.',
    );
  } finally {
    bar?.stop();
    await learner.close();
  }
}

/** Schedules that fall once, from the first step to the last. */
const SINGLE_FALLS = ['cosine', 'exponential'];

/** A learner whose window is the whole buffer, and whose schedule ends with the last epoch if it is one that ends. */
async function learnerFor(replay: ReplayBuffer, config: Config, epochs: number): Promise<Learner> {
  const { batchSize, warmUpSteps, decaySteps, schedule } = config.training;
  const window = new ReplayWindow(replay, { ...config.replay, validationFraction: config.validation.fraction });
  window.move(ALL, ALL);
  const steps = Math.max(1, epochs * stepsPerEpoch(window.positions, batchSize) - warmUpSteps);
  const training = { decaySteps: SINGLE_FALLS.includes(schedule) ? steps : decaySteps };
  const learner = await createLearner(override(config, { training }), replay);
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

function epochLine({ epoch, training, validation, isBest }: Epoch, epochs: number): string {
  const losses = (of: Pick<Epoch['training'], 'loss' | 'policyLoss' | 'valueLoss' | 'policyAccuracy'>) =>
    `${of.loss.toFixed(3)} (policy ${of.policyLoss.toFixed(3)}, value ${of.valueLoss.toFixed(3)}, ` +
    `accuracy ${percent(of.policyAccuracy)})`;
  const verdict = isBest ? ' · the best so far' : '';
  return `epoch ${epoch}/${epochs} · loss ${losses(training)} · held out ${losses(validation)}${verdict}`;
}
