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

/** Self-play of an iteration that has ended. */
interface Played {
  /** Whether all its games were played. */
  whole: boolean;
  /** When, as `performance.now()`. */
  end: number;
}

/**
 * The loop of a run: self-play and training side by side, evaluation, checkpoint, and again. The trainer knows nothing
 * of screens: it emits events. Listeners may look at all parts, add metrics, and stop the run; what they throw ends it as
 * any error does, with what is saved so far.
 */
export class Trainer extends EventEmitter<TrainerEvents> {
  private readonly config: Config;
  /** The run as it was after its last whole iteration: what a checkpoint holds. */
  private committed: Checkpoint;
  private readonly ladder: Ladder;
  /** The weights that self-play takes in place of the newest, where there is a gate. */
  private gatedWeights: Float32Array | undefined;
  /** The history as far as the ladder wants to know it: the iterations that were evaluated. */
  private evaluated: IterationMetrics[] = [];
  /** Watches the number by which the run may end, and keep its best. */
  private readonly monitor: Monitor;
  private complained = false;
  private savedIteration = 0;
  /** The oldest game in the window of the last checkpoint. */
  private replayFrom = 0;
  private elapsed = 0;
  private readonly started = performance.now();
  /** Self-play under way by iteration; the configuration may let later ones begin early (`fleet.lag`). */
  private readonly playing = new Map<number, Promise<Played>>();
  /** What this process, and no earlier one, has played since the current iteration began. */
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
   * A trainer of an open run; a PlayerError if an opponent can't play. It starts the programs that the configuration names
   * as opponents, `engine:<command>`: look at them first where a run comes from elsewhere. Games are played by the executor,
   * which is closed after training; by default that is worker threads.
   */
  static async create(run: Run, executor?: Executor): Promise<Trainer> {
    const { evaluation, players } = run.config;
    const opponents: PlayerDescription[] = [];
    for (const opponent of evaluation.opponents) opponents.push(await checkPlayer(opponent, players));
    const components = await createTrainingComponents(run.config, run.replay, run.startingModel(), executor);
    return new Trainer(run, components, opponents);
  }

  /** Ends the run after the step at hand, or after the iteration if that is done; `azul resume` continues it. */
  stop(): void {
    this.stopping.abort();
  }

  /** Trains until the configured iterations are done or it is stopped; what is finished is saved either way. */
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
      // What could not be read or written may be so for that reason.
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

  /** Takes up the newest whole checkpoint, and forgets the history after it. */
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
   * One iteration; false if the signal ended it before it was whole. Actors play it with the weights of the iteration
   * before, while those are trained further on the games up to the iteration before, so that neither waits. In the last
   * iteration of a run training does wait, and takes in the games of both.
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

  /** Notes an iteration's monitored number, by which plateau lowers the rate. Returns whether it is the best so far. */
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

  /** Whether the iteration that is best by monitor.metric has to have a checkpoint. */
  private get needsBest(): boolean {
    const { keepBest, patience, restoreBest } = this.config.monitor;
    return keepBest || (patience > 0 && restoreBest);
  }

  /** Goes back to the weights of the best iteration, if the configuration says so; the rest of the run stays as it is. */
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

  /** Begins self-play of an iteration, and of those after it that may begin with the weights there are. */
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

  /** Plays the iteration's games that are not in the buffer yet; false if the signal ended it. */
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
   * Trains on each new position up to an iteration `reuse` times, on average, out of the window that ends with it; null
   * while that is too small, or if the signal ended it.
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

  /** Marks the best by the history, should a kill have come between its checkpoint and its mark. */
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

  /** Makes the iteration, which has been saved, the best. */
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
    // Not all that the window has left: a run that goes back to the checkpoint before this one needs what that one had.
    // And a window that the config has widened since may reach further back than that.
    run.replay.dropBefore(Math.min(this.replayFrom, committed.replayFrom));
    this.replayFrom = committed.replayFrom;
    this.emit('checkpoint', committed.iteration, run.checkpoints.path(committed.iteration));
  }
}
