/** Networks of other programs: the ones that play, and the ones that are refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import onnxProto from 'onnx-proto';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalise } from '../../src/game/canonical.js';
import { Random } from '../../src/game/random.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Leaves } from '../../src/mcts/evaluator.js';
import { ForeignEvaluator } from '../../src/network/foreign/foreignEvaluator.js';
import { decodeForeign, isForeign, labelled } from '../../src/network/foreign/foreignModel.js';
import { Graph, type Tensor } from '../../src/network/graph.js';
import { Network } from '../../src/network/network.js';
import { openEvaluator } from '../../src/network/onnxInference.js';
import { type Dimension, decodeNetwork, encodeModel, encodeNetwork, ModelError } from '../../src/network/onnxModel.js';
import { describePlayer, openModel } from '../../src/players/players.js';
import { tryForeign } from '../../src/players/trial.js';
import { azul, folderForTests } from '../cli/processes.js';
import { randomWeights } from '../training/helpers.js';

const { onnx } = onnxProto;
type Model = InstanceType<typeof onnx.ModelProto>;

const network = new Network(2, { width: 16, blocks: 1 });
const own = encodeNetwork(network, randomWeights(network, new Random(1)));
const folder = folderForTests();
const file = (name: string) => join(folder, name);

/** A network of ours without our metadata, as another program would write it. */
const plain = edited(own, (model) => {
  model.metadataProps = [];
});

function edited(bytes: Uint8Array, edit: (model: Model) => void): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  edit(model);
  return onnx.ModelProto.encode(model).finish();
}

beforeAll(() => {
  writeFileSync(file('own.onnx'), own);
  writeFileSync(file('plain.onnx'), plain);
});

/** A graph of one layer, with changes to its fields. */
function graphOf({
  inputs = ['batch', 630] as readonly Dimension[],
  logits = (graph: Graph, x: Tensor) => graph.linear(x, 'w.logits', 'b.logits'),
  value = (graph: Graph, x: Tensor) => graph.tanh(graph.linear(x, 'w.value', 'b.value')),
} = {}): Uint8Array {
  const graph = new Graph();
  const random = new Random(3);
  const weights = (name: string, columns: number) => {
    const data = Float32Array.from({ length: 630 * columns }, () => 0.1 * (random.float() - 0.5));
    graph.constants.set(`w.${name}`, { dims: [630, columns], data });
    graph.constants.set(`b.${name}`, { dims: [columns], data: new Float32Array(columns) });
  };
  weights('logits', 180);
  weights('value', 2);
  graph.name(logits(graph, 'inputs'), 'logits');
  graph.name(value(graph, 'inputs'), 'value');
  return encodeModel(graph, { inputs }, { logits: ['batch', 180], value: ['batch', 2] });
}

describe('a network of another program', () => {
  test('gives the same answers as the same network of ours in floats', async () => {
    const game = new AzulGame(2);
    const random = new Random(4);
    const state = game.rules.start();
    game.rules.deal(state, 0, random);
    canonicalise(game.rules, state, 0);
    const evaluators = [
      await openEvaluator(decodeNetwork(own, 'own'), { precision: 'fp32' }),
      await ForeignEvaluator.open(decodeForeign(plain, 'plain', 'azul-5')),
    ];
    const [ours, theirs] = await Promise.all(
      evaluators.map(async (evaluator) => {
        const leaves = new Leaves(game, 4);
        leaves.states.set(state);
        leaves.count = 1;
        await evaluator.evaluate(leaves);
        await evaluator.close!();
        return [...leaves.logits.subarray(0, game.actions), ...leaves.values.subarray(0, game.valueSize)];
      }),
    );
    expect(ours!.some((x) => Math.abs(x) > 0.1)).toBe(true);
    for (const [i, x] of theirs!.entries()) expect(x).toBeCloseTo(ours![i]!, 4);
  });

  test('evaluates positions on the command line', async () => {
    const position = 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW';
    const line = ['analyse', position, '--sims', '64', '--json', '--model', file('plain.onnx'), '--inputs', 'azul-5'];
    const { status, stdout, stderr } = await azul(line);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).lines.length).toBeGreaterThan(1);
  });

  test('plays matches, and after an export needs no --inputs any more', async () => {
    const exported = file('exported.onnx');
    const { status, stdout } = await azul(['export', file('plain.onnx'), exported, '--inputs', 'azul-5']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/exported\.onnx: \d+ parameters, SHA-256 /)]);
    expect(await azul(['evaluate', `${exported},sims=8`, 'random', '--pairs', '2'])).toMatchObject({ status: 0 });
    expect(openModel(exported, 2)).toMatchObject({ players: 2, hasMargin: true });
    const trained = await azul(['train', '--from', exported, '--run', file('run')]);
    expect(trained.stderr).toMatch(/exported\.onnx is a network of another program: it plays, but can't be trained/);
    expect(trained.status).not.toBe(0);
  });

  test('may have any architecture, and no margins', async () => {
    const model = decodeForeign(graphOf(), 'x.onnx', 'azul-5');
    expect(model).toMatchObject({ players: 2, hasMargin: false, parameters: 631 * 182 });
    await tryForeign(model, 'x.onnx');
  });

  test('is recognised by its label', () => {
    const model = decodeForeign(plain, 'x.onnx', 'azul-5');
    const bytes = labelled(model);
    expect([isForeign(bytes), isForeign(own), isForeign(plain)]).toEqual([true, false, false]);
    expect(decodeForeign(bytes, 'x.onnx')).toMatchObject({ players: 2, hasMargin: true });
    bytes[200]! ^= 1;
    expect(() => decodeForeign(bytes, 'x.onnx')).toThrow(/damaged: its checksum is wrong/);
  });
});

const rename = (from: string, to: string) => (model: Model) => {
  for (const node of model.graph!.node!) node.output = node.output!.map((name) => (name === from ? to : name));
  for (const output of model.graph!.output!) if (output.name === from) output.name = to;
};

describe('foreign networks are checked', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['no ONNX', new Uint8Array([1, 2, 3]), /is not an ONNX model/],
    ['an empty file', new Uint8Array(0), /has the inputs none; it must have one, named inputs/],
    [
      'other inputs',
      graphOf({ inputs: ['batch', 631] }),
      /has inputs of float \[batch, 631\]; they must be float32 of \[batch, 630\]/,
    ],
    ['a fixed batch', graphOf({ inputs: [1, 630] }), /has inputs of float \[1, 630\]/],
    ['no value', edited(plain, rename('value', 'worth')), /has no output value, but "logits", "worth", "margin"/],
    [
      'logits of other players',
      edited(plain, (model) => {
        model.graph!.output![0]!.type!.tensorType!.shape!.dim![1]!.dimValue = 240;
      }),
      /has logits of float \[batch, 240\]; for 2 players it must be float32 of \[batch, 180\]/,
    ],
    [
      'weights elsewhere',
      edited(plain, (model) => {
        model.graph!.initializer![0]!.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
      }),
      /keeps weights in another file/,
    ],
    [
      'an operator of its own',
      edited(plain, (model) => {
        model.graph!.node![0]!.domain = 'my.operators';
      }),
      /has the operator my\.operators\.\w+, which ONNX Runtime does not know/,
    ],
  ];
  test.each(cases)('refuses %s', (_, bytes, message) => {
    expect(() => decodeForeign(bytes, 'x.onnx', 'azul-5')).toThrow(message);
    expect(() => decodeForeign(bytes, 'x.onnx', 'azul-5')).toThrow(ModelError);
  });

  const trials: [string, Uint8Array, RegExp][] = [
    [
      'logits that are no numbers',
      graphOf({
        logits: (graph, x) =>
          graph.op('Log', [graph.op('Neg', [graph.op('Abs', [graph.linear(x, 'w.logits', 'b.logits')])])]),
      }),
      /gives logits that are no finite numbers/,
    ],
    [
      'values that are none',
      graphOf({ value: (graph, x) => graph.op('Exp', [graph.op('Abs', [graph.linear(x, 'w.value', 'b.value')])]) }),
      /gives values outside -1 to 1/,
    ],
    [
      'a graph that mixes the rows of a batch',
      graphOf({
        value: (graph, x) => {
          const values = graph.linear(x, 'w.value', 'b.value');
          const axes = 'axes';
          graph.constants.set(axes, { dims: [1], data: BigInt64Array.of(0n) });
          return graph.tanh(graph.op('Sub', [values, graph.op('ReduceSum', [values, axes])]));
        },
      }),
      /says other things of a position alone/,
    ],
    [
      'an operator that is not there',
      graphOf({ value: (graph, x) => graph.op('NoSuchOperator', [x]) }),
      /can't be run: .*NoSuchOperator/,
    ],
    [
      'an opset of the future',
      edited(graphOf(), (model) => {
        model.opsetImport = [onnx.OperatorSetIdProto.fromObject({ domain: '', version: 99 })];
      }),
      /can't be run: .*opset/i,
    ],
  ];
  test.each(trials)('refuses %s, after a trial', async (_, bytes, message) => {
    const trial = tryForeign(decodeForeign(bytes, 'x.onnx', 'azul-5'), 'x.onnx');
    await expect(trial).rejects.toThrow(message);
    await expect(trial).rejects.toThrow(/^x\.onnx [^\n]+; mend its graph, or name another$/);
  });

  test('reports in one line what is wrong on the command line', async () => {
    writeFileSync(file('bad.onnx'), graphOf({ inputs: [1, 630] }));
    const cases: [string[], RegExp][] = [
      [
        ['analyse', 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW', '--model', file('plain.onnx')],
        /^azul: .*plain\.onnx is not an Azul Zero model; .*inputs=azul-5/,
      ],
      [
        ['evaluate', `${file('bad.onnx')},inputs=azul-5`, 'random'],
        /^azul: .*bad\.onnx has inputs of float \[1, 630\]/,
      ],
      [
        ['evaluate', `${file('plain.onnx')},inputs=azul-4`, 'random'],
        /^azul: .* inputs is 'azul-4', not one of azul-5/,
      ],
      [
        ['evaluate', `${file('plain.onnx')},inputs=azul-5`, 'random', '--players', '3'],
        /^azul: .* is a model for 2 players, not 3/,
      ],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await azul(args);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(status).not.toBe(0);
    }
  });

  test('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(),
        (flips, cut) => {
          const bytes = plain.slice(0, cut % 3 === 0 ? cut % plain.length : undefined);
          for (const [at, byte] of flips) bytes[at] = byte;
          try {
            decodeForeign(bytes, 'x.onnx', 'azul-5');
          } catch (error) {
            expect(error).toBeInstanceOf(ModelError);
          }
        },
      ),
    );
  });

  test('describes the player for workers', () => {
    const player = describePlayer(`${file('plain.onnx')},inputs=azul-5,sims=9,selection=puct`, 2);
    expect(player).toMatchObject({ simulations: 9, search: { selection: 'puct' }, foreign: { players: 2 } });
  });
});
