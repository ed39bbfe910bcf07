import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FolderLock } from '../../../src/lock.js';
import { Network } from '../../../src/network/network.js';
import { decodeNetwork, encodeNetwork } from '../../../src/network/onnxModel.js';
import type { EvaluationResult } from '../../../src/players/matches.js';
import { type ConfigChanges, override } from '../../../src/training/config/changes.js';
import { networkShape } from '../../../src/training/config/networkShape.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { CheckpointManager } from '../../../src/training/run/checkpoints.js';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { Run } from '../../../src/training/run/run.js';
import { Trainer } from '../../../src/training/run/trainer.js';
import type { TrainerEvents } from '../../../src/training/run/trainerEvents.js';
import { playFake, temporaryFolder } from '../helpers.js';

const GAMES = 6;

const SMALL: ConfigChanges = {
  seed: 11,
  network: { dropout: 0.1 },
  selfPlay: { gamesPerIteration: GAMES, parallelGames: 3, simulations: 4 },
  replay: { recency: 2 },
  training: { batchSize: 32, minPositions: 200, averageDecay: 0.9 },
  validation: { fraction: 0.4, positions: 50 },
  evaluation: { pairs: 2, simulations: 2, opponents: ['greedy', 'random'] },
  checkpoints: { every: 1, keep: 4 },
};

function config(changes: ConfigChanges = {}) {
  return override(override(PRESETS.tiny, SMALL), changes);
}

/** Trains the run in a folder, as a process of its own would, until it is done or an event stops it. */
async function session(folder: string, stopAt?: (trainer: Trainer, stop: () => void) => void) {
  const run = existsSync(join(folder, 'config.json')) ? Run.open(folder) : Run.create(folder, config());
  try {
    const trainer = await Trainer.create(run);
    const abortion = new AbortController();
    const warnings: string[] = [];
    trainer.on('warning', (message) => warnings.push(message));
    stopAt?.(trainer, () => abortion.abort());
    const end = await trainer.train(abortion.signal);
    return { end, warnings };
  } finally {
    run.close();
  }
}

/** All that a run leaves, without times. */
function remains(folder: string) {
  const run = Run.open(folder);
  try {
    const [last] = run.checkpoints.iterations().reverse();
    const { weights, average, optimizer, schedule, sampler } = run.checkpoints.load(last!);
    const state = { weights, average, optimizer, schedule, sampler };
    const history = run.metrics.read();
    const numbers = Array.from({ length: 40 }, (_, n) => n).filter((n) => run.replay.has(n));
    return { last, ...state, history: history.map(timeless), numbers, faults: run.replay.check() };
  } finally {
    run.close();
  }
}

function timeless({ elapsed: _, selfPlay, training, evaluation, ...rest }: IterationMetrics) {
  const { seconds: _1, gamesPerSecond: _2, simulationsPerSecond: _3, ...played } = selfPlay;
  const trained = training && { ...training, seconds: 0, milliseconds: 0 };
  const untimed = (results: EvaluationResult[]) => results.map((result) => ({ ...result, seconds: 0 }));
  const evaluated = evaluation && {
    ...evaluation,
    results: untimed(evaluation.results),
    earlier: untimed(evaluation.earlier),
  };
  return { ...rest, played, trained, evaluated };
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

let whole: ReturnType<typeof remains>;

beforeAll(async () => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'azul-test-'));
  await session(folder);
  whole = remains(folder);
  rmSync(folder, { recursive: true });
});

describe('a run to its end', () => {
  test('leaves history, games, checkpoints and an evaluation, and reports them in order', async () => {
    const folder = temporaryFolder();
    const events: string[] = [];
    const kinds: (keyof TrainerEvents)[] = [
      'start',
      'selfPlay',
      'training',
      'evaluation',
      'checkpoint',
      'best',
      'iteration',
    ];
    let games = 0;
    const { end, warnings } = await session(folder, (trainer) => {
      for (const kind of kinds) trainer.on(kind, () => events.push(kind));
      trainer.on('games', () => games++);
    });
    expect(end).toBe('finished');
    expect(warnings).toEqual([]);
    expect(games).toBe(3 * GAMES);
    expect(events.join(' ')).toBe(
      'start selfPlay iteration checkpoint selfPlay training iteration checkpoint ' +
        'selfPlay training evaluation evaluation iteration checkpoint best',
    );

    // Resuming a finished run changes nothing.
    expect((await session(folder)).end).toBe('finished');
    const found = remains(folder);
    expect(found).toEqual(whole);
    expect(found.last).toBe(3);
    expect(found.numbers).toEqual(numbers(3 * GAMES));
    expect(found.faults).toEqual([]);
    expect(found.history.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    expect(found.history.map(({ totalGames }) => totalGames)).toEqual([GAMES, 2 * GAMES, 3 * GAMES]);
    const { results, earlier, best } = found.history.at(-1)!.evaluated!;
    expect(results.map(({ opponent }) => opponent)).toEqual(['greedy', 'random']);
    expect(earlier).toEqual([]);
    expect(best).toBe(3);
    expect(found.optimizer.step).toBe(found.history.at(-1)!.step);
    const { step, window, reuse } = found.history.at(-1)!;
    expect(reuse.drawn).toBe(32 * step);
    expect(window + reuse.left.positions).toBe(found.sampler.seen);
    expect(reuse.window.most).toBe(Math.max(...found.sampler.uses));
    expect(found.history[0]!.trained).toBeNull();
    expect(found.history[0]!.validation).toBeNull();
    // The games 8, 9, 11, 13, 14 and 15 of the first 18 are held out.
    expect(found.history[1]!.validation).toBeNull();
    expect(found.history[2]!.validation!.loss).toBeGreaterThan(0);
    expect(found.history[2]!.trained!.loss).toBeLessThan(found.history[1]!.trained!.loss);

    const run = Run.open(folder);
    expect(run.checkpoints.iterations()).toEqual([1, 2, 3]);
    expect(run.checkpoints.best()?.iteration).toBe(3);
    run.close();
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').length).toBe(3);
  });

  test('ends the same with two workers, who take games as they become free', async () => {
    const folder = temporaryFolder();
    Run.create(folder, config({ selfPlay: { workers: 2 } })).close();
    await session(folder);
    expect(remains(folder)).toEqual(whole);
  });
});

describe('a run that is interrupted and resumed ends bit for bit like an uninterrupted one', () => {
  const inSelfPlay =
    (iteration: number, after: number) =>
    (trainer: Trainer, stop: () => void): void => {
      let current = 0;
      // On a busy machine more games may have ended before the last stop than this number.
      const check = (done: number) => void (current === iteration && done >= after && stop());
      trainer.on('selfPlay', (begun, _, done) => {
        current = begun;
        check(done);
      });
      trainer.on('games', check);
    };

  test.each<[string, (trainer: Trainer, stop: () => void) => void, number[]]>([
    ['in the first self-play', inSelfPlay(1, 1), []],
    ['in the second self-play', inSelfPlay(2, 4), [1]],
    ['after the last game of an iteration', inSelfPlay(2, GAMES), [1]],
    ['between iterations', (trainer, stop) => trainer.on('iteration', stop), [1]],
    ['before the start', (_, stop) => stop(), []],
    ['while it trains', (trainer, stop) => trainer.on('step', (done) => done === 5 && stop()), [1]],
    ['while it evaluates', (trainer, stop) => trainer.on('evaluated', stop), [1, 2]],
  ])('%s', async (_, stopAt, saved) => {
    const folder = temporaryFolder();
    expect((await session(folder, stopAt)).end).toBe('stopped');
    const run = Run.open(folder);
    expect(run.metrics.read().map(({ iteration }) => iteration)).toEqual(saved);
    expect(run.checkpoints.iterations()).toEqual(saved);
    run.close();
    expect((await session(folder)).end).toBe('finished');
    expect(remains(folder)).toEqual(whole);
  });

  test('several times, with few checkpoints', async () => {
    const folder = temporaryFolder();
    const changes = config({ checkpoints: { every: 3 } });
    Run.create(folder, changes).close();
    const inEvaluation = (trainer: Trainer, stop: () => void) => void trainer.on('evaluation', stop);
    for (const stopAt of [inSelfPlay(1, 2), inSelfPlay(1, 4), inSelfPlay(2, 3), inSelfPlay(3, 1), inEvaluation]) {
      expect((await session(folder, stopAt)).end).toBe('stopped');
    }
    await session(folder);
    expect(remains(folder)).toEqual(whole);
  });

  test.each<ConfigChanges['training']>([
    // The rate is so high that the loss rises and the rate falls.
    { optimizer: 'sgd', learningRate: 1, warmUpSteps: 0, schedule: 'plateau', patience: 0, averageDecay: 0.9 },
    {
      optimizer: 'adam',
      schedule: 'cosineRestarts',
      decaySteps: 25,
      warmUpSteps: 5,
      averageDecay: 0.99,
      microBatches: 2,
    },
  ])('with %o', async (training) => {
    const changes = config({ iterations: 6, training });
    const undisturbed = temporaryFolder();
    Run.create(undisturbed, changes).close();
    await session(undisturbed);
    const expected = remains(undisturbed);
    expect(expected.average).not.toEqual(expected.weights);
    expect(new Set(expected.history.map(({ learningRate }) => learningRate)).size).toBeGreaterThan(1);
    if (training?.schedule === 'plateau') expect(expected.schedule.falls).toBeGreaterThan(0);

    const folder = temporaryFolder();
    Run.create(folder, changes).close();
    const after = (n: number) => (trainer: Trainer, stop: () => void) =>
      void trainer.on('iteration', ({ iteration }) => iteration === n && stop());
    for (const stopAt of [after(2), after(3), inSelfPlay(4, 2)]) {
      expect((await session(folder, stopAt)).end).toBe('stopped');
    }
    await session(folder);
    expect(remains(folder)).toEqual(expected);
  });

  test('with a wider window than before, stopped before and after the first checkpoint with that window', async () => {
    const folder = temporaryFolder();
    const stopAfter = (n: number) => (trainer: Trainer, stop: () => void) =>
      void trainer.on('iteration', ({ iteration }) => iteration === n && stop());
    Run.create(folder, config({ iterations: 6, replay: { minWindow: 200, growth: 0 } })).close();
    await session(folder, stopAfter(4));
    const wide = config({ iterations: 6, replay: { minWindow: 2000 } });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(wide));
    expect((await session(folder, stopAfter(5))).end).toBe('stopped');
    expect((await session(folder)).end).toBe('finished');
  });

  test('from the checkpoint before a damaged one, with a warning, though the window has moved on', async () => {
    const narrow = config({ replay: { minWindow: 200, growth: 0 } });
    const undisturbed = temporaryFolder();
    Run.create(undisturbed, narrow).close();
    await session(undisturbed);
    const folder = temporaryFolder();
    Run.create(folder, narrow).close();
    await session(folder, (trainer, stop) => trainer.on('iteration', ({ iteration }) => iteration === 2 && stop()));
    writeFileSync(join(folder, 'checkpoints', '000002', 'training.bin'), '');
    const { end, warnings } = await session(folder);
    expect(end).toBe('finished');
    expect(warnings).toEqual([
      expect.stringMatching(/000002.*training\.bin is damaged.*going back to the checkpoint before/),
    ]);
    expect(remains(folder)).toEqual(remains(undisturbed));
    const run = Run.open(folder);
    expect(run.replay.positions).toBeLessThan(run.replay.totals(3).positions);
    run.close();
  });
});

describe('listeners', () => {
  test('add metrics, which are kept, and stop the run, which can be resumed with the same result', async () => {
    const folder = temporaryFolder();
    const listen = (trainer: Trainer) => {
      let steps = 0;
      trainer.on('step', () => steps++);
      trainer.on('iteration', ({ iteration, custom }) => {
        custom.steps = steps;
        custom.iterationsLeft = 3 - iteration;
        if (iteration === 2) trainer.stop();
      });
    };
    expect((await session(folder, listen)).end).toBe('stopped');
    const run = Run.open(folder);
    const history = run.metrics.read();
    expect(history.map(({ custom }) => custom)).toEqual([
      { steps: 0, iterationsLeft: 2 },
      { steps: history[1]!.training!.steps, iterationsLeft: 1 },
    ]);
    expect(run.checkpoints.load(2).statistics).toEqual(history[1]);
    run.close();
    expect((await session(folder)).end).toBe('finished');
    const { history: after, ...rest } = remains(folder);
    const { history: undisturbed, ...expected } = whole;
    expect(rest).toEqual(expected);
    expect(after.map((entry) => ({ ...entry, custom: {} }))).toEqual(undisturbed);
  });

  test('that throw end the run with their error, and it can be resumed', async () => {
    const folder = temporaryFolder();
    const listen = (trainer: Trainer) => {
      trainer.on('checkpoint', (iteration) => {
        if (iteration === 2) throw new Error('no more, please');
      });
    };
    await expect(session(folder, listen)).rejects.toThrow('no more, please');
    await session(folder);
    expect(remains(folder)).toEqual(whole);
  });
});

test('a network or optimizer other than that of the checkpoints is refused, and nothing is damaged', async () => {
  const folder = temporaryFolder();
  await session(folder, (trainer, stop) => trainer.on('iteration', stop));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config({ network: 'medium' })));
  await expect(session(folder)).rejects.toThrow(/checkpoints of .* were made with another network/);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config({ training: { optimizer: 'sgd' } })));
  await expect(session(folder)).rejects.toThrow(/were made with the optimizer adamw, not sgd as its config.json says/);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config()));
  await session(folder);
  expect(remains(folder)).toEqual(whole);
});

test('a run may start from the weights of a model, and needs the model file only once', async () => {
  const network = new Network(2, networkShape(config()));
  const model = decodeNetwork(encodeNetwork(network, network.initialWeights(99)), 'model.onnx');
  const file = join(temporaryFolder(), 'model.onnx');
  writeFileSync(file, encodeNetwork(network, model.weights));
  const folder = temporaryFolder();
  Run.create(folder, config(), file).close();
  rmSync(file);
  expect(network.size).toBeGreaterThan(network.playingSize);
  for (let i = 0; i < 2; i++) {
    const begun: { iteration: number; weights: Float32Array; average: Float32Array }[] = [];
    await session(folder, (trainer, stop) => {
      const { weights, average } = trainer.components.step;
      trainer.on('start', (iteration) => {
        begun.push({ iteration, weights: weights.slice(), average: average!.weights.slice() });
        stop();
      });
    });
    const [{ iteration, weights, average }] = begun as [(typeof begun)[0]];
    expect(iteration).toBe(0);
    expect(weights.subarray(0, network.playingSize)).toEqual(model.weights);
    expect(average).toEqual(weights);
  }
});

test.each([
  [`selfPlay.gamesPerIteration was ${GAMES}`, { selfPlay: { gamesPerIteration: GAMES - 1 } }],
  ['validation.fraction was 0.4', { validation: { fraction: 0.3 } }],
])('a setting that numbers the games cannot change: %s', async (message, changes) => {
  const folder = temporaryFolder();
  await session(folder, (trainer, stop) => trainer.on('iteration', stop));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config(changes)));
  await expect(session(folder)).rejects.toThrow(`${message} in ${folder} and can't change`);
});

test('such a setting cannot change before the first checkpoint either', async () => {
  const folder = temporaryFolder();
  await session(folder, (trainer, stop) => trainer.on('games', (done) => done >= 2 && stop()));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config({ selfPlay: { gamesPerIteration: 1 } })));
  await expect(session(folder)).rejects.toThrow(`selfPlay.gamesPerIteration had another value when ${folder} began`);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config()));
  await session(folder);
  expect(remains(folder)).toEqual(whole);
});

describe('a run without its files is refused, and continues once they are back: it lacks', () => {
  test.each([
    ['checkpoints', /has no checkpoints any more, and its first games are gone; restore its folder checkpoints/],
    ['replay.db', /replay\.db does not hold the games of the checkpoint; restore that file/],
    ['metrics.jsonl', /metrics\.jsonl does not hold iteration 4, as the checkpoint does; restore that file/],
  ])('%s', async (name, message) => {
    const narrow = config({ iterations: 5, replay: { minWindow: 200, growth: 0 } });
    const folder = temporaryFolder();
    Run.create(folder, narrow).close();
    await session(folder, (trainer, stop) => trainer.on('iteration', ({ iteration }) => iteration === 4 && stop()));
    const part = join(folder, name);
    renameSync(part, `${part}.elsewhere`);
    await expect(session(folder)).rejects.toThrow(message);
    rmSync(part, { recursive: true, force: true });
    renameSync(`${part}.elsewhere`, part);
    expect((await session(folder)).end).toBe('finished');
  });
});

describe('while it trains,', () => {
  /** Changes the folder in the second iteration, and stops the run in the same or the third. */
  const disturb = (change: () => void, stopIn: number) => (trainer: Trainer, stop: () => void) => {
    let current = 0;
    let isDone = false;
    trainer.on('selfPlay', (iteration) => {
      current = iteration;
    });
    trainer.on('games', () => {
      if (current === 2 && !isDone) {
        isDone = true;
        change();
      }
      if (current === stopIn) stop();
    });
  };

  test.each([2, 3])('moving its folder ends the run, stopped in iteration %i, and loses nothing', async (stopIn) => {
    const folder = join(temporaryFolder(), 'run');
    const moved = `${folder}.moved`;
    const move = () => renameSync(folder, moved);
    await expect(session(folder, disturb(move, stopIn))).rejects.toThrow(
      `${folder} was moved or removed while the run trained; if it was moved, azul resume continues it in its new place`,
    );
    expect(existsSync(folder)).toBe(false);
    const run = Run.open(moved);
    expect(run.replay.totals(2).games).toBeGreaterThan(GAMES);
    run.close();
    await session(moved);
    expect(remains(moved)).toEqual(whole);
  });

  test('another run in its place ends the run, and the other run is not changed', async () => {
    const folder = join(temporaryFolder(), 'run');
    const moved = `${folder}.moved`;
    const replace = () => {
      renameSync(folder, moved);
      Run.create(folder, config({ seed: 12 })).close();
    };
    await expect(session(folder, disturb(replace, 3))).rejects.toThrow(/was moved or removed/);
    // latest-game.json may belong to either run.
    const parts = readdirSync(folder).filter((name) => name !== 'latest-game.json');
    expect(parts.sort()).toEqual(['config.json', 'lock.db', 'replay.db']);
    await session(moved);
    expect(remains(moved)).toEqual(whole);
  });

  test.each(['replay.db', 'metrics.jsonl'])(
    'moving %s ends the run, which continues once the file is back',
    async (name) => {
      const folder = temporaryFolder();
      const part = join(folder, name);
      const move = () => renameSync(part, `${part}.moved`);
      await expect(session(folder, disturb(move, 2))).rejects.toThrow(
        `${part} was moved or removed while the run trained; if it was moved, put it back and azul resume ${folder} continues; if not,`,
      );
      expect(existsSync(part)).toBe(false);
      renameSync(`${part}.moved`, part);
      await session(folder);
      expect(remains(folder)).toEqual(whole);
    },
  );

  test('a removed configuration is written again', async () => {
    const folder = temporaryFolder();
    const { end, warnings } = await session(
      folder,
      disturb(() => rmSync(join(folder, 'config.json')), 2),
    );
    expect(end).toBe('stopped');
    expect(warnings).toEqual([
      expect.stringMatching(/config\.json was removed while the run trained; it has been written/),
    ]);
    await session(folder);
    expect(remains(folder)).toEqual(whole);
  });
});

test('a plateau is measured on held-out losses only, and there is none without them', async () => {
  const folder = temporaryFolder();
  const plateau = { training: { schedule: 'plateau' }, validation: { fraction: 0.0001 } } as const;
  Run.create(folder, config(plateau)).close();
  await session(folder);
  const { schedule, history } = remains(folder);
  expect(history.at(-1)!.trained).not.toBeNull();
  expect(schedule.best).toBeNull();
});

test('a configuration of another version is refused with a message about versions', () => {
  const folder = temporaryFolder();
  Run.create(folder, config()).close();
  const { optimizer: _, ...training } = config().training;
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config(), training }));
  expect(() => Run.open(folder)).toThrow(
    /field training\.optimizer: .*; if another version of azul made this run, continue with that version, or start another run$/,
  );
});

test('an error in a worker ends the run with that error, and it can be resumed', async () => {
  const folder = temporaryFolder();
  Run.create(folder, config({ evaluation: { opponents: ['model:/nowhere/model.onnx'] } })).close();
  await expect(session(folder)).rejects.toThrow(/cannot read the model \/nowhere\/model\.onnx/);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config()));
  await session(folder);
  expect(remains(folder)).toEqual(whole);
});

test('a new run refuses the remains of another run, and opponents that change while runs train', async () => {
  const folder = temporaryFolder();
  const changing = config({ evaluation: { opponents: ['greedy', 'latest:runs/other,sims=9'] } });
  expect(() => Run.create(folder, changing)).toThrow(/latest:runs\/other,sims=9 is another model after each iteration/);
  // A model file may have such a name.
  Run.create(folder, config({ evaluation: { opponents: ['best.onnx,sims=9', 'latest-of-may/model.onnx'] } })).close();
  rmSync(join(folder, 'config.json'));
  expect(() => Run.create(folder, config())).toThrow(/holds the replay\.db of a run, but no config\.json/);
});

test("a model that is larger than the run's network is refused", async () => {
  const large = new Network(2, { width: 256, blocks: 1 });
  const file = join(temporaryFolder(), 'model.onnx');
  writeFileSync(file, encodeNetwork(large, large.initialWeights(1)));
  const folder = temporaryFolder();
  Run.create(folder, config(), file).close();
  await expect(session(folder)).rejects.toThrow(/smaller than the model that the run starts from/);
});

test('a new run ignores the starting model of a run that never began', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'start.onnx'), 'half of a model');
  const run = Run.create(folder, config());
  expect(run.startingModel()).toBeUndefined();
  run.close();
});

describe('the start of a run', () => {
  test('leaves nothing if it fails, and keeps what was there before', () => {
    const folder = temporaryFolder();
    const nowhere = join(folder, 'no.onnx');
    expect(() => Run.create(join(folder, 'a/b/run'), config(), nowhere)).toThrow(/cannot make the run folder .*ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, 'mine/tensorboard'), { recursive: true });
    expect(() => Run.create(join(folder, 'mine'), config(), nowhere)).toThrow(/cannot make the run folder/);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['tensorboard']);

    const run = Run.create(join(folder, 'a/b/run'), config());
    expect(run.isUnplayed).toBe(true);
    run.remove();
    expect(readdirSync(folder)).toEqual(['mine']);
  });

  test('is not undone once there is a game, or if another process began the run', async () => {
    const folder = temporaryFolder();
    Run.create(folder, config()).close();
    const run = Run.open(folder);
    expect(run.isUnplayed).toBe(false);
    run.close();
    const other = Run.create(join(folder, 'other'), config());
    other.replay.add(await playFake([0]));
    expect(other.isUnplayed).toBe(false);
    other.close();
  });

  test('does not wait for another process that starts a run in the same folder, and does not change that run', () => {
    const folder = temporaryFolder();
    const lock = FolderLock.take(folder)!;
    expect(() => Run.create(folder, config())).toThrow(/is in use by another process; stop that one first/);
    expect(readdirSync(folder).sort()).toEqual(['lock.db', 'lock.db-journal']);
    lock.release();
    Run.create(folder, config()).close();
    expect(() => Run.create(folder, config({ seed: 12 }))).toThrow(/already holds a run/);
    expect(Run.readConfig(folder).seed).toBe(11);
  });
});

describe('the monitored number', () => {
  /** Trains with one custom value for each iteration as monitor.metric. */
  async function monitored(folder: string, changes: ConfigChanges, values: number[], stopAfter = 0) {
    if (!existsSync(join(folder, 'config.json'))) Run.create(folder, config(changes)).close();
    const events: unknown[][] = [];
    const { end, warnings } = await session(folder, (trainer, stop) => {
      trainer.on('iteration', (metrics) => {
        metrics.custom.score = values[metrics.iteration - 1]!;
        if (metrics.iteration === stopAfter) stop();
      });
      for (const kind of ['early', 'best', 'rate'] as const)
        trainer.on(kind, (...given: number[]) => events.push([kind, ...given]));
    });
    return { end, warnings, events, ...remains(folder) };
  }

  const monitor = { metric: 'custom.score', mode: 'max', patience: 2 } as const;
  const short: ConfigChanges = { iterations: 9, evaluation: { every: 0 }, checkpoints: { every: 9, keep: 1 } };

  test('ends the run early, with the weights of its best iteration, also after an interruption', async () => {
    const [whole, cut] = [temporaryFolder(), temporaryFolder()];
    const values = [1, 2, 5, 3, 4];
    const run = await monitored(whole, { ...short, monitor }, values);
    expect(run.end).toBe('finished');
    expect(run.events).toEqual([['early', 3, 5]]);
    expect(run.history).toHaveLength(5);
    const checkpoints = new CheckpointManager(join(whole, 'checkpoints'), 1);
    expect(checkpoints.iterations()).toEqual([3, 5]);
    const best = checkpoints.load(3);
    expect(run.weights).toEqual(best.weights);
    expect(run.average).toEqual(best.average);

    expect((await monitored(cut, { ...short, monitor }, values, 4)).end).toBe('stopped');
    const resumed = await monitored(cut, {}, values);
    expect(resumed.events).toEqual([['early', 3, 5]]);
    expect(resumed.weights).toEqual(run.weights);
  });

  test('chooses the best checkpoint, in place of Elo', async () => {
    const folder = temporaryFolder();
    const keepBest = {
      ...short,
      iterations: 4,
      monitor: { ...monitor, mode: 'min', patience: 0, keepBest: true },
    } as const;
    const { events, warnings } = await monitored(folder, keepBest, [4, 2, 3, 3]);
    expect(events).toEqual([
      ['best', 1, 4],
      ['best', 2, 2],
    ]);
    expect(warnings).toEqual([]);
    const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), 1);
    expect(checkpoints.best()).toEqual({ iteration: 2, score: 2 });
    expect(checkpoints.iterations()).toEqual([2, 4]);
  });

  test('lowers the rate on a plateau, which sends an event and shows in the history', async () => {
    const plateau: ConfigChanges = {
      ...short,
      iterations: 4,
      monitor: { metric: 'custom.score' },
      training: { schedule: 'plateau', patience: 1, warmUpSteps: 0, learningRate: 0.01, finalLearningRate: 0.001 },
    };
    const { events, history } = await monitored(temporaryFolder(), plateau, [1, 1, 1, 0.5]);
    expect(events).toEqual([['rate', 0.005]]);
    expect(history.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01, 0.005, 0.005]);
  });

  test('is reported once with the nearest name, if it does not exist', async () => {
    const misspelt: ConfigChanges = { ...short, iterations: 4, monitor: { metric: 'validation.los' } };
    const { warnings } = await monitored(temporaryFolder(), misspelt, []);
    expect(warnings).toEqual([
      'the history has no number validation.los (did you mean validation.loss?); correct monitor.metric in config.json and resume',
    ]);
  });
});

test('a run of a version without a monitor continues as before', async () => {
  const folder = temporaryFolder();
  Run.create(folder, config()).close();
  const path = join(folder, 'config.json');
  const { monitor: _, ...old } = JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof config>;
  const { cooldown: _cooldown, minDelta: _minDelta, ...training } = old.training;
  writeFileSync(path, JSON.stringify({ ...old, training, selfPlay: { ...old.selfPlay, fullFraction: 1 } }));
  expect(Run.readConfig(folder)).toEqual(config());
});
