/** `azul train` and `azul resume`: trains a run, with progress bars on a terminal and plain lines elsewhere. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SingleBar } from 'cli-progress';
import { hasRoomFor } from '../network/growth.js';
import { Network } from '../network/network.js';
import { ModelError } from '../network/onnxModel.js';
import { checkPlayer, loadModel, modelFile } from '../players/players.js';
import { shellWord } from '../quoting.js';
import { newestRun, RUN_CONFIG, RUNS } from '../runs/runs.js';
import { changeConfig } from '../training/config/config.js';
import { ConfigError } from '../training/config/configError.js';
import { ConfigFile } from '../training/config/configFile.js';
import { networkShape } from '../training/config/networkShape.js';
import { presetNamed } from '../training/config/presets.js';
import type { Config } from '../training/config/schema.js';
import { fitnessOf } from '../training/curves/overfitting.js';
import { checkDevices } from '../training/run/components.js';
import type { IterationMetrics, LadderResult } from '../training/run/metrics.js';
import { logToMlflow } from '../training/run/mlflow.js';
import { isBegun } from '../training/run/resumption.js';
import { Run, RunError } from '../training/run/run.js';
import { gapOf } from '../training/run/scalars.js';
import { Trainer } from '../training/run/trainer.js';
import { allowEngines, enginesOf } from './allowEngines.js';
import { interruptible } from './interruption.js';
import type { WebOptions } from './pages/webServer.js';
import { bold, warn } from './terminal/colours.js';
import { configHelp } from './terminal/configHelp.js';
import { duration, networkName, percent, plusMinus, rate, simulationsOf } from './terminal/format.js';
import { progressBar } from './terminal/progress.js';
import { nextCommands, runSummary } from './terminal/runSummary.js';

/** What a session of a run takes besides its configuration, the first one as those that resume it. */
export interface SessionOptions {
  /** Folder of an MLflow file store. */
  mlflow?: string | undefined;
  /** Address of the fleet that plays; without one this machine plays. */
  fleet?: string | undefined;
  /** File with credentials for the fleet. */
  creds?: string | undefined;
}

export interface TrainOptions extends SessionOptions {
  preset: string;
  config?: string;
  run?: string;
  /** Model to start from. */
  from?: string;
  /** Device of training and self-play. */
  device?: string;
  /** Library that trains. */
  backend?: string;
  /** Changes of single settings, as `section.field=value`. */
  set?: string[];
  /** Whether the configuration may start programs as opponents. */
  allowEngines?: boolean;
  /** Port and host of the dashboard; undefined: no dashboard. */
  web?: WebOptions | undefined;
}

/** The configuration of the options: the preset, changed by the file, then by device and backend, then by single settings. */
export function trainConfig({ preset, config, device, backend, set = [] }: TrainOptions): Config {
  const file = config === undefined ? {} : readConfigFile(config);
  const flags = { selfPlay: { device }, training: { device, backend } };
  return changeConfig(presetNamed(preset), file, flags, ...set.map(parseSetting));
}

/** The settings in a YAML or JSON file, not yet checked. */
export function readConfigFile(path: string): ConfigFile {
  try {
    return new ConfigFile(path);
  } catch (error) {
    throw new ConfigError(
      `cannot read the configuration ${path}: ${(error as Error).message}; name a YAML or JSON file`,
    );
  }
}

/** `training.batchSize=256` as `{ training: { batchSize: 256 } }`. A value that is not JSON is a string. */
export function parseSetting(text: string): unknown {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new ConfigError(`--set '${text}' is not of the form section.field=value, such as training.batchSize=256`);
  const raw = text.slice(equals + 1);
  let value: unknown = raw;
  try {
    value = JSON.parse(raw);
  } catch {
    // A bare word such as `medium`.
  }
  return text
    .slice(0, equals)
    .split('.')
    .reduceRight((inner, key) => ({ [key]: inner }), value);
}

/** Starts a new run and trains until it is finished or interrupted. */
export async function train(options: TrainOptions): Promise<void> {
  const config = trainConfig(options);
  allowEngines(config, options.config ?? options.preset, options.allowEngines || typesOpponents(options));
  for (const opponent of config.evaluation.opponents) await checkPlayer(opponent, config.players);
  await checkDevices(config);
  const from = options.from === undefined ? undefined : startingModel(options.from, config);
  const folder = options.run ?? freshFolder(options.preset);
  await withDashboard(folder, options.web, () => trainRun(() => Run.create(folder, config, from), options));
}

/** Whether the user typed the opponents on the command line. If not, they come from a stored file. */
function typesOpponents({ set = [] }: TrainOptions): boolean {
  const settings = set.map(parseSetting) as { evaluation?: { opponents?: unknown } }[];
  return settings.some(({ evaluation }) => evaluation?.opponents !== undefined);
}

/** Path of the model that a run starts from; a ModelError if it does not fit the configuration. */
function startingModel(name: string, config: Config): string {
  const path = modelFile(name);
  const model = loadModel(path, config.players);
  if (hasRoomFor(new Network(config.players, networkShape(config)), model.network)) return path;
  const shape = JSON.stringify(model.network.shape);
  throw new ModelError(
    `${path} does not fit into the run's network, ${networkName(config.network)}; enlarge that with --set ${shellWord(`network=${shape}`)}`,
  );
}

/** Continues the named run, or the newest one that has games. */
export async function resume(
  folder = newestRun(isBegun) ?? newestRun(),
  { web, ...options }: Pick<TrainOptions, 'allowEngines' | 'web'> & SessionOptions = {},
): Promise<void> {
  if (folder === undefined) throw new RunError(`there is no run below ${RUNS}/; azul train starts one`);
  allowEngines(Run.readConfig(folder), join(folder, RUN_CONFIG), options.allowEngines ?? false);
  await withDashboard(folder, web, () => trainRun(() => Run.open(folder), options));
}

/** Trains a run, with its dashboard if `web` is given. */
async function withDashboard(
  folder: string,
  web: WebOptions | undefined,
  work: () => Promise<'finished' | 'stopped'>,
): Promise<void> {
  if (web) await (await import('./web.js')).withDashboard(folder, web, work);
  else await work();
}

/** Prints the configuration as JSON on standard output, and the meaning of its settings on standard error. */
export function printConfig(options: TrainOptions): void {
  console.log(JSON.stringify(trainConfig(options), undefined, 2));
  console.error(`\n${configHelp()}`);
}

/** The first free folder of runs/<preset>, runs/<preset>-2, runs/<preset>-3, … */
function freshFolder(preset: string): string {
  for (let n = 1; ; n++) {
    const folder = join(RUNS, n === 1 ? preset : `${preset}-${n}`);
    if (!existsSync(join(folder, RUN_CONFIG))) return folder;
  }
}

function trainRun(open: () => Run, options: SessionOptions): Promise<'finished' | 'stopped'> {
  // Signals are caught before the folder is made, so that Ctrl-C leaves no empty folder.
  return interruptible((signal) => trainUntil(signal, open(), options));
}

async function trainUntil(
  signal: AbortSignal,
  run: Run,
  { mlflow, fleet, creds }: SessionOptions,
): Promise<'finished' | 'stopped'> {
  try {
    const executor =
      fleet === undefined ? undefined : await (await import('./fleet/lead.js')).leadRun(run, { url: fleet, creds });
    const trainer = await Trainer.create(run, executor).catch(async (error) => {
      await executor?.close();
      throw error;
    });
    logToMlflow(trainer, mlflow);
    const hideProgress = showProgress(trainer, run);
    const end = await trainer.train(signal).finally(hideProgress);
    const summary = runSummary(run);
    if (end === 'finished') {
      console.log(['Done.', ...summary, 'Next:', ...nextCommands(run)].join('\n'));
    } else {
      const how = run.isUnplayed
        ? 'Stopped before the first game; there was nothing to save.'
        : `Stopped, and saved. ${resumeCommand(run)} continues it.`;
      console.log([...summary, how].join('\n'));
    }
    return end;
  } finally {
    if (run.isUnplayed) run.remove();
    else run.close();
  }
}

function resumeCommand({ folder, config }: Run): string {
  return `azul resume ${shellWord(folder)}${enginesOf(config).length > 0 ? ' --allow-engines' : ''}`;
}

/** Prints the progress of a trainer. The returned function removes the progress bar. */
function showProgress(trainer: Trainer, run: Run): () => void {
  const { config } = run;
  const { network } = trainer.components;
  const history: IterationMetrics[] = [];
  let bar: SingleBar | undefined;
  const begin = (task: string, total: number, done = 0) => {
    bar = progressBar(task.padEnd(22), total, done);
  };
  const end = () => bar?.stop();
  let playingSince = 0;
  let startedWith = 0;
  trainer.on('warning', warn);
  trainer.on('start', (iteration) => {
    history.push(...run.metrics.read());
    const { workers, gamesPerIteration } = config.selfPlay;
    console.log(
      `${run.folder}: ${config.players} players, ${networkName(config.network)} network of ${rate(network.size)} parameters, ${workers} workers, ` +
        `${gamesPerIteration} games an iteration, ${simulationsOf(config.selfPlay)} simulations a move` +
        (iteration > 0 ? `; resumed after iteration ${iteration}` : ''),
    );
  });
  trainer.on('selfPlay', (iteration, games, done) => {
    playingSince = performance.now();
    startedWith = done;
    begin(`iteration ${iteration}: play`, games, done);
  });
  trainer.on('games', (done, simulations) => {
    const seconds = (performance.now() - playingSince) / 1000;
    bar?.update(done, {
      note: `${rate((done - startedWith) / seconds)} games/s, ${rate(simulations / seconds)} simulations/s${loss}`,
    });
  });
  let loss = '';
  trainer.on('step', (_done, result) => {
    loss = `, loss ${result.loss.toFixed(3)}`;
  });
  trainer.on('rate', (learningRate) => {
    const { patience } = config.training;
    console.log(
      `  the learning rate falls to ${learningRate.toPrecision(3)}: ${config.monitor.metric} has not improved for ${patience} iterations`,
    );
  });
  trainer.on('early', (bestIteration, best) => {
    const { metric, patience, restoreBest } = config.monitor;
    console.log(
      `ends early: ${metric} has not improved for ${patience} iterations since iteration ${bestIteration} (${best.toPrecision(4)})` +
        (restoreBest ? '; goes back to the weights of that iteration' : ''),
    );
  });
  trainer.on('evaluation', (opponent, games) => {
    end();
    begin(`  against ${opponent}`, games);
  });
  trainer.on('evaluationGame', (done) => bar?.update(done));
  trainer.on('evaluated', end);
  trainer.on('iteration', (metrics) => {
    end();
    history.push(metrics);
    console.log(iterationLine(metrics, history, config));
    for (const line of evaluationLines(metrics)) console.log(line);
  });
  return end;
}

function evaluationLines({ iteration, evaluation }: IterationMetrics): string[] {
  if (!evaluation) return [];
  const { elo, results, earlier, best, gate } = evaluation;
  const matches = [...results, ...earlier].map(
    ({ opponent, score, margin, wins, draws, losses }) =>
      `  against ${opponent}: ${bold(percent(score.mean))} (95 % interval ${percent(score.low)} to ${percent(score.high)}; ` +
      `+${wins} =${draws} -${losses}), ${plusMinus(margin)} points ahead`,
  );
  const rating = `  Elo ${bold(elo.mean.toFixed(0))} (95 % interval ${elo.low.toFixed(0)} to ${elo.high.toFixed(0)}; ${results[0]!.opponent} is 0)`;
  const verdict = gate ? [`  gate: ${GATE_VERDICTS[gate.verdict]}`] : [];
  return [...matches, rating + (best === iteration ? ', the best so far' : ''), ...verdict];
}

const GATE_VERDICTS = {
  elo1: 'stronger; self-play takes the new weights',
  elo0: 'not stronger; self-play keeps the old weights',
  undecided: 'undecided; self-play keeps the old weights',
} satisfies Record<NonNullable<LadderResult['gate']>['verdict'], string>;

/** The loss on held-out games, by how much it is above that on training games, and what this means. */
function heldOut(metrics: IterationMetrics, history: readonly IterationMetrics[], { training }: Config): string {
  const { validation } = metrics;
  if (!validation) return '';
  const gap = gapOf(metrics);
  const fitness = fitnessOf(history, training.policyWeight);
  const excess = gap ? `, gap ${gap.loss < 0 ? '' : '+'}${gap.loss.toFixed(3)}` : '';
  return `; held out ${validation.loss.toFixed(3)}${excess}${fitness ? `: ${fitness}` : ''}`;
}

function iterationLine(metrics: IterationMetrics, history: readonly IterationMetrics[], config: Config): string {
  const { selfPlay, training } = metrics;
  const parts = [
    `iteration ${metrics.iteration}${config.iterations > 0 ? `/${config.iterations}` : ''}`,
    `${rate(selfPlay.gamesPerSecond)} games/s`,
    `${rate(selfPlay.simulationsPerSecond)} simulations/s`,
    ...(selfPlay.workers === undefined ? [] : [`${selfPlay.workers} workers`]),
    training
      ? `loss ${training.loss.toFixed(3)} (policy ${training.policyLoss.toFixed(3)}, value ${training.valueLoss.toFixed(3)}, ` +
        `accuracy ${percent(training.policyAccuracy)}${heldOut(metrics, history, config)})`
      : 'no training yet',
    `buffer ${rate(metrics.window)} of ${rate(metrics.totalPositions)}`,
    `score ${selfPlay.meanScore.toFixed(1)}`,
    duration(metrics.elapsed),
  ];
  if (config.iterations > 0) {
    const left = (metrics.elapsed / metrics.iteration) * (config.iterations - metrics.iteration);
    parts.push(`${duration(left)} left`);
  }
  return parts.join(' · ');
}
