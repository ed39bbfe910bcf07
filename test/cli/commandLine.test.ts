import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { describeConfig } from '../../src/training/config/description.js';
import { PRESETS } from '../../src/training/config/presets.js';
import { azul, expectFailure, folderForTests, SHORTEST, shell, startAzul } from './processes.js';

const folder = folderForTests();
const SHIPPED = fileURLToPath(new URL('models/azul-2p.onnx', packageRoot));
const run = join(folder, 'run');
const model = join(run, 'checkpoints/000001/model.onnx');

beforeAll(async () => {
  expect((await azul(['train', ...SHORTEST, '--run', run])).status).toBe(0);
  writeFileSync(join(folder, 'wrongKey.json'), '{ "training": { "batchsize": 8 } }');
  writeFileSync(join(folder, 'half.json'), '{ "training": ');
  writeFileSync(join(folder, 'text.onnx'), 'no model at all');
}, 60_000);

/** A copy of the run, for a test to damage. */
function copyOfRun(name: string): string {
  const copy = join(folder, name);
  cpSync(run, copy, { recursive: true });
  return copy;
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

describe('invalid input: status 2', () => {
  const cases: [line: string, message: RegExp][] = [
    ['trian', /unknown command 'trian' \(Did you mean train\?\); azul help/],
    ['--nosuch', /unknown option '--nosuch'/],
    ['help nosuch', /unknown command 'nosuch'/],
    ['train --nosuch', /unknown option '--nosuch'/],
    ['train --preset nosuch', /'nosuch' is invalid. It must be one of laptop, quick/],
    ['train --preset', /'--preset <name>' argument missing/],
    ['train extra', /too many arguments for 'train'/],
    ['train --set players', /--set 'players' is not of the form section.field=value/],
    ['train --set players=5', /field players: .*at most 4/],
    ['train --set training.batchSize=many', /field training.batchSize: .*must be a number/],
    ['train --set nosuch.field=1', /field nosuch: there is no such field/],
    ['train --set evaluation.opponents=["nosuch"]', /unknown player 'nosuch'; players are random/],
    ['train --device gpu', /'gpu' is invalid. It must be one of cpu, cuda/],
    ['train --device webgpu', /self-play and training can't both use webgpu; set selfPlay.device/],
    ['train --backend torch', /'torch' is invalid. It must be one of onnx, tensorflow/],
    ['train --backend tensorflow', /tensorflow is not installed; npm install @tensorflow\/tfjs-node-gpu/],
    [
      'train --config wrongKey.json',
      /wrongKey\.json, line 1, field training\.batchsize: .*did you mean training\.batchSize/,
    ],
    ['train --config half.json', /cannot read the configuration half.json/],
    ['train --config nosuch.json', /cannot read the configuration nosuch.json/],
    ['evaluate', /missing required argument 'players'/],
    ['evaluate random', /two players or more/],
    ['evaluate random nosuch', /unknown player 'nosuch'; players are random/],
    ['evaluate random greedy:sims=4', /greedy has no option 'sims'/],
    ['evaluate random rollouts:sims=0', /sims is '0', not a whole number from 1/],
    [`evaluate random ${model},device=gpu`, /device is 'gpu', not one of cpu, cuda/],
    ['evaluate random greedy --pairs 0', /It must be a whole number from 1 to/],
    ['evaluate random greedy --pairs 1.5', /It must be a whole number/],
    ['evaluate random greedy --players 5', /from 2 to 4/],
    [`merge ${model}`, /merge takes two models or more/],
    [`merge ${model} ${model} --out text.onnx`, /text.onnx exists already; name another file with --out/],
    ['play --seat 3', /--seat 3: choose a seat from 1 to 2/],
    ['play --sims -1', /It must be a whole number/],
    ['engine --model', /'--model <model>' argument missing/],
    ['bench --quick=yes', /unknown option '--quick=yes'/],
  ];
  test.concurrent.each(cases)('azul %s', async (line, message) => {
    expectFailure(await azul(line.split(' '), { cwd: folder }), 2, message);
  });

  test('a command is missing', async () => {
    const { status, stderr } = await azul([]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Usage: azul/);
  });
});

describe('valid input, but a failure while running: status 1', () => {
  const cases: [line: string, message: RegExp][] = [
    ['resume', /there is no run below runs\/; azul train starts one/],
    ['resume nosuch', /there is no run in nosuch; azul train --run nosuch starts one/],
    ['train --run run', /run already holds a run; azul resume run/],
    ['train --run text.onnx/run', /cannot make the run folder text.onnx\/run: ENOTDIR.*name another with --run/],
    ['train --run /dev/full/run', /cannot make the run folder \/dev\/full\/run: ENOTDIR/],
    ['train --from nosuch.onnx', /cannot read the model nosuch.onnx: ENOENT/],
    [
      `train --from ${SHIPPED}`,
      /does not fit into the run's network, medium; enlarge that with --set 'network=\{"width":\d+,"blocks":2\}'/,
    ],
    [
      `merge ${model} ${SHIPPED}`,
      /a network of 1 blocks for 2 players and .* of 2 blocks .* can't be merged; name models/,
    ],
    ['play nosuch.onnx', /cannot read the model nosuch.onnx: ENOENT/],
    ['play text.onnx', /text.onnx is not an ONNX model, or is damaged; name a .onnx file/],
    ['play best', /player best: there is no run below runs\//],
    ['play best:nosuch', /player best:nosuch: there is no run with checkpoints in nosuch/],
    ['play latest:run --players 3', /is a model for 2 players, not 3; name one for 3/],
    ['engine --model text.onnx', /text.onnx is not an ONNX model/],
    ['evaluate random model:text.onnx', /text.onnx is not an ONNX model/],
    ['evaluate random latest:run --players 3', /is a model for 2 players, not 3/],
  ];
  test.concurrent.each(cases)('azul %s', async (line, message) => {
    expectFailure(await azul(line.split(' '), { cwd: folder }), 1, message);
  });

  test('a model cut short', async () => {
    const cut = join(folder, 'cut.onnx');
    cpSync(model, cut);
    truncateSync(cut, 5000);
    expectFailure(await azul(['play', cut]), 1, /cut\.onnx is .*damaged/);
  });

  test('a run with games of another number of players', async () => {
    const copy = copyOfRun('three');
    edit(join(copy, 'config.json'), '"players": 2', '"players": 3');
    expectFailure(await azul(['resume', copy]), 1, /replay\.db holds games of 2 players, not 3; start another run/);
  });

  test('a run with a network of another size', async () => {
    const copy = copyOfRun('medium');
    edit(join(copy, 'config.json'), '"network": "small"', '"network": "medium"');
    expectFailure(
      await azul(['resume', copy]),
      1,
      /checkpoints of .* were made with another network .*; restore that file/,
    );
  });

  test('a run with a damaged configuration or damaged games', async () => {
    const copy = copyOfRun('damaged');
    writeFileSync(join(copy, 'replay.db'), 'these are no games, whatever their number of bytes may be'.repeat(100));
    expectFailure(await azul(['resume', copy]), 1, /replay\.db is damaged/);
    writeFileSync(join(copy, 'config.json'), '{');
    expectFailure(await azul(['resume', copy]), 1, /config\.json is not readable JSON/);
  });

  test('a damaged checkpoint is named, and the run resumes from the newest whole one', async () => {
    const copy = copyOfRun('cutCheckpoint');
    edit(join(copy, 'config.json'), '"iterations": 1', '"iterations": 2');
    expect((await azul(['resume', copy])).status).toBe(0);
    truncateSync(join(copy, 'checkpoints/000002/model.onnx'), 100);
    const { status, stdout, stderr } = await azul(['resume', copy]);
    expect(stderr).toMatch(
      /^.*model\.onnx is damaged: its checksum is wrong; going back .*\n.*iterations was 1 .* it is 2,.*\n$/,
    );
    expect(stdout).toContain('Done.');
    expect(status).toBe(0);
  });

  test('a run without a whole checkpoint', async () => {
    const copy = copyOfRun('noCheckpoint');
    truncateSync(join(copy, 'checkpoints/000001/training.bin'), 100);
    expectFailure(await azul(['resume', copy]), 1, /training\.bin is damaged: its checksum is wrong/);
  });

  test('a run that another process uses', async () => {
    const busy = join(folder, 'busy');
    const first = startAzul(['train', '--preset=tiny', '--set=iterations=0', '--run', busy]);
    await first.prints('iteration 1');
    expectFailure(await azul(['resume', busy]), 1, /busy is in use by another process; stop that one first/);
    first.child.kill('SIGINT');
    const { status, stdout } = await first.ended;
    expect(stdout).toContain(`Stopped, and saved. azul resume ${busy} continues it.`);
    expect(status).toBe(130);
  });

  test('a full disk: the run continues once there is room', async () => {
    const full = join(folder, 'full');
    const line = `ulimit -f 300; exec $AZUL train ${SHORTEST.map((arg) => `'${arg}'`).join(' ')} --run ${full}`;
    expectFailure(await shell(line), 1, /cannot write .*full.*make room/);
    expect(existsSync(join(full, 'config.json'))).toBe(true);
    const { status, stderr } = await azul(['resume', full]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.runIf(existsSync('/dev/full'))('output that cannot be written', async () => {
    expectFailure(await shell('$AZUL help > /dev/full'), 1, /ENOSPC/);
  });
});

test('a closed reader ends a command quietly', async () => {
  const { stdout, stderr } = await shell('$AZUL train --print-config 2>&1 | head -1; echo $PIPESTATUS');
  expect(stdout).toBe('{\n0\n');
  expect(stderr).toBe('');
});

test('help and version exit with status 0', async () => {
  for (const args of [['help'], ['help', 'play'], ['--help'], ['play', '--help'], ['--version']]) {
    const { status, stdout, stderr } = await azul(args);
    expect(stdout).toMatch(/^Usage: azul|^\d+\.\d+/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }
});

test('models are merged, and a run starts from the result', async () => {
  const merged = join(folder, 'merged.onnx');
  const { status, stdout } = await azul(['merge', model, 'latest:run', '--out', merged], { cwd: folder });
  expect(stdout).toMatch(/merged\.onnx: 256 × 1 network of \d+k parameters\n$/);
  expect(status).toBe(0);
  const start = ['--from', merged, '--set', 'network={"width":256,"blocks":1}', '--run', join(folder, 'fromMerged')];
  expect((await azul(['train', ...SHORTEST, ...start])).status).toBe(0);
}, 60_000);

test('the configuration is printed as JSON; its help lists ten settings first, then the others by section', async () => {
  const { stdout, stderr } = await azul(['train', '--preset', 'tiny', '--set', 'seed=7', '--print-config']);
  expect(JSON.parse(stdout)).toMatchObject({ seed: 7, network: 'small' });
  const shelves = stderr.trim().split('\n\n');
  const [mostUsed, ...sections] = shelves;
  expect(mostUsed!.split('\n')).toHaveLength(11);
  expect(mostUsed).toMatch(/^Most used.*:\n {2}players +Seats at the table/);
  expect(sections.pop()).toContain('docs/training.md');
  expect(sections.map((section) => section.split(':')[0])).toEqual(['run', ...Object.keys(PRESETS.tiny).slice(4)]);
  const fields = shelves.flatMap((shelf) => [...shelf.matchAll(/^ {2}(\S+) +[A-Z].+\.$/gm)].map(([, field]) => field!));
  expect(fields.sort()).toEqual(
    describeConfig()
      .map(([field]) => field)
      .sort(),
  );
});

test('the engine introduces itself, and answers', async () => {
  const engine = startAzul(['engine', '--model', model]);
  engine.child.stdin!.write('azi\n');
  await engine.prints('aziok\n');
  engine.child.stdin!.end('isready\nposition start 2\ndeal 1\ngo sims 20\n');
  const { status, stdout, stderr } = await engine.ended;
  expect(stdout).toMatch(/^id name Azul Zero [\d.]+\n(option .+\n)+aziok\nreadyok\ndeal =.+\ninfo .+\nbestmove ...\n$/);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
