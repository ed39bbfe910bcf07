import { describe, expect, test } from 'vitest';
import { override } from '../../../src/training/config/changes.js';
import { changeConfig, makeConfig, validateConfig } from '../../../src/training/config/config.js';
import { ConfigError } from '../../../src/training/config/configError.js';
import { describeConfig } from '../../../src/training/config/description.js';
import { networkShape } from '../../../src/training/config/networkShape.js';
import { PRESET_NAMES } from '../../../src/training/config/presetNames.js';
import { PRESETS, presetNamed } from '../../../src/training/config/presets.js';
import { selfPlaySearch } from '../../../src/training/run/selfPlaySearch.js';

/** The message of the ConfigError that these changes cause. */
function refusal(...changes: unknown[]): string {
  try {
    changeConfig(PRESETS.laptop, ...changes);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('accepted, against expectation');
}

describe('presets', () => {
  test.each(PRESET_NAMES)('%s is valid, survives JSON, and trains', (name) => {
    const config = makeConfig(name);
    expect(config).toEqual(PRESETS[name]);
    expect(validateConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
    const { replay, training } = config;
    expect(replay.minWindow).toBeLessThanOrEqual(replay.maxWindow);
    expect(training.minPositions).toBeLessThanOrEqual(replay.maxWindow);
    expect(training.finalLearningRate).toBeLessThanOrEqual(training.learningRate);
    expect(networkShape(config).width).toBeGreaterThan(0);
    const { simulations, firstSimulations, growthGames } = config.selfPlay;
    expect(selfPlaySearch(config)).toMatchObject({ simulations: Math.min(firstSimulations, simulations), noise: true });
    expect(selfPlaySearch(config, growthGames)).toMatchObject({ simulations, noise: true });
  });

  test('a network may have any width and depth', () => {
    const config = makeConfig('laptop', { network: { width: 24, blocks: 0 } });
    expect(networkShape(config)).toEqual({ width: 24, blocks: 0 });
    expect(validateConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test.each(['quikc', 'constructor', 'toString', ''])('there is no preset named "%s"', (name) => {
    expect(() => presetNamed(name)).toThrow(ConfigError);
    expect(() => presetNamed(name)).toThrow(/unknown preset '.*'; choose one of laptop, quick/);
  });
});

test('simulations grow geometrically with the games, and the number of considered actions grows with them', () => {
  const config = makeConfig('laptop', {
    selfPlay: { firstSimulations: 10, simulations: 40, growthGames: 1000, considered: 12 },
  });
  const at = (games: number) => {
    const { simulations, considered } = selfPlaySearch(config, games);
    return [simulations, considered];
  };
  expect([0, 500, 1000, 5000].map(at)).toEqual([
    [10, 5],
    [20, 10],
    [40, 12],
    [40, 12],
  ]);
  const constant = makeConfig('laptop', { selfPlay: { firstSimulations: 50, simulations: 40 } });
  expect(selfPlaySearch(constant).simulations).toBe(40);
});

describe('changes', () => {
  test('override the preset field by field, and later changes override earlier ones', () => {
    const file = { players: 3, training: { batchSize: 32, reuse: 2 }, evaluation: { opponents: ['greedy'] } };
    const flag = { training: { batchSize: 48 } };
    const config = makeConfig('tiny', file, flag);
    expect(config.players).toBe(3);
    expect(config.training).toEqual({ ...PRESETS.tiny.training, batchSize: 48, reuse: 2 });
    expect(config.evaluation).toEqual({ ...PRESETS.tiny.evaluation, opponents: ['greedy'] });
    expect(config.selfPlay).toEqual(PRESETS.tiny.selfPlay);
  });

  test('with a wrong name do not compile, and are refused at run time', () => {
    // @ts-expect-error The setting is called simulations.
    expect(() => makeConfig('tiny', { selfPlay: { simulation: 3 } })).toThrow(/field selfPlay.*simulation/);
    // @ts-expect-error There is no such section.
    expect(() => makeConfig('tiny', { self: {} })).toThrow(/self/);
    // @ts-expect-error There is no such network.
    expect(() => makeConfig('tiny', { network: 'huge' })).toThrow(/field network/);
    // @ts-expect-error There is no such preset.
    expect(() => makeConfig('quikc')).toThrow(/unknown preset/);
  });

  test('to single fields of a named network override its width and blocks', () => {
    const { network } = makeConfig('laptop', { network: { dropout: 0.1 } });
    expect(network).toEqual({ width: 256, blocks: 2, dropout: 0.1 });
    expect(makeConfig('laptop', { network: { width: 64 } }).network).toEqual({ width: 64, blocks: 2 });
    expect(makeConfig('laptop', { network: { dropout: 0.1 } }, { network: 'small' }).network).toBe('small');
    expect(networkShape(makeConfig('laptop', { network: { dropout: 0.1 } }))).toEqual({ width: 256, blocks: 2 });
  });

  test('without training.precision, as in older runs, train in fp32', () => {
    const { precision: _, ...training } = PRESETS.laptop.training;
    expect(validateConfig({ ...PRESETS.laptop, training }).training.precision).toBe('fp32');
  });

  test('do not change the presets, and undefined changes nothing', () => {
    const before = structuredClone(PRESETS);
    const config = override(PRESETS.tiny, { seed: 9, selfPlay: { workers: 2 }, training: { reuse: undefined } });
    expect(config.seed).toBe(9);
    expect(config.selfPlay).toEqual({ ...PRESETS.tiny.selfPlay, workers: 2 });
    expect(config.training).toEqual(PRESETS.tiny.training);
    config.training.reuse = 50;
    expect(makeConfig('tiny').training.reuse).toBe(before.tiny!.training.reuse);
    expect(PRESETS.laptop).toEqual(before.laptop);
  });
});

describe('an error names its field', () => {
  test.each<[unknown, RegExp]>([
    [{ playres: 2 }, /playres/],
    [{ training: { batchsize: 2 } }, /field training.*batchsize/],
    [{ players: 5 }, /field players/],
    [{ players: '2' }, /field players/],
    [{ seed: 1.5 }, /field seed/],
    [{ seed: -1 }, /field seed/],
    [{ network: 'huge' }, /field network: it must be small, medium, large or of the form/],
    [{ network: { width: 1, blocks: 2 } }, /field network/],
    [{ network: { width: 64, dropout: 0.95 } }, /field network/],
    [{ training: 7 }, /field training/],
    [{ training: null }, /field training/],
    [{ training: { learningRate: 0 } }, /field training\.learningRate/],
    [{ training: { schedule: 'linear' } }, /field training\.schedule.*cosine/],
    [{ training: { optimizer: 'lion' } }, /field training\.optimizer.*adamw/],
    [
      { training: { valueLoss: 'mes' } },
      /field training\.valueLoss: unknown value loss 'mes'; known are mse, mae, huber, mape/,
    ],
    [{ training: { averageDecay: 1 } }, /field training\.averageDecay/],
    [{ training: { learningRate: Number.NaN } }, /field training\.learningRate/],
    [{ training: { clipNorm: Number.POSITIVE_INFINITY } }, /field training\.clipNorm/],
    [{ selfPlay: { workers: -1 } }, /field selfPlay\.workers/],
    [{ selfPlay: { simulations: '64' } }, /field selfPlay\.simulations/],
    [{ selfPlay: { selection: 'ucb' } }, /field selfPlay\.selection/],
    [{ replay: { growth: 1.01 } }, /field replay\.growth/],
    [{ evaluation: { opponents: [] } }, /field evaluation\.opponents/],
    [{ evaluation: { opponents: 'greedy' } }, /field evaluation\.opponents/],
    [{ evaluation: { opponents: ['greedy', 3] } }, /field evaluation\.opponents\.1/],
    [{ checkpoints: { keep: 0 } }, /field checkpoints\.keep/],
    [[], /the configuration/],
    ['laptop', /the configuration/],
    [null, /the configuration/],
  ])('%j', (changes, message) => {
    expect(refusal(changes)).toMatch(message);
    expect(refusal(changes)).toMatch(/--print-config/);
    expect(refusal(changes)).not.toMatch(/Invalid|Too|Unrecognized/);
  });
});

describe('removed settings', () => {
  const old = (changes: object) => {
    const config = structuredClone(PRESETS.tiny);
    Object.assign(config.selfPlay, { fullFraction: 1, cheapSimulations: 8, ...changes });
    Object.assign(config.replay, { growthExponent: 1, surpriseWeight: 0 });
    return config;
  };

  test('are dropped where they have their old default', () => {
    expect(validateConfig(old({}))).toEqual(PRESETS.tiny);
    expect(changeConfig(PRESETS.tiny, { replay: { surpriseWeight: 0 } })).toEqual(PRESETS.tiny);
  });

  test('are refused with another value', () => {
    expect(() => validateConfig(old({ fullFraction: 0.5 }))).toThrow(
      /^the configuration, field selfPlay\.fullFraction: .*no longer exists.*0\.5 is not the default that it had, 1; remove/,
    );
    expect(refusal({ replay: { surpriseWeight: 0.5 } })).toMatch(/field replay\.surpriseWeight: /);
  });
});

test.each<[unknown, RegExp]>([
  [
    { training: { batchsize: 2 } },
    /field training\.batchsize: there is no such field \(did you mean training\.batchSize\?\)/,
  ],
  [{ batchSize: 2 }, /did you mean training\.batchSize\?/],
  [{ evaluation: { simulation: 2 } }, /did you mean evaluation\.simulations\?/],
  [{ trainning: {} }, /did you mean training\?/],
  [{ training: { schedule: 'cosinus' } }, /unknown value 'cosinus' \(did you mean cosine\?\); choose one of cosine, /],
  [{ players: 5 }, /field players: '5' is too high; it must be at most 4/],
  [{ training: { clipNorm: 0 } }, /'0' is too low; it must be above 0/],
  [{ selfPlay: { simulations: '64' } }, /it must be a number, not '64'/],
  [{ seed: 1.5 }, /it must be a whole number, not '1\.5'/],
  [{ training: null }, /it must be a section with fields, not 'null'/],
])('the message for %j says what is right', (changes, message) => {
  expect(refusal(changes)).toMatch(message);
});

test('a name unlike all known ones gets no suggestion', () => {
  expect(refusal({ zebra: 1 })).toMatch(/there is no such field;/);
});

test('contradictory settings are refused', () => {
  expect(refusal({ training: { finalLearningRate: 0.01 } })).toMatch(
    /finalLearningRate: it is above training\.learningRate/,
  );
  const gate = { every: 0, gate: 'sprt' };
  expect(refusal({ evaluation: gate })).toMatch(
    /evaluation\.every: it is 0, so no weights would ever pass .*gate sprt/,
  );
  expect(refusal({ network: { width: 8192, blocks: 3 } })).toMatch(
    /network: it has 4\d\d million parameters; .* 170 million/,
  );
});

test('every field has a description, and every description has a field', () => {
  const fields = describeConfig();
  for (const [field, meaning] of fields) expect(meaning, field).toMatch(/^[A-Z].+\.$/);
  const leaves = Object.entries(PRESETS.laptop).flatMap(([key, value]) =>
    typeof value === 'object' ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key],
  );
  expect(fields.map(([field]) => field).sort()).toEqual(leaves.sort());
});
