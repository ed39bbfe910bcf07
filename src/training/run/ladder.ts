import { rate } from '../../arena/rating.js';
import type { SprtState } from '../../arena/sprt.js';
import type { Estimate } from '../../arena/statistics.js';
import type { Network } from '../../network/network.js';
import {
  type EvaluationResult,
  evaluateAgainst,
  type MatchExecutor,
  playSprt,
  resultAgainst,
} from '../../players/matches.js';
import type { ModelPlayer, PlayerDescription } from '../../players/players.js';
import { CheckpointError } from '../../runs/checkpointFolder.js';
import type { Config } from '../config/schema.js';
import type { CheckpointManager } from './checkpoints.js';
import type { IterationMetrics, LadderResult } from './metrics.js';

/** Events of a ladder's evaluation. */
export interface LadderEvents {
  /** A match begins, with at most `games` games. */
  onMatch: (opponent: string, games: number) => void;
  onGame: (done: number) => void;
  onResult: (result: EvaluationResult) => void;
  onWarning: (message: string) => void;
}

function checkpointName(iteration: number): string {
  return `iteration ${iteration}`;
}

/**
 * The ladder of a run. The current weights play against fixed players, the best checkpoint so far, and the newest of
 * the checkpoints that join every `spacing` evaluations. All games of the run form one pool. Its ratings show how
 * strong each evaluated iteration is, and which one is the best unless there is a gate. The ladder keeps no state of
 * its own: it uses the history of the run.
 */
export class Ladder {
  constructor(
    private readonly config: Config,
    private readonly network: Network,
    private readonly executor: MatchExecutor,
    private readonly checkpoints: CheckpointManager,
    private readonly untrained: Float32Array,
    /** The fixed players from the configuration. */
    private readonly opponents: readonly PlayerDescription[],
  ) {}

  /** Whether an iteration is evaluated. */
  isDue(iteration: number): boolean {
    const { every } = this.config.evaluation;
    return every > 0 && (iteration % every === 0 || iteration === this.config.iterations);
  }

  /**
   * Returns the best iteration by a history; undefined before there is one. With a gate, it is 0, the untrained
   * network, at first.
   */
  bestOf(history: readonly IterationMetrics[]): number | undefined {
    const last = history.findLast(({ evaluation }) => evaluation !== null)?.evaluation;
    return last?.best ?? (this.gated ? 0 : undefined);
  }

  /** Returns the weights that self-play uses in place of the newest ones; undefined without a gate. */
  gatedWeights(history: readonly IterationMetrics[]): Float32Array | undefined {
    return this.gated ? this.weightsOf(this.bestOf(history)!) : undefined;
  }

  /** Returns the checkpoints that evaluations after an iteration will need. They must not be removed. */
  needs(iteration: number, history: readonly IterationMetrics[]): number[] {
    return [this.bestOf(history) ?? 0, this.newestRung(iteration + 1)].filter((needed) => needed > 0);
  }

  /** Plays the iteration's weights against all opponents. Returns null if the signal ended it. */
  async evaluate(
    iteration: number,
    weights: Float32Array,
    history: readonly IterationMetrics[],
    events: LadderEvents,
    signal: AbortSignal,
  ): Promise<LadderResult | null> {
    const { opponents, pairs } = this.config.evaluation;
    const { players, seed } = this.config;
    const player = this.player(iteration, weights);
    const best = this.bestOf(history);
    const rung = this.newestRung(iteration);
    const meet = async (opponent: PlayerDescription, results: EvaluationResult[]) => {
      if (signal.aborted) return;
      events.onMatch(opponent.name, pairs * players);
      const match = { seats: players, pairs, seed, signal, onProgress: events.onGame };
      const result = await evaluateAgainst(this.executor, player, opponent, match);
      if (!signal.aborted) take(result, results);
    };
    const take = (result: EvaluationResult, results: EvaluationResult[]) => {
      results.push(result);
      events.onResult(result);
    };

    const results: EvaluationResult[] = [];
    const earlier: EvaluationResult[] = [];
    for (const opponent of this.opponents) await meet(opponent, results);
    const checkpoints = new Set([rung, best ?? 0]);
    if (this.gated) checkpoints.delete(best!);
    for (const number of checkpoints) {
      const opponent = number > 0 && this.readable(number, events);
      if (opponent) await meet(opponent, earlier);
    }
    let gate: SprtState | undefined;
    if (this.gated && !signal.aborted) {
      const { test, result } = await this.challenge(player, this.player(best!, this.weightsOf(best!)), events, signal);
      if (!signal.aborted) take(result, earlier);
      gate = test;
    }
    if (signal.aborted) return null;

    const evaluated = [...history, { iteration, evaluation: { results, earlier } }];
    const ratings = ladderRatings(opponents, evaluated, players);
    const elo = ratings.get(checkpointName(iteration))!;
    const ahead = best === undefined || elo.mean > (ratings.get(checkpointName(best))?.mean ?? -Infinity);
    const wins = gate ? gate.verdict === 'elo1' : ahead;
    return { elo, results, earlier, best: wins ? iteration : best!, ...(gate && { gate }) };
  }

  /**
   * Runs the gate's test: plays pairs against the best until a sequential test has a verdict or all pairs are played.
   */
  private async challenge(
    player: ModelPlayer,
    best: ModelPlayer,
    events: LadderEvents,
    signal: AbortSignal,
  ): Promise<{ test: SprtState; result: EvaluationResult }> {
    const { players: seats, seed, evaluation } = this.config;
    const { pairs, gatePairs, gateElo } = evaluation;
    const begun = performance.now();
    events.onMatch(best.name, gatePairs * seats);
    const { games, test } = await playSprt(this.executor, {
      seats,
      contestants: [player, best],
      pairs: gatePairs,
      pairsPerTest: pairs,
      test: { elo0: 0, elo1: gateElo },
      seed,
      signal,
      onProgress: events.onGame,
    });
    return { test, result: resultAgainst(best, games, begun) };
  }

  private get gated(): boolean {
    return this.config.evaluation.gate === 'sprt';
  }

  /**
   * Returns the iteration of the newest checkpoint before `iteration` that has joined the ladder; 0 if there is none.
   */
  private newestRung(iteration: number): number {
    const { every, spacing } = this.config.evaluation;
    const distance = every * spacing;
    return distance === 0 ? 0 : distance * Math.floor((iteration - 1) / distance);
  }

  private player(iteration: number, weights: Float32Array): ModelPlayer {
    const { evaluation, selfPlay } = this.config;
    const { simulations } = evaluation;
    const { device, precision } = selfPlay;
    return { name: checkpointName(iteration), shape: this.network.shape, weights, simulations, device, precision };
  }

  private weightsOf(iteration: number): Float32Array {
    return iteration === 0 ? this.untrained : this.checkpoints.playingWeights(iteration);
  }

  /** Returns a checkpoint as an opponent. If it is damaged, warns and returns undefined. */
  private readable(iteration: number, { onWarning }: LadderEvents): ModelPlayer | undefined {
    try {
      return this.player(iteration, this.weightsOf(iteration));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      onWarning(`${error.message}; the ladder continues without it`);
      return undefined;
    }
  }
}

/** Evaluations of a run, with the fields that ratings need. */
type Evaluated = readonly { iteration: number; evaluation: Pick<LadderResult, 'results' | 'earlier'> | null }[];

/** Returns the ratings of all players, by name. The first opponent is at 0. */
export function ladderRatings(opponents: readonly string[], history: Evaluated, players = 2): Map<string, Estimate> {
  const matches = history.flatMap(({ iteration, evaluation }) =>
    [...(evaluation?.results ?? []), ...(evaluation?.earlier ?? [])].map((match) => ({
      ...match,
      player: checkpointName(iteration),
    })),
  );
  const names = [...new Set([...opponents, ...matches.flatMap(({ player, opponent }) => [player, opponent])])];
  const places = new Map(names.map((name, i) => [name, i]));
  const points = names.map(() => new Array<number>(names.length).fill(0));
  for (const { player, opponent, wins, draws, losses } of matches) {
    const [a, b] = [places.get(player)!, places.get(opponent)!];
    points[a]![b]! += wins + draws / 2;
    points[b]![a]! += losses + draws / 2;
  }
  const ratings = rate(points, 0, players);
  return new Map(names.map((name, i) => [name, ratings[i]!]));
}
