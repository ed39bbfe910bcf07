import { Network } from '../../network/network.js';
import { networkShape } from './networkShape.js';
import type { Config } from './schema.js';

/** Max number of parameters. The optimizer's state for them has to fit in 4 GiB (adamKernel.ts). */
const MAX_PARAMETERS = 170_000_000;

/**
 * Finds fields that are valid alone but not together. Returns the field to change and what is wrong; undefined if there
 * are none.
 */
export function conflictIn(config: Config): { field: string; problem: string } | undefined {
  const { evaluation, monitor, players, replay, selfPlay, training } = config;
  const millions = (n: number) => Math.round(n / 1e6);
  const { size } = new Network(players, networkShape(config));
  const conflicts = [
    {
      is: replay.minWindow > replay.maxWindow,
      field: 'replay.minWindow',
      problem: 'it is above replay.maxWindow; lower it',
    },
    {
      is: training.minPositions > replay.minWindow,
      field: 'training.minPositions',
      problem: 'it is above replay.minWindow, so training might never start; lower it',
    },
    {
      is: training.finalLearningRate > training.learningRate,
      field: 'training.finalLearningRate',
      problem: 'it is above training.learningRate; lower it',
    },
    {
      is: size > MAX_PARAMETERS,
      field: 'network',
      problem: `it has ${millions(size)} million parameters; choose one with at most ${millions(MAX_PARAMETERS)} million`,
    },
    {
      is: evaluation.gate === 'sprt' && evaluation.every === 0,
      field: 'evaluation.every',
      problem:
        'it is 0, so no weights would ever pass evaluation.gate sprt; raise evaluation.every, or set evaluation.gate to none',
    },
    {
      is: evaluation.gate === 'sprt' && monitor.keepBest,
      field: 'monitor.keepBest',
      problem: 'the best checkpoint is the one that passed evaluation.gate; set keepBest to false, or the gate to none',
    },
    {
      is: selfPlay.device === 'webgpu' && training.device === 'webgpu' && training.backend === 'onnx',
      field: 'training.device',
      problem: "self-play and training can't both use webgpu; set selfPlay.device or training.device to cpu",
    },
  ];
  return conflicts.find(({ is }) => is);
}
