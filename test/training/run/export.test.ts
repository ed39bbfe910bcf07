import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { Network } from '../../../src/network/network.js';
import { decodeNetwork, encodeNetwork } from '../../../src/network/onnxModel.js';
import { quantizedLayers } from '../../../src/network/quantization.js';
import { shippedModel } from '../../../src/network/shippedModels.js';
import { loadModel, modelCopy } from '../../../src/players/players.js';
import { exportModel } from '../../../src/training/run/export.js';
import { randomWeights, temporaryFolder } from '../helpers.js';

const network = new Network(2, { width: 16, blocks: 1 });
const weights = randomWeights(network, new Random(1)).subarray(0, network.playingSize);

function savedModel(): { folder: string; source: string } {
  const folder = temporaryFolder();
  const source = join(folder, 'source.onnx');
  writeFileSync(source, encodeNetwork(network, weights));
  return { folder, source };
}

test('an exported model has the same weights, ranges for 8 bits, and a manifest with its checksum', async () => {
  const { folder, source } = savedModel();
  const target = join(folder, 'out.onnx');
  const manifest = await exportModel(source, target, 'MIT');
  const bytes = readFileSync(target);
  const model = decodeNetwork(bytes, target);
  expect(model.weights).toEqual(weights);
  expect(Object.keys(model.ranges!)).toEqual(quantizedLayers(network));
  expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toEqual(manifest);
  expect(manifest).toMatchObject({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    licence: 'MIT',
    players: 2,
    architecture: { width: 16, blocks: 1, parameters: network.playingSize },
  });
  expect(manifest.training).toBeUndefined();
});

test('the same model is exported twice as the same file', async () => {
  const { folder, source } = savedModel();
  const [first, second] = [join(folder, '1.onnx'), join(folder, '2.onnx')];
  await exportModel(source, first, 'MIT');
  await exportModel(first, second, 'MIT');
  expect(readFileSync(second)).toEqual(readFileSync(first));
});

test.each([
  ['no.onnx', 'out.onnx', /cannot read the model .*no\.onnx/],
  ['source.onnx', 'out.txt', /out\.txt does not end in \.onnx/],
  ['source.onnx', join('nowhere', 'out.onnx'), /cannot write .*out\.onnx/],
])('exporting %s to %s is refused in one line', async (from, to, message) => {
  const { folder } = savedModel();
  await expect(exportModel(join(folder, from), join(folder, to), 'MIT')).rejects.toThrow(message);
});

test('a file that cannot be written leaves nothing behind', async () => {
  const { folder, source } = savedModel();
  const taken = join(folder, 'taken.onnx');
  mkdirSync(taken);
  await expect(exportModel(source, taken, 'MIT')).rejects.toThrow(/cannot write .*taken\.onnx/);
  expect(readdirSync(folder).sort()).toEqual(['source.onnx', 'taken.onnx']);
});

test('a damaged checkpoint is not taken for a model outside a run', async () => {
  const { folder, source } = savedModel();
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'checkpoint.json'), '{"body":{}}');
  await expect(exportModel(source, join(folder, 'sub', 'out.onnx'), 'MIT')).rejects.toThrow(
    /checkpoint\.json is damaged/,
  );
});

test('a model and its manifest are refused when either of them has changed', async () => {
  const { folder, source } = savedModel();
  const [target, manifest] = [join(folder, 'out.onnx'), join(folder, 'out.json')];
  await exportModel(source, target, 'MIT');
  expect(loadModel(target).weights).toEqual(weights);
  const [model, text] = [readFileSync(target), readFileSync(manifest, 'utf8')];
  writeFileSync(manifest, `\uFEFF${text.replace('MIT', 'of my own')}`);
  expect(loadModel(target).weights).toEqual(weights);

  const other = /out.onnx is not the model of its manifest .*out.json: one of them is damaged; restore it/;
  writeFileSync(manifest, text.replace(/"sha256": "./, '"sha256": "x'));
  expect(() => loadModel(target)).toThrow(other);
  writeFileSync(manifest, text);
  // Files of another version without a checksum of their own, and with a changed weight.
  const changed = Buffer.from(model.subarray(0, -22));
  changed[changed.length >> 1]! ^= 1;
  writeFileSync(target, changed);
  expect(() => loadModel(target)).toThrow(other);
  writeFileSync(target, model);
  writeFileSync(manifest, text.slice(0, 30));
  expect(() => loadModel(target)).toThrow(/cannot read the manifest .*out.json: .*; restore or remove it/);
  writeFileSync(manifest, '[]');
  expect(loadModel(target).weights).toEqual(weights);
});

test('a copy of a model has a checksum, and a damaged model is not copied', () => {
  const { folder, source } = savedModel();
  const bytes = readFileSync(source);
  expect(modelCopy(source)).toEqual(bytes);
  const old = join(folder, 'old.onnx');
  writeFileSync(old, bytes.subarray(0, -22));
  expect(modelCopy(old)).toEqual(new Uint8Array(bytes));
  writeFileSync(join(folder, 'old.json'), JSON.stringify({ sha256: 'another' }));
  expect(() => modelCopy(old)).toThrow(/is not the model of its manifest/);
});

test('the shipped models match their manifests', () => {
  for (const players of [2, 3, 4]) expect(loadModel(shippedModel(players)!).network.players).toBe(players);
});
