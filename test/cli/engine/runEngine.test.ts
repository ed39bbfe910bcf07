import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { Thinker } from '../../../src/arena/thinker.js';
import { Engine } from '../../../src/cli/engine/engine.js';
import { runEngine } from '../../../src/cli/engine/runEngine.js';
import { FakeThinker } from '../../arena/fakeThinker.js';

async function run(chunks: (string | Buffer)[], thinker = new FakeThinker()): Promise<string[]> {
  const output = new PassThrough().setEncoding('utf8');
  const input = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
  await runEngine(new Engine(thinker, 'Azul Zero 1'), input, output);
  return (output.read() ?? '').split('\n');
}

test('lines end in \\n or \\r\\n, empty lines are ignored, and the last line needs no end', async () => {
  expect(await run(['isready\r\n\r\n\n  \nlegal\nres', 'ult'])).toEqual(['readyok', 'legal 0', 'result none', '']);
});

test('the end of input and quit both end it', async () => {
  expect(await run([])).toEqual(['']);
  expect(await run(['isready\nquit\nisready\n'])).toEqual(['readyok', '']);
});

test('chunks may split characters, and Unicode line separators do not end a line', async () => {
  const bytes = Buffer.from('é\u2028é\n');
  expect(await run([bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4)])).toEqual([
    'error unknown command "é"',
    '',
  ]);
  expect(await run([Buffer.of(0xff, 0x00, 0x0a), 'isready\n'])).toEqual([
    'error unknown command "\ufffd\\u0000"',
    'readyok',
    '',
  ]);
});

test('an endless line costs no memory and gets one error', async () => {
  const chunks = Array<string>(200).fill('x'.repeat(2 ** 16));
  const answer = await run([...chunks, '\nisready\n']);
  expect(answer).toEqual(['error the line is longer than 1048576 characters', 'readyok', '']);
});

/** Searches until it is stopped. */
class PatientThinker extends FakeThinker {
  /** The searches that have begun. A call ends one. */
  readonly searches: (() => void)[] = [];
  readonly stopped: number[] = [];

  override async search(...[position, budget, options, onProgress, signal]: Parameters<Thinker['search']>) {
    const number = this.searches.length;
    const ended = new Promise<void>((resolve) => this.searches.push(resolve));
    const stopped = signal!.aborted ? Promise.resolve() : once(signal!, 'abort');
    await Promise.race([ended, stopped.then(() => this.stopped.push(number))]);
    return super.search(position, budget, options, onProgress);
  }
}

/** An engine in the middle of its first search. */
async function searching(lines: string) {
  const thinker = new PatientThinker();
  const input = new PassThrough();
  const output = new PassThrough().setEncoding('utf8');
  let text = '';
  output.on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = runEngine(new Engine(thinker, 'Azul Zero 1'), input, output);
  input.write(`deal 1\n${lines}`);
  await vi.waitUntil(() => thinker.searches.length > 0);
  /** The first word of each line that it has printed. */
  const said = () => text.split('\n').map((line) => line.split(' ')[0]);
  return { thinker, input, ended, said };
}

test('commands wait for the searches before them, except isready', async () => {
  const { thinker, input, ended, said } = await searching('go sims 5\nposition start 3\nlegal\nisready\n');
  await vi.waitUntil(() => said().length > 2);
  expect(said()).toEqual(['deal', 'readyok', '']);
  input.write('isready\nresult\n');
  await vi.waitUntil(() => said().length > 3);
  expect(said()).toEqual(['deal', 'readyok', 'readyok', '']);
  thinker.searches[0]!();
  input.end();
  await ended;
  expect(said()).toEqual(['deal', 'readyok', 'readyok', 'info', 'bestmove', 'legal', 'result', '']);
});

test('stop ends the running search and those queued before it, but none queued after it', async () => {
  const { thinker, input, ended, said } = await searching('go sims 5\ngo sims 5\n');
  input.write('stop\ngo sims 5\n');
  await vi.waitUntil(() => thinker.searches.length === 3);
  expect(thinker.stopped).toEqual([0, 1]);
  expect(said()).toEqual(['deal', 'info', 'bestmove', 'info', 'bestmove', '']);
  input.write('stop\nstop\nlegal\n');
  input.end();
  await ended;
  expect(thinker.stopped).toEqual([0, 1, 2]);
  expect(said().slice(5)).toEqual(['info', 'bestmove', 'legal', '']);
});

test('a search finishes after the end of the input, unless it is infinite', async () => {
  const { thinker, input, ended, said } = await searching('go sims 5\n');
  input.end('go infinite\n');
  await once(input, 'end');
  expect(thinker.stopped).toEqual([]);
  thinker.searches[0]!();
  await ended;
  expect(thinker.stopped[0]).toBe(1);
  expect(said()).toEqual(['deal', 'info', 'bestmove', 'info', 'bestmove', '']);
});

test('an infinite search that is complete waits for stop', async () => {
  const { thinker, input, ended, said } = await searching('go infinite\n');
  thinker.searches[0]!();
  await vi.waitUntil(() => said().length > 2);
  input.write('isready\n');
  await vi.waitUntil(() => said().length > 3);
  input.end('stop\n');
  await ended;
  expect(said()).toEqual(['deal', 'info', 'readyok', 'bestmove', '']);
});

test('quit ends the running search and all that are queued', async () => {
  const { thinker, input, ended, said } = await searching('go infinite\n');
  input.write(`${'go sims 5\nlegal\n'.repeat(100)}quit\nlegal\n`);
  await ended;
  expect(thinker.stopped).toHaveLength(101);
  expect(said().filter((word) => word === 'legal')).toHaveLength(100);
});

test('quit does not wait for a model that never loads', async () => {
  const thinker = new FakeThinker();
  thinker.ready = () => new Promise(() => {});
  expect(await run(['isready\nquit\n'], thinker)).toEqual(['']);
});

test('each answer is written before the next line is read', async () => {
  const input = new PassThrough();
  const output = new PassThrough().setEncoding('utf8');
  const ended = runEngine(new Engine(new FakeThinker(), 'Azul Zero 1'), input, output);
  for (const [line, answer] of [
    ['isready', 'readyok\n'],
    ['legal', 'legal 0\n'],
    ['nonsense', 'error unknown command "nonsense"\n'],
  ]) {
    const answered = new Promise((resolve) => output.once('data', resolve));
    input.write(`${line}\n`);
    expect(await answered).toBe(answer);
  }
  input.end();
  await ended;
});

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  });
}

test('a closed reader ends the engine quietly, and any other failure is an error', async () => {
  const engine = () => new Engine(new FakeThinker(), 'Azul Zero 1');
  const endless = () =>
    Readable.from(
      (function* () {
        for (;;) yield Buffer.from('azi\n');
      })(),
      { objectMode: false },
    );
  await runEngine(engine(), endless(), failing('EPIPE'));
  await expect(runEngine(engine(), endless(), failing('ENOSPC'))).rejects.toThrow('write ENOSPC');
});
