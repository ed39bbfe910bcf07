import { EventEmitter } from 'node:events';
import { selfPlay } from './actors.js';
import { restoreOptimizer } from './checkpoints.js';
import { createTrainingComponents, type TrainingComponents } from './components.js';
import { type Config, selfPlaySearch } from './config.js';
import { type EvaluationResult, evaluateAgainst } from './evaluation.js';
import { learningRate } from './learningRate.js';
import type { IterationMetrics } from './metrics.js';
import type { FinishedGame } from './replayBuffer.js';
import type { Run } from './run.js';
import type { StepResult } from './trainingStep.js';

/** What a trainer tells whoever listens. */
export interface TrainerEvents {
  /** A damaged checkpoint was passed over, or similar. */
  warning: [message: string];
  /** Training goes on after so many iterations. */
  start: [iteration: number];
  /** An iteration has begun; so many games are to be played, and are done already from before an interruption. */
  selfPlay: [iteration: number, games: number, done: number];
  /** Games that are safe in the buffer: of this iteration, and simulations that they took. */
  games: [done: number, simulations: number];
  /** The iteration's training steps begin. */
  training: [steps: number];
  step: [done: number, result: StepResult];
  evaluation: [opponent: string, games: number];
  evaluationGame: [done: number];
  evaluated: [result: EvaluationResult];
  checkpoint: [iteration: number, path: string];
  /** A new best checkpoint, by its score against the last opponent. */
  best: [iteration: number, score: number];
  iteration: [metrics: IterationMetrics];
}

/**
 * The loop of a run: self-play, training, evaluation, checkpoint, and again. Self-play and training take turns, so that
 * each has the cores to itself. The trainer knows nothing of screens: it emits events.
 */
export class Trainer extends EventEmitter<TrainerEvents> {
  private readonly config: Config;
  /** Iterations finished. */
  private iteration = 0;
  private elapsed = 0;
  private readonly started = performance.now();
  private savedIteration = 0;
  private statistics: IterationMetrics | undefined;
  /** What this process, and no earlier one, played in the current iteration. */
  private newGames = 0;
  private newSimulations = 0;

  private constructor(
    private readonly run: Run,
    private readonly components: TrainingComponents,
  ) {
    super();
    this.config = run.config;
  }

  static async create(run: Run): Promise<Trainer> {
    return new Trainer(run, await createTrainingComponents(run.config, run.replay));
  }

  /** Trains until the configured iterations are done or the signal aborts; what is finished is saved either way. */
  async train(signal: AbortSignal): Promise<'finished' | 'stopped'> {
    try {
      this.restore();
      this.emit('start', this.iteration);
      const { iterations } = this.config;
      while (iterations === 0 || this.iteration < iterations) {
        if (signal.aborted || !(await this.iterate(signal))) {
          this.save();
          return 'stopped';
        }
      }
      this.save();
      return 'finished';
    } finally {
      await this.components.close();
    }
  }

  /** Takes up the newest whole checkpoint, and forgets the history after it. */
  private restore(): void {
    const checkpoint = this.run.checkpoints.latest((message) => this.emit('warning', message));
    this.run.metrics.rewindTo(checkpoint?.iteration ?? 0);
    if (!checkpoint) return;
    this.iteration = this.savedIteration = checkpoint.iteration;
    const { step, sampler } = this.components;
    step.weights.set(checkpoint.weights);
    restoreOptimizer(step.optimizer, checkpoint.optimizer);
    sampler.random.restore(checkpoint.random);
    this.elapsed = (checkpoint.statistics as IterationMetrics | undefined)?.elapsed ?? 0;
  }

  /** One iteration; false if the signal ended it before it was whole. */
  private async iterate(signal: AbortSignal): Promise<boolean> {
    const iteration = this.iteration + 1;
    const begun = performance.now();
    if (!(await this.selfPlay(iteration, signal))) return false;
    const played = performance.now();
    const training = await this.trainSteps(iteration);
    this.iteration = iteration;
    const evaluation = signal.aborted || !this.evaluationDue() ? null : await this.evaluate(signal);

    const { config, run } = this;
    const { sampler, step } = this.components;
    const { games, positions, simulations, ...means } = run.replay.statistics(iteration, iteration);
    const all = run.replay.totals(iteration);
    const seconds = (played - begun) / 1000;
    const metrics: IterationMetrics = {
      iteration,
      elapsed: this.elapsed + (performance.now() - this.started) / 1000,
      selfPlay: {
        games,
        positions,
        simulations,
        seconds,
        gamesPerSecond: this.newGames / seconds,
        simulationsPerSecond: this.newSimulations / seconds,
        meanPlies: means.meanPlies,
        meanScore: means.meanScore,
        firstPlayerScore: means.firstPlayerScore,
      },
      totalGames: all.games,
      totalPositions: all.positions,
      window: sampler.positions,
      step: step.optimizer.step,
      learningRate: learningRate(config.training, step.optimizer.step),
      training,
      evaluation,
    };
    run.metrics.append(metrics);
    this.statistics = metrics;
    const last = config.iterations > 0 && iteration === config.iterations;
    if (last || evaluation || iteration % config.checkpoints.every === 0) this.save();
    const decisive = evaluation?.at(-1);
    if (decisive && run.checkpoints.offerBest(iteration, decisive.score.mean)) {
      this.emit('best', iteration, decisive.score.mean);
    }
    this.emit('iteration', metrics);
    return true;
  }

  /** Plays the iteration's games that are not in the buffer yet; false if the signal ended it. */
  private async selfPlay(iteration: number, signal: AbortSignal): Promise<boolean> {
    const { run, config } = this;
    const { network, workers, step } = this.components;
    const { gamesPerIteration, parallelGames } = config.selfPlay;
    const first = (iteration - 1) * gamesPerIteration;
    const missing = Array.from({ length: gamesPerIteration }, (_, i) => first + i).filter((n) => !run.replay.has(n));
    const done = gamesPerIteration - missing.length;
    this.newGames = 0;
    this.newSimulations = 0;
    this.emit('selfPlay', iteration, gamesPerIteration, done);
    if (missing.length > 0) {
      await selfPlay(workers, {
        network,
        weights: step.weights,
        search: selfPlaySearch(config),
        parallel: parallelGames,
        seed: config.seed,
        iteration,
        games: missing,
        signal,
        onGame: (game: FinishedGame) => {
          run.replay.add([game]);
          this.newGames++;
          this.newSimulations += game.simulations;
          this.emit('games', done + this.newGames, this.newSimulations);
        },
      });
    }
    return this.newGames === missing.length;
  }

  /** Trains on each new position `reuse` times, on average, out of the window; null while that is too small. */
  private async trainSteps(iteration: number): Promise<IterationMetrics['training']> {
    const { run, config } = this;
    const { sampler, trainForSteps } = this.components;
    const { minWindow, maxWindow, growth } = config.replay;
    const { reuse, batchSize, minPositions } = config.training;
    const total = run.replay.totals(iteration).positions;
    const fresh = total - run.replay.totals(iteration - 1).positions;
    sampler.moveWindow(iteration, Math.min(maxWindow, Math.max(minWindow, growth * total)));
    if (sampler.positions < minPositions) return null;
    const steps = Math.max(1, Math.round((fresh * reuse) / batchSize));
    const start = performance.now();
    this.emit('training', steps);
    const means = await trainForSteps(steps, (done, result) => this.emit('step', done, result));
    return means && { ...means, steps, seconds: (performance.now() - start) / 1000 };
  }

  private evaluationDue(): boolean {
    const { every } = this.config.evaluation;
    return every > 0 && (this.iteration % every === 0 || this.iteration === this.config.iterations);
  }

  private async evaluate(signal: AbortSignal): Promise<EvaluationResult[] | null> {
    const { players, evaluation, seed } = this.config;
    const { network, step, workers } = this.components;
    const results: EvaluationResult[] = [];
    for (const opponent of evaluation.opponents) {
      this.emit('evaluation', opponent, evaluation.pairs * players);
      const model = {
        name: 'network',
        shape: network.shape,
        weights: step.weights,
        simulations: evaluation.simulations,
      };
      const result = await evaluateAgainst(workers, model, opponent, {
        seats: players,
        pairs: evaluation.pairs,
        seed,
        signal,
        onProgress: (games) => this.emit('evaluationGame', games),
      });
      if (signal.aborted) return null;
      results.push(result);
      this.emit('evaluated', result);
    }
    return results;
  }

  private save(): void {
    const { run, iteration } = this;
    const { network, step, sampler } = this.components;
    if (iteration === this.savedIteration) return;
    run.checkpoints.save({
      iteration,
      network,
      weights: step.weights,
      optimizer: step.optimizer,
      random: sampler.random.save(),
      replayFrom: sampler.oldestGame,
      config: run.config,
      statistics: this.statistics,
    });
    this.savedIteration = iteration;
    // Only now: until here a resumed run could have needed the older positions.
    run.replay.dropBefore(sampler.oldestGame);
    this.emit('checkpoint', iteration, run.checkpoints.path(iteration));
  }
}
