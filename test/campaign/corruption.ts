/**
 * Damages the files of a small real run, of an exported model and of a tournament, one at a time, and runs the commands that
 * read them. A command may name the damaged file and end, may name it and continue, or may have the same result as without the
 * damage. All else is a fault: a stack, a failure that names no file, or a different result without a word.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Random } from '../../src/game/random.js';
import { type Ended, startAzul } from '../cli/processes.js';

/** A command with the files that it reads, and its result without times. */
interface Command {
  args: string[];
  /** The files that it reads, relative to the folder of all. */
  files: string[];
  result(folder: string, ended: Ended): unknown;
}

const RUN = 'run';
const LAST = join(RUN, 'checkpoints', '000003');
const of = (folder: string, ...names: string[]) => names.map((name) => join(folder, name));
const MATCH = ['--pairs=2', '--json'];

const COMMANDS: Record<string, Command> = {
  resume: {
    args: ['resume', RUN],
    files: [
      ...of(RUN, 'config.json', 'metrics.jsonl', 'replay.db', 'start.onnx'),
      ...of(join(RUN, 'checkpoints'), 'best.json'),
      ...of(LAST, 'checkpoint.json', 'model.onnx', 'training.bin', 'uses.bin'),
    ],
    result: (folder) => ({
      weights: hashOf(join(folder, RUN, 'checkpoints', '000004', 'training.bin')),
      history: historyOf(folder),
    }),
  },
  report: {
    args: ['report', RUN, '--out=report.html'],
    files: of(RUN, 'metrics.jsonl'),
    result: (folder) => readFileSync(join(folder, 'report.html'), 'utf8').replace(/"written":\d+/, ''),
  },
  fit: {
    args: ['fit', RUN, '--epochs=1', '--out=fit.onnx'],
    files: of(RUN, 'replay.db'),
    result: (folder) => hashOf(join(folder, 'fit.onnx')),
  },
  evaluate: {
    args: ['evaluate', `best:${RUN},sims=8`, 'random', ...MATCH],
    files: [
      join(RUN, 'checkpoints', 'best.json'),
      ...of(join(RUN, 'checkpoints', '000002'), 'checkpoint.json', 'model.onnx'),
    ],
    result: (_, { stdout }) => stdout,
  },
  export: {
    args: ['export', `latest:${RUN}`, 'again.onnx'],
    files: of(LAST, 'checkpoint.json', 'model.onnx'),
    result: (folder) => ['again.onnx', 'again.json'].map((name) => hashOf(join(folder, name))),
  },
  play: {
    args: ['evaluate', 'exported.onnx,sims=8', 'random', ...MATCH],
    files: ['exported.onnx', 'exported.json'],
    result: (_, { stdout }) => stdout,
  },
  tournament: {
    // These players repeat their games.
    args: ['evaluate', 'greedy', 'alphabeta:nodes=20', ...MATCH, '--out=tournament'],
    files: of('tournament', 'games.azul', 'tournament.json'),
    result: (folder, { stdout }) => [stdout, gamesOf(readFileSync(join(folder, 'tournament', 'games.azul'), 'utf8'))],
  },
  replay: {
    args: ['replay', join('tournament', 'games.azul'), '--moves'],
    files: of('tournament', 'games.azul'),
    // A damaged name of the checksum is shown as a tag.
    result: (_, { stdout }) => stdout.replaceAll(/, \S+ [\da-f]{8}\)/g, ')'),
  },
};

/** Milliseconds until a command is interrupted, since a damaged `config.json` may ask for an endless run. Then as many again. */
const LIMIT = 120_000;

async function azul(args: readonly string[], cwd: string): Promise<Ended> {
  const { child, ended } = startAzul(args, cwd);
  child.stdin!.end();
  const interrupt = setTimeout(() => child.kill('SIGINT'), LIMIT);
  const kill = setTimeout(() => child.kill('SIGKILL'), 2 * LIMIT);
  return ended.finally(() => {
    clearTimeout(interrupt);
    clearTimeout(kill);
  });
}

/** A damage that a command did not handle. */
export interface Fault {
  command: string;
  file: string;
  damage: string;
  why: string;
  output: string;
}

/** A folder with a run that was stopped in its fourth iteration, an exported model, and a tournament. */
export async function prepare(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const must = async (...args: string[]) => {
    const { status, stderr } = await azul(args, folder);
    if (status !== 0) throw new Error(`azul ${args.join(' ')}: ${stderr}`);
  };
  const settings = [
    ...['--preset=tiny', '--set=selfPlay.gamesPerIteration=8', '--set=training.minPositions=100'],
    ...['--set=training.batchSize=32', '--set=checkpoints.every=1', '--set=validation.fraction=0.2'],
    ...['--set=evaluation.pairs=1', '--set=evaluation.opponents=["random"]', '--set=evaluation.simulations=2'],
  ];
  await must('train', '--run=first', ...settings, '--set=iterations=1', '--set=evaluation.every=0');
  await must('export', 'latest:first', 'exported.onnx');
  rmSync(join(folder, 'first'), { recursive: true });
  const more = ['--set=iterations=0', '--set=evaluation.every=2'];
  const run = startAzul(['train', `--run=${RUN}`, '--from=exported.onnx', ...settings, ...more], folder);
  await run.prints('iteration 3');
  run.child.kill('SIGINT');
  await run.ended;
  const config = join(folder, RUN, 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"iterations": 0', '"iterations": 4'));
  // A stop in time leaves three checkpoints. Later ones are removed.
  for (const name of readdirSync(join(folder, RUN, 'checkpoints'))) {
    if (Number(name) > 3) rmSync(join(folder, RUN, 'checkpoints', name), { recursive: true });
  }
  await must(...COMMANDS.tournament!.args);
}

/** Damages each file that each command reads `count` times, and calls `onTrial` each time. Returns the faults. */
export async function damageAll(
  prepared: string,
  {
    count,
    seed,
    only = () => true,
  }: { count: number; seed: number; only?: (command: string, file: string) => boolean },
  onTrial: (command: string, file: string, damage: string, outcome: string) => void = () => {},
): Promise<Fault[]> {
  const random = new Random(seed);
  const folder = `${prepared}-damaged`;
  const faults: Fault[] = [];
  const copy = () => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(prepared, folder, { recursive: true });
  };
  for (const [name, command] of Object.entries(COMMANDS)) {
    const files = command.files.filter((file) => only(name, file));
    if (files.length === 0) continue;
    copy();
    const whole = await azul(command.args, folder);
    if (whole.status !== 0) throw new Error(`azul ${command.args.join(' ')}: ${whole.stderr}`);
    const expected = JSON.stringify(command.result(folder, whole));
    for (const file of files) {
      for (let n = 0; n < count; n++) {
        copy();
        const damage = damaged(join(folder, file), random);
        const ended = await azul(command.args, folder);
        const same =
          ended.status === 0 &&
          !ended.stdout.includes('Stopped') &&
          JSON.stringify(command.result(folder, ended)) === expected;
        const why = faultOf(ended, whole, file, same);
        onTrial(name, file, damage, why ?? (same ? 'the same' : ended.status === 0 ? 'named, went on' : 'refused'));
        if (why) faults.push({ command: name, file, damage, why, output: `${ended.stdout}${ended.stderr}` });
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return faults;
}

/** Flips a bit of a file, or cuts it. Returns a description. */
function damaged(path: string, random: Random): string {
  const bytes = readFileSync(path);
  if (random.float() < 0.2) {
    const length = random.int(bytes.length);
    truncateSync(path, length);
    return `cut to ${length} of ${bytes.length} bytes`;
  }
  const bit = random.int(8 * bytes.length);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, bytes);
  return `bit ${bit & 7} of byte ${bit >> 3} flipped`;
}

function faultOf({ status, stdout, stderr }: Ended, whole: Ended, file: string, same: boolean): string | undefined {
  if (/\n\s+at .*:\d+|node:internal|(Type|Range|Syntax)Error/.test(stdout + stderr))
    return 'a stack, or an error of the engine';
  const known = new Set(whole.stderr.split('\n'));
  const said = stderr.split('\n').filter((line) => line !== '' && !known.has(line));
  const named = said.some((line) => line.includes(basename(file)) || line.includes(dirname(file)));
  if (status === 0) return same || named ? undefined : 'another result, and the file is not named';
  if (typeof status !== 'number') return `ended by ${status}`;
  const last = said.filter((line) => line.startsWith('azul: '));
  if (last.length !== 1 || said.at(-1) !== last[0]) return 'not one line at the end';
  return named ? undefined : 'refused, and the file is not named';
}

/** Null if there is no such file. */
function hashOf(path: string): string | null {
  if (!existsSync(path)) return null;
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The history without times and rates. */
function historyOf(folder: string): unknown[] {
  const times = ['elapsed', 'seconds', 'gamesPerSecond', 'simulationsPerSecond', 'milliseconds', 'checksum'];
  const lines = readFileSync(join(folder, RUN, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line, (key, value) => (times.includes(key) ? undefined : value)));
}

/** The games of a record sorted by their text, without damaged names of the checksum. */
function gamesOf(text: string): string[] {
  return text
    .replaceAll(/^tag \S+ [\da-f]{8}\n/gm, '')
    .split(/^(?=game)/m)
    .sort();
}
