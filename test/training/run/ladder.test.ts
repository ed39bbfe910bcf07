import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rate } from '../../../src/arena/rating.js';
import { Network } from '../../../src/network/network.js';
import { packageRoot } from '../../../src/paths.js';
import type { EvaluationResult } from '../../../src/players/matches.js';
import { describePlayer, loadModel } from '../../../src/players/players.js';
import { type ConfigChanges, override } from '../../../src/training/config/changes.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { CheckpointManager } from '../../../src/training/run/checkpoints.js';
import { Ladder, ladderRatings } from '../../../src/training/run/ladder.js';
import type { IterationMetrics, LadderResult } from '../../../src/training/run/metrics.js';
import { Run } from '../../../src/training/run/run.js';
import { Trainer } from '../../../src/training/run/trainer.js';
import { threadExecutor } from '../../../src/training/selfplay/executor.js';
import { temporaryFolder } from '../helpers.js';

const match = (opponent: string, wins: number, draws: number, losses: number) =>
  ({ opponent, wins, draws, losses }) as EvaluationResult;

describe('ladder ratings', () => {
  test('come from all games in one pool, with the first opponent at 0', () => {
    const history = [
      { iteration: 5, evaluation: { results: [match('greedy', 3, 2, 15), match('random', 18, 0, 2)], earlier: [] } },
      { iteration: 7, evaluation: null },
      {
        iteration: 10,
        evaluation: {
          results: [match('greedy', 12, 0, 8), match('random', 20, 0, 0)],
          earlier: [match('iteration 5', 16, 1, 3)],
        },
      },
    ];
    const ratings = ladderRatings(['greedy', 'random'], history);
    const pool = rate(
      [
        [0, 0, 16, 8],
        [0, 0, 2, 0],
        [4, 18, 0, 3.5],
        [12, 20, 16.5, 0],
      ],
      0,
    );
    expect([...ratings.keys()]).toEqual(['greedy', 'random', 'iteration 5', 'iteration 10']);
    for (const [i, estimate] of [...ratings.values()].entries()) {
      expect(estimate.mean).toBeCloseTo(pool[i]!.mean, 6);
      expect(estimate.error).toBeCloseTo(pool[i]!.error, 6);
    }
    expect(ratings.get('greedy')!.mean).toBe(0);
    expect(ratings.get('iteration 10')!.mean).toBeGreaterThan(50);
  });
});

const SMALL: ConfigChanges = {
  seed: 5,
  iterations: 4,
  selfPlay: { gamesPerIteration: 4, parallelGames: 4, simulations: 2 },
  training: { batchSize: 32, minPositions: 200 },
  evaluation: { every: 1, pairs: 2, simulations: 0, opponents: ['random'], spacing: 2 },
  checkpoints: { every: 1, keep: 1 },
};

/** Trains the run in a folder to its end, or until an event has come a number of times. */
async function session(folder: string, stopAfter?: [event: 'iteration' | 'evaluated', times: number]) {
  const run = Run.open(folder);
  try {
    const trainer = await Trainer.create(run);
    const abortion = new AbortController();
    const warnings: string[] = [];
    trainer.on('warning', (message) => warnings.push(message));
    let times = 0;
    if (stopAfter) trainer.on(stopAfter[0], () => ++times === stopAfter[1] && abortion.abort());
    await trainer.train(abortion.signal);
    expect(warnings).toEqual([]);
    const checkpoints = run.checkpoints.iterations();
    const { weights } = run.checkpoints.load(checkpoints.at(-1)!);
    return { history: run.metrics.read(), checkpoints, best: run.checkpoints.best(), weights };
  } finally {
    run.close();
  }
}

function newRun(changes: ConfigChanges = {}): string {
  const folder = temporaryFolder();
  Run.create(folder, override(override(PRESETS.tiny, SMALL), changes)).close();
  return folder;
}

/** Evaluations without times. */
function evaluations(history: readonly IterationMetrics[]): (LadderResult | null)[] {
  const untimed = (results: EvaluationResult[]) => results.map((result) => ({ ...result, seconds: 0 }));
  return history.map(
    ({ evaluation }) =>
      evaluation && { ...evaluation, results: untimed(evaluation.results), earlier: untimed(evaluation.earlier) },
  );
}

const opponentsOf = ({ evaluation }: IterationMetrics) => evaluation!.earlier.map(({ opponent }) => opponent);

describe('a run with a ladder', () => {
  test('meets the best checkpoint and the rungs, and keeps both although few checkpoints are kept', async () => {
    const { history, checkpoints, best } = await session(newRun());
    expect(history.map(({ evaluation }) => evaluation!.results.map(({ opponent }) => opponent))).toEqual(
      history.map(() => ['random']),
    );
    let strongest: number | undefined;
    for (const entry of history) {
      const { iteration, evaluation } = entry;
      const rung = 2 * Math.floor((iteration - 1) / 2);
      const expected = new Set([rung, strongest ?? 0].filter((number) => number > 0));
      expect(opponentsOf(entry)).toEqual([...expected].map((number) => `iteration ${number}`));
      strongest = evaluation!.best;
    }
    expect(best).toEqual({ iteration: strongest, score: history[strongest! - 1]!.evaluation!.elo.mean });
    expect(checkpoints).toEqual([...new Set([best!.iteration, 4])].sort());
  });

  test.each<[string, ConfigChanges]>([
    ['without a gate', {}],
    ['with a gate', { evaluation: { gate: 'sprt', gateElo: 400, gatePairs: 5 } }],
  ])('ends the same after stops and resumes, %s', async (_, changes) => {
    const whole = await session(newRun(changes));
    const folder = newRun(changes);
    await session(folder, ['iteration', 2]);
    await session(folder, ['evaluated', 2]);
    const resumed = await session(folder);
    expect(evaluations(resumed.history)).toEqual(evaluations(whole.history));
    expect({ ...resumed, history: [] }).toEqual({ ...whole, history: [] });
  });

  test('marks the best again after a kill that came before the mark', async () => {
    const folder = newRun();
    const { best } = await session(folder, ['iteration', 3]);
    rmSync(join(folder, 'checkpoints/best.json'));
    const run = Run.open(folder);
    const trainer = await Trainer.create(run);
    trainer.on('start', () => trainer.stop());
    await trainer.train();
    expect(run.checkpoints.best()).toEqual(best);
    run.close();
  });

  test('plays on with the untrained network where the gate accepts no network', async () => {
    const closed: ConfigChanges = { evaluation: { gate: 'sprt', gateElo: 1000, gatePairs: 1 } };
    const { history, best, checkpoints } = await session(newRun(closed));
    for (const { evaluation } of history) {
      expect(evaluation!.best).toBe(0);
      expect(evaluation!.gate!.verdict).not.toBe('elo1');
    }
    expect(history.map((entry) => opponentsOf(entry).at(-1))).toEqual(history.map(() => 'iteration 0'));
    expect(best).toBeUndefined();
    expect(checkpoints).toEqual([4]);
    expect(history.at(-1)!.step).toBeGreaterThan(0);
    const untrained = await session(newRun({ training: { minPositions: 2000 }, evaluation: { every: 0 } }));
    const played = (entries: IterationMetrics[]) =>
      entries.map(({ selfPlay }) => [selfPlay.meanPlies, selfPlay.meanScore]);
    expect(played(history)).toEqual(played(untrained.history));
    const ungated = await session(newRun());
    expect(played(history)).not.toEqual(played(ungated.history));
  });
});

test('the gate accepts a stronger network, and soon', async () => {
  const { network, weights } = loadModel(fileURLToPath(new URL('models/azul-2p.onnx', packageRoot)), 2);
  const executor = threadExecutor(2);
  onTestFinished(() => executor.close());
  const config = override(PRESETS.laptop, {
    evaluation: {
      every: 1,
      pairs: 10,
      simulations: 0,
      opponents: ['random'],
      spacing: 0,
      gate: 'sprt',
      gatePairs: 1000,
    },
  });
  const untrained = new Network(2, network.shape).initialWeights(1);
  const checkpoints = new CheckpointManager(temporaryFolder(), 1);
  const ladder = new Ladder(config, network, executor, checkpoints, untrained, [describePlayer('random', 2)]);
  const told: [string, number][] = [];
  const events = {
    onMatch: (opponent: string, games: number) => told.push([opponent, games]),
    onGame: () => {},
    onResult: () => {},
    onWarning: () => {},
  };
  const evaluation = await ladder.evaluate(1, weights, [], events, new AbortController().signal);
  expect(told).toEqual([
    ['random', 20],
    ['iteration 0', 2000],
  ]);
  expect(evaluation!.gate!.verdict).toBe('elo1');
  expect(evaluation!.best).toBe(1);
  expect(evaluation!.earlier[0]!.pairs).toBeLessThan(100);
  expect(evaluation!.elo.low).toBeGreaterThan(100);
});
