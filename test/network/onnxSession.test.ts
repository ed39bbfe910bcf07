import { listSupportedBackends, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { DEVICES, DeviceError, usableThreads } from '../../src/network/devices.js';
import { Network } from '../../src/network/network.js';
import { encodeNetwork } from '../../src/network/onnxModel.js';
import { createSession } from '../../src/network/onnxSession.js';
import { createPlayer } from '../../src/players/players.js';

const network = new Network(2, { width: 4, blocks: 1 });
const model = encodeNetwork(network, network.initialWeights(1));
const inputs = Float32Array.from({ length: 3 * network.inputs }, (_, i) => i % 3);
const feeds = { inputs: new Tensor('float32', inputs, [3, network.inputs]) };

test('the cpu is always available', async () => {
  const session = await createSession(model);
  expect(session.inputNames).toEqual(['inputs']);
  await session.release();
});

describe('another device computes, or its absence is reported in one line', () => {
  test.each(DEVICES.slice(1))('%s', async (device) => {
    try {
      const session = await createSession(model, { device });
      const [there, here] = [await session.run(feeds), await (await createSession(model)).run(feeds)];
      await session.release();
      for (const name of ['logits', 'value', 'margin']) {
        const expected = here[name]!.data as Float32Array;
        (there[name]!.data as Float32Array).forEach((x, i) => {
          expect(x, name).toBeCloseTo(expected[i]!, 2);
        });
      }
    } catch (error) {
      expect(error).toBeInstanceOf(DeviceError);
      expect((error as Error).message).toMatch(new RegExp(`^[^\n]*device ${device}[^\n]*$`));
    }
  });
});

test('the devices of the installed library are listed', async () => {
  const known = listSupportedBackends().map(({ name }) => name);
  const device = DEVICES.find((name) => !known.includes(name))!;
  await expect(createSession(model, { device })).rejects.toThrow(`choose one of ${known.join(', ')}`);
});

test('a player accepts a device', async () => {
  const known = listSupportedBackends().map(({ name }) => name);
  const device = DEVICES.find((name) => !known.includes(name))!;
  await expect(createPlayer(`models/azul-2p.onnx,device=${device}`, 2)).rejects.toThrow(DeviceError);
  await (await createPlayer('models/azul-2p.onnx,device=cpu', 2)).close?.();
});

test('webgpu is used by one thread at a time', () => {
  expect(usableThreads(4, ['cpu', undefined, 'cuda'])).toBe(4);
  expect(usableThreads(4, ['cpu', 'webgpu'])).toBe(1);
});
