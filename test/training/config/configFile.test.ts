import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeConfig, configOf } from '../../../src/training/config/config.js';
import { ConfigFile } from '../../../src/training/config/configFile.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { temporaryFolder } from '../helpers.js';

function file(text: string, name = 'my.yaml'): ConfigFile {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return new ConfigFile(path);
}

const YAML = `# Three players.
players: 3
training:
  batchSize: 64 # small
  learningRate: 1e-3
evaluation:
  opponents: [greedy, 'alphabeta:nodes=1000']
network: { width: 64, blocks: 1 }
`;

const VALUE = {
  players: 3,
  training: { batchSize: 64, learningRate: 1e-3 },
  evaluation: { opponents: ['greedy', 'alphabeta:nodes=1000'] },
  network: { width: 64, blocks: 1 },
};

test('YAML and JSON hold the same settings, also after a byte order mark', () => {
  const json = JSON.stringify(VALUE, undefined, '\t');
  for (const text of [YAML, json, JSON.stringify(VALUE)]) {
    for (const mark of ['', '\uFEFF']) {
      expect(file(mark + text).value).toEqual(VALUE);
      expect(changeConfig(PRESETS.tiny, file(mark + text))).toEqual(changeConfig(PRESETS.tiny, VALUE));
    }
  }
});

test('a whole configuration is read back', () => {
  const text = JSON.stringify(PRESETS.quick, undefined, 2);
  expect(configOf(file(text))).toEqual(PRESETS.quick);
  expect(() => configOf(file(text.replace('"seed": 1', '"seed": -1')))).toThrow(
    /my\.yaml, line 3, field seed: '-1' is too/,
  );
});

/** The error for a file, with further changes on top of it. */
function refusal(text: string, ...changes: unknown[]): string {
  try {
    changeConfig(PRESETS.tiny, file(text), ...changes);
  } catch (error) {
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('accepted, against expectation');
}

test.each([
  ['players: 2\ntraining:\n  batchsize: 3\n', /my\.yaml, line 3, field training\.batchsize: .*training\.batchSize/],
  ['{\n  "players": 2,\n\n  "seed": 1.5 }', /my\.yaml, line 4, field seed: it must be a whole number, not '1\.5'/],
  ['evaluation:\n  opponents:\n    - greedy\n    - 3\n', /my\.yaml, line 4, field evaluation\.opponents\.1: /],
  [
    'training:\n  learningRate: 1e-3\n  finalLearningRate: 1\n',
    /line 3, field training\.finalLearningRate: it is above/,
  ],
  ['replay:\n  surpriseWeight: 0.5\n', /line 2, field replay\.surpriseWeight: this setting no longer exists/],
  ['just a letter\n', /my\.yaml, line 1: it must be a section with fields, not 'just a letter'/],
])('an error in %j is reported with its field and line', (text, message) => {
  expect(refusal(text)).toMatch(message);
});

test('an error in a change on top of the file is not blamed on the file', () => {
  expect(refusal(YAML, { training: { batchSize: 0 } })).toMatch(/^the configuration, field training\.batchSize: /);
  expect(refusal('players: 5', { seed: 3 })).toMatch(/my\.yaml, line 1, field players/);
});

test.each([
  ['{"players": 2, "se', /^line 1: missing closing/],
  ['players: 2\nplayers: 3\n', /^line 2: map keys must be unique/],
  ['training:\n\tbatchSize: 2\n', /^line 2: tabs are not allowed as indentation/],
  ['players: *many\n', /^unresolved alias/],
])('%j is no YAML', (text, message) => {
  expect(() => file(text)).toThrow(message);
});
