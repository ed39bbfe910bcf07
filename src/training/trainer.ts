import { EventEmitter } from 'node:events';
import type { Piscina } from 'piscina';
import { Random } from '../game/random.js';
import { AzulGame } from '../mcts/azul.js';
import { createWorkers, selfPlay } from './actors.js';
import { BatchSampler } from './batchSampler.js';
import { restoreOptimizer } from './checkpoints.js';
import { type Config, networkShape, selfPlaySearch } from './config.js';
import { type EvaluationResult, evaluateAgainst } from './evaluation.js';
import type { IterationMetrics } from './metrics.js';
import { Network } from './network.js';
import type { FinishedGame } from './replayBuffer.js';
import type { Run } from './run.js';
import { averageSteps, type StepResult, TrainingStep } from './trainingStep.js';

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
    private readonly network: Network,
    private readonly step: TrainingStep,
    private readonly sampler: BatchSampler,
    private readonly workers: Piscina,
  ) {
    super();
    this.config = run.config;
  }

  static async create(run: Run): Promise<Trainer> {
    const { config } = run;
    const network = new Network(config.players, networkShape(config));
    const { beta1, beta2, epsilon } = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const { weightDecay, clipNorm } = config.training;
    const step = await TrainingStep.create(
      network,
      network.initialWeights(config.seed),
      config.training,
      { beta1, beta2, epsilon, weightDecay, clipNorm },
      1,
    );
    const sampler = new BatchSampler(
      run.replay,
      new AzulGame(config.players),
      network,
      config.training,
      new Random(config.seed, 0x5a3),
    );
    return new Trainer(run, network, step, sampler, createWorkers(config.selfPlay.workers));
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
      await this.workers.destroy();
      await this.step.close();
    }
  }

  /** Takes up the newest whole checkpoint, and forgets the history after it. */
  private restore(): void {
    const checkpoint = this.run.checkpoints.latest((message) => this.emit('warning', message));
    this.run.metrics.rewindTo(checkpoint?.iteration ?? 0);
    if (!checkpoint) return;
    this.iteration = this.savedIteration = checkpoint.iteration;
    this.step.weights.set(checkpoint.weights);
    restoreOptimizer(this.step.optimizer, checkpoint.optimizer);
    this.sampler.random.restore(checkpoint.random);
    this.elapsed = (checkpoint.statistics as IterationMetrics | undefined)?.elapsed ?? 0;
  }

  /** One iteration; false if the signal ended it before it was whole. */
  private async iterate(signal: AbortSignal): Promise<boolean> {
    const iteration = this.iteration + 1;
    const begun = performance.now();
    if (!(await this.selfPlay(iteration, signal))) return false;
    const played = performance.now();
    const training = await this.trainSteps(iteration);
    const trained = performance.now();
    this.iteration = iteration;
    const evaluation = signal.aborted || !this.evaluationDue() ? null : await this.evaluate(signal);

    const { config, run, sampler, step } = this;
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
      learningRate: learningRate(config, step.optimizer.step),
      training: training.length
        ? { ...averageSteps(training), steps: training.length, seconds: (trained - played) / 1000 }
        : null,
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
    const { gamesPerIteration, parallelGames } = config.selfPlay;
    const first = (iteration - 1) * gamesPerIteration;
    const missing = Array.from({ length: gamesPerIteration }, (_, i) => first + i).filter((n) => !run.replay.has(n));
    const done = gamesPerIteration - missing.length;
    this.newGames = 0;
    this.newSimulations = 0;
    this.emit('selfPlay', iteration, gamesPerIteration, done);
    if (missing.length > 0) {
      await selfPlay(this.workers, {
        network: this.network,
        weights: this.step.weights,
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

  /** Trains on each new position `reuse` times, on average, out of the window. */
  private async trainSteps(iteration: number): Promise<StepResult[]> {
    const { run, config, sampler } = this;
    const { replay, training } = config;
    const total = run.replay.totals(iteration).positions;
    const fresh = total - run.replay.totals(iteration - 1).positions;
    sampler.moveWindow(iteration, Math.min(replay.maxWindow, Math.max(replay.minWindow, replay.growth * total)));
    const steps = Math.max(1, Math.round((fresh * training.reuse) / training.batchSize));
    if (sampler.positions < training.minPositions) return [];
    this.emit('training', steps);
    const results: StepResult[] = [];
    for (let i = 0; i < steps; i++) {
      const batch = sampler.sampleBatch();
      if (!batch) break;
      const result = await this.step.run(batch, learningRate(config, this.step.optimizer.step));
      results.push(result);
      this.emit('step', i + 1, result);
    }
    return results;
  }

  private evaluationDue(): boolean {
    const { every } = this.config.evaluation;
    return every > 0 && (this.iteration % every === 0 || this.iteration === this.config.iterations);
  }

  private async evaluate(signal: AbortSignal): Promise<EvaluationResult[] | null> {
    const { players, evaluation, seed } = this.config;
    const results: EvaluationResult[] = [];
    for (const opponent of evaluation.opponents) {
      this.emit('evaluation', opponent, evaluation.pairs * players);
      const model = {
        name: 'network',
        shape: this.network.shape,
        weights: this.step.weights,
        simulations: evaluation.simulations,
      };
      const result = await evaluateAgainst(this.workers, model, opponent, {
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
    const { run, step, sampler, iteration } = this;
    if (iteration === this.savedIteration) return;
    run.checkpoints.save({
      iteration,
      network: this.network,
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

/** The learning rate of the step after so many: linear warm-up, then a half cosine, then its end value. */
export function learningRate({ training }: Config, step: number): number {
  const { learningRate: peak, finalLearningRate: final, warmUpSteps, decaySteps } = training;
  if (step < warmUpSteps) return (peak * (step + 1)) / warmUpSteps;
  const progress = Math.min(1, (step - warmUpSteps) / decaySteps);
  return final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
}
