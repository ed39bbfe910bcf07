import { EventEmitter } from 'node:events';
import type { EvaluationResult } from '../../players/matches.js';
import { checkPlayer, type PlayerDescription } from '../../players/players.js';
import { allOf, whenAborted } from '../../players/workers.js';
import type { Config } from '../config/schema.js';
import { windowSize } from '../data/replayWindow.js';
import type { Executor } from '../selfplay/executor.js';
import { validate } from '../step/validation.js';
import { type Checkpoint, playingWeights } from './checkpoints.js';
import {
  createTrainingComponents,
  precisionNotice,
  restoreLearner,
  saveLearner,
  type TrainingComponents,
} from './components.js';
import { Ladder } from './ladder.js';
import type { IterationMetrics, LadderResult } from './metrics.js';
import { Monitor } from './monitor.js';
import { changesSince, checkResumable } from './resumption.js';
import type { Run } from './run.js';
import { gameNumbers } from './selfPlaySearch.js';
import type { TrainerEvents } from './trainerEvents.js';

/** Result of the self-play of an iteration. */
interface Played {
  /** Whether all its games were played. */
  whole: boolean;
  /** Time when it ended, as `performance.now()`. */
  end: number;
}

/**
 * The loop of a run: self-play and training side by side, then an evaluation and a checkpoint, and again. The trainer
 * knows nothing of screens: it emits events. Listeners may read all parts, add metrics, and stop the run. An error that
 * a listener throws ends the run like any other error; what is saved stays.
 */
export class Trainer extends EventEmitter<TrainerEvents> {
  private readonly config: Config;
  /** State of the run after its last whole iteration. Checkpoints save this state. */
  private committed: Checkpoint;
  private readonly ladder: Ladder;
  /** Weights that self-play uses in place of the newest ones; undefined without a gate. */
  private gatedWeights: Float32Array | undefined;
  /** The evaluated iterations of the history, which the ladder needs. */
  private evaluated: IterationMetrics[] = [];
  /** Watches the number that can end the run early and choose its best checkpoint. */
  private readonly monitor: Monitor;
  private complained = false;
  private savedIteration = 0;
  /** Number of the oldest game in the window of the last checkpoint. */
  private replayFrom = 0;
  private elapsed = 0;
  private readonly started = performance.now();
  /** Self-play under way, by iteration. With `fleet.lag`, later iterations may begin early. */
  private readonly playing = new Map<number, Promise<Played>>();
  /** Games that this process has played since the current iteration began, and their simulations. */
  private newGames = 0;
  private newSimulations = 0;
  private readonly stopping = new AbortController();

  private constructor(
    readonly run: Run,
    readonly components: TrainingComponents,
    opponents: readonly PlayerDescription[],
  ) {
    super();
    this.config = run.config;
    const { network, executor, step } = components;
    this.ladder = new Ladder(run.config, network, executor, run.checkpoints, step.weights.slice(), opponents);
    this.monitor = new Monitor(run.config);
    this.committed = this.snapshot(0, undefined);
  }

  /**
   * Creates a trainer of an open run. Throws a PlayerError if an opponent can't play. The configuration may name
   * programs as opponents, `engine:<command>`. This starts them, so check them first if the run comes from elsewhere.
   * `executor` plays the games and is closed after training. Default: worker threads.
   */
  static async create(run: Run, executor?: Executor): Promise<Trainer> {
    const { evaluation, players } = run.config;
    const opponents: PlayerDescription[] = [];
    for (const opponent of evaluation.opponents) opponents.push(await checkPlayer(opponent, players));
    const components = await createTrainingComponents(run.config, run.replay, run.startingModel(), executor);
    return new Trainer(run, components, opponents);
  }

  /**
   * Ends the run after the current training step. An iteration that is complete by then is kept. `azul resume`
   * continues the run.
   */
  stop(): void {
    this.stopping.abort();
  }

  /**
   * Trains until the configured iterations are done, the monitor ends the run early, or it is stopped. Saves what is
   * finished.
   */
  async train(stopSignal?: AbortSignal): Promise<'finished' | 'stopped'> {
    const ignoreAbort = whenAborted(stopSignal, () => this.stop());
    const { signal } = this.stopping;
    let how: 'finished' | 'stopped' | 'failed' = 'failed';
    try {
      this.restore();
      this.emit('start', this.committed.iteration);
      const notice = precisionNotice(this.config.training);
      if (notice) this.warn(notice);
      how = await this.iterateToEnd(signal);
      return how;
    } finally {
      this.emit('end', how);
      ignoreAbort();
      await this.components.close();
    }
  }

  private async iterateToEnd(signal: AbortSignal): Promise<'finished' | 'stopped'> {
    const { iterations } = this.config;
    try {
      while ((iterations === 0 || this.committed.iteration < iterations) && !this.monitor.isOver) {
        if (signal.aborted || !(await this.iterate(this.committed.iteration + 1, signal))) {
          this.save();
          return 'stopped';
        }
      }
      if (this.monitor.isOver) this.endEarly();
      this.save();
      return 'finished';
    } catch (error) {
      // The error may come from a folder that was moved or removed. This reports it if so.
      this.run.checkInPlace(this.warn);
      throw error;
    } finally {
      this.stop();
      await Promise.allSettled(this.playing.values());
    }
  }

  private readonly warn = (message: string): void => {
    this.emit('warning', message);
  };

  /** Restores the newest whole checkpoint, and removes the history after it. */
  private restore(): void {
    const checkpoint = this.run.checkpoints.latest(this.warn);
    if (this.config.fleet.lag > 0) {
      this.warn('fleet.lag is above 0, so which weights play a game depends on time: the run is not bit-exact');
    }
    this.run.metrics.read(this.warn);
    checkResumable(this.run, checkpoint, this.components);
    this.run.metrics.rewindTo(checkpoint?.iteration ?? 0, this.warn);
    const history = this.run.metrics.read();
    for (const metrics of history) this.monitor.observe(metrics);
    this.evaluated = history.filter(({ evaluation }) => evaluation !== null);
    this.gatedWeights = this.ladder.gatedWeights(this.evaluated);
    if (!checkpoint) return;
    for (const change of changesSince(checkpoint, this.config)) this.warn(change);
    this.committed = checkpoint;
    this.savedIteration = checkpoint.iteration;
    this.replayFrom = checkpoint.replayFrom;
    restoreLearner(this.components, checkpoint);
    this.markBest();
    this.elapsed = checkpoint.statistics?.elapsed ?? 0;
  }

  /**
   * Runs one iteration. Returns false if the signal ended it before it was whole. Self-play uses the weights of the
   * iteration before. Meanwhile, training continues on the games up to the iteration before, so neither waits for the
   * other. In the last iteration of a run, training waits for self-play and learns from the games of both iterations.
   */
  private async iterate(iteration: number, signal: AbortSignal): Promise<boolean> {
    const begun = performance.now();
    const playing = this.play(iteration, signal);
    const trained = this.isLast(iteration)
      ? playing.then(() => this.trainSteps(iteration, signal))
      : this.trainSteps(iteration - 1, signal);
    const [{ whole, end }, training] = await allOf([playing, trained]);
    this.playing.delete(iteration);
    if (!whole || signal.aborted) return false;
    const seconds = ((this.config.fleet.lag > 0 ? performance.now() : end) - begun) / 1000;
    const { step, sampler } = this.components;
    const { positions } = this.config.validation;
    const validation = training && (await validate(step, sampler, positions));
    const seen =
      validation && (await validate(step, sampler, Math.min(positions, sampler.heldOutPositions), 'training'));
    const due = this.ladder.isDue(iteration);
    const evaluation = due ? await this.evaluate(iteration, signal) : null;
    if (due && !evaluation) return false;
    const metrics = this.measure(iteration, seconds, { training, validation, seen, evaluation });
    this.emit('iteration', metrics);
    const isBest = this.watch(metrics);
    this.run.checkInPlace(this.warn);
    this.run.metrics.append(metrics);
    if (evaluation) this.evaluated.push(metrics);
    this.committed = this.snapshot(iteration, metrics);
    const { checkpoints } = this.run;
    if (evaluation || this.isLast(iteration) || (isBest && this.needsBest) || checkpoints.shouldSave(iteration))
      this.save();
    if (this.config.monitor.keepBest) {
      if (isBest) this.promote(iteration, this.monitor.best!);
    } else if (evaluation?.best === iteration) this.promote(iteration, evaluation.elo.mean);
    return true;
  }

  /**
   * Records an iteration's monitored number, by which the schedule plateau lowers the learning rate. Returns whether
   * the iteration is the best so far.
   */
  private watch(metrics: IterationMetrics): boolean {
    const { schedule } = this.components;
    const value = this.monitor.valueOf(metrics);
    if (value !== undefined) schedule.observe(value);
    const learningRate = schedule.rate(metrics.step);
    if (learningRate < metrics.learningRate) this.emit('rate', learningRate);
    metrics.learningRate = learningRate;
    const complaint = this.monitor.complaint(metrics);
    if (complaint && !this.complained) this.warn(complaint);
    this.complained ||= complaint !== undefined;
    return this.monitor.observe(metrics);
  }

  /** Whether the iteration with the best monitor.metric needs a checkpoint. */
  private get needsBest(): boolean {
    const { keepBest, patience, restoreBest } = this.config.monitor;
    return keepBest || (patience > 0 && restoreBest);
  }

  /**
   * Ends the run early. Restores the weights of the best iteration, if the configuration says so; the rest of the run
   * stays as it is.
   */
  private endEarly(): void {
    const { bestIteration, best } = this.monitor;
    // Self-play of later iterations may be under way.
    this.stop();
    this.emit('early', bestIteration, best!);
    if (!this.config.monitor.restoreBest) return;
    const { checkpoints } = this.run;
    if (!checkpoints.iterations().includes(bestIteration)) {
      this.warn(`iteration ${bestIteration} has no checkpoint; the run ends with the weights of its last iteration`);
      return;
    }
    const { weights, average } = checkpoints.load(bestIteration);
    const { step } = this.components;
    step.weights.set(weights);
    step.average?.weights.set(average ?? weights);
    this.committed = { ...this.committed, weights, average };
    this.savedIteration = -1;
  }

  private isLast(iteration: number): boolean {
    return iteration === this.config.iterations;
  }

  private measure(
    iteration: number,
    seconds: number,
    results: Pick<IterationMetrics, 'training' | 'validation' | 'seen' | 'evaluation'>,
  ): IterationMetrics {
    const { replay } = this.run;
    const { sampler, step, schedule } = this.components;
    const total = replay.totals(iteration);
    const workers = replay.workersOf(iteration);
    return {
      iteration,
      elapsed: this.elapsed + (performance.now() - this.started) / 1000,
      selfPlay: {
        ...replay.statistics(iteration, iteration),
        ...(workers > 0 && { workers }),
        seconds,
        gamesPerSecond: this.newGames / seconds,
        simulationsPerSecond: this.newSimulations / seconds,
      },
      totalGames: total.games,
      totalPositions: total.positions,
      window: sampler.positions,
      reuse: sampler.reuse,
      step: step.optimizer.step,
      learningRate: schedule.rate(step.optimizer.step),
      ...results,
      custom: {},
    };
  }

  /** Starts self-play of an iteration, and of the iterations after it that may begin with the current weights. */
  private play(iteration: number, signal: AbortSignal): Promise<Played> {
    const { iterations, fleet } = this.config;
    const last = Math.min(iteration + fleet.lag, iterations || Number.POSITIVE_INFINITY);
    this.newGames = 0;
    this.newSimulations = 0;
    const numbers = gameNumbers(this.config, iteration);
    this.emit('selfPlay', iteration, numbers.length, numbers.filter((n) => this.run.replay.has(n)).length);
    for (let i = iteration; i <= last; i++) {
      if (this.playing.has(i)) continue;
      const playing = this.selfPlay(i, signal).then((whole) => ({ whole, end: performance.now() }));
      playing.catch(() => {});
      this.playing.set(i, playing);
    }
    return this.playing.get(iteration)!;
  }

  /** Plays the iteration's games that are not in the buffer yet. Returns false if the signal ended it. */
  private async selfPlay(iteration: number, signal: AbortSignal): Promise<boolean> {
    const { run } = this;
    const numbers = gameNumbers(this.config, iteration);
    run.replay.verify(numbers);
    const missing = numbers.filter((n) => !run.replay.has(n));
    let done = numbers.length - missing.length;
    if (missing.length > 0) {
      await this.components.playGames({
        iteration,
        games: missing,
        weights: this.gatedWeights,
        signal,
        onGame: (game) => {
          run.replay.add([game]);
          run.latestGame.offer(game);
          this.newGames++;
          this.newSimulations += game.simulations;
          done++;
          if (iteration === this.committed.iteration + 1) this.emit('games', done, this.newSimulations);
        },
        onRefused: (worker) => {
          const gone = run.replay.discard(worker, iteration);
          done -= gone.length;
          return gone;
        },
      });
    }
    return done === numbers.length;
  }

  /**
   * Trains on the window that ends with an iteration, with `reuse` draws per new position on average. Returns null
   * while the window is too small, or if the signal ended it.
   */
  private async trainSteps(iteration: number, signal: AbortSignal): Promise<IterationMetrics['training']> {
    const { run, config } = this;
    const { sampler, trainForSteps } = this.components;
    const { reuse, batchSize } = config.training;
    const fresh = sampler.moveWindow(iteration, windowSize(run.replay.totals(iteration).positions, config.replay));
    if (!sampler.isReady) return null;
    const steps = Math.max(1, Math.round((fresh * reuse) / batchSize));
    this.emit('training', steps);
    return trainForSteps(steps, signal, (done, result) => {
      this.emit('step', done, result);
    });
  }

  private evaluate(iteration: number, signal: AbortSignal): Promise<LadderResult | null> {
    const events = {
      onMatch: (opponent: string, games: number) => this.emit('evaluation', opponent, games),
      onGame: (done: number) => this.emit('evaluationGame', done),
      onResult: (result: EvaluationResult) => this.emit('evaluated', result),
      onWarning: this.warn,
    };
    return this.ladder.evaluate(iteration, this.components.step.playingWeights, this.evaluated, events, signal);
  }

  /**
   * Marks the best checkpoint by the history again. The process may have been killed after it saved the checkpoint and
   * before it marked it.
   */
  private markBest(): void {
    const { checkpoints } = this.run;
    if (this.config.monitor.keepBest) {
      const { bestIteration, best } = this.monitor;
      if (checkpoints.iterations().includes(bestIteration)) checkpoints.markBest(bestIteration, best!, this.warn);
      return;
    }
    const best = this.ladder.bestOf(this.evaluated);
    const found = this.evaluated.find(({ iteration }) => iteration === best);
    if (found && checkpoints.iterations().includes(best!))
      checkpoints.markBest(best!, found.evaluation!.elo.mean, this.warn);
  }

  /** Marks the iteration, which has been saved, as the best. */
  private promote(iteration: number, score: number): void {
    this.run.checkpoints.markBest(iteration, score, this.warn);
    if (this.gatedWeights) this.gatedWeights = playingWeights(this.committed);
    this.emit('best', iteration, score);
  }

  private snapshot(iteration: number, statistics: IterationMetrics | undefined): Checkpoint {
    return {
      iteration,
      ...saveLearner(this.components),
      needs: [
        ...this.ladder.needs(iteration, this.evaluated),
        ...(this.needsBest && this.monitor.bestIteration > 0 ? [this.monitor.bestIteration] : []),
      ],
      config: this.config,
      statistics,
    };
  }

  private save(): void {
    const { run, committed } = this;
    run.checkInPlace(this.warn);
    if (committed.iteration === this.savedIteration) return;
    run.replay.sync();
    run.checkpoints.save(committed, { onWarning: this.warn });
    this.savedIteration = committed.iteration;
    // Keeps the games of the window of the checkpoint before this one: a run may go back to that checkpoint. The new
    // window may reach further back, if the configuration has widened it since.
    run.replay.dropBefore(Math.min(this.replayFrom, committed.replayFrom));
    this.replayFrom = committed.replayFrom;
    this.emit('checkpoint', committed.iteration, run.checkpoints.path(committed.iteration));
  }
}
