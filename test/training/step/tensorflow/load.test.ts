import { expect, test } from 'vitest';
import { loadTensorFlow } from '../../../../src/training/step/tensorflow/load.js';

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from azul`), { code: 'ERR_MODULE_NOT_FOUND' });

function loader(packages: Record<string, unknown>) {
  return async (name: string) => {
    if (!(name in packages)) throw missing(name);
    if (packages[name] instanceof Error) throw packages[name];
    return packages[name];
  };
}

test('prefers the package for GPUs', async () => {
  const [gpu, cpu] = [{ default: { version: 'gpu' } }, { version: 'cpu' }];
  const load = (packages: Record<string, unknown>) => loadTensorFlow(loader(packages));
  expect(await load({ '@tensorflow/tfjs-node-gpu': gpu, '@tensorflow/tfjs-node': cpu })).toBe(gpu.default);
  expect(await load({ '@tensorflow/tfjs-node': cpu })).toBe(cpu);
});

test('names in one line what to install', async () => {
  await expect(loadTensorFlow(loader({}))).rejects.toThrow(
    /^the backend tensorflow is not installed; npm install @tensorflow\/tfjs-node-gpu .* or @tensorflow\/tfjs-node$/,
  );
});

test('reports in one line why an installed package does not load', async () => {
  const broken = new Error('libcudart.so.11.0: cannot open shared object file\nRequire stack:\n- index.js');
  await expect(loadTensorFlow(loader({ '@tensorflow/tfjs-node-gpu': broken }))).rejects.toThrow(
    /^@tensorflow\/tfjs-node-gpu is installed but does not load: libcudart[^\n]* file; .*$/,
  );
  const inner = missing('@mapbox/node-pre-gyp');
  await expect(loadTensorFlow(loader({ '@tensorflow/tfjs-node': inner }))).rejects.toThrow(/does not load/);
});
