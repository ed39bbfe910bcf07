import { PassThrough, Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Engine, runEngine } from '../../src/cli/engine.js';
import { FakeThinker } from './fakeThinker.js';

async function run(chunks: (string | Buffer)[], thinker = new FakeThinker()): Promise<string[]> {
  const output = new PassThrough().setEncoding('utf8');
  const input = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
  await runEngine(new Engine(thinker, 'Azul Zero 1'), input, output);
  return (output.read() ?? '').split('\n');
}

test('lines end in \\n or \\r\\n, empty ones are nothing, the last needs no end', async () => {
  expect(await run(['isready\r\n\r\n\n  \nlegal\nres', 'ult'])).toEqual(['readyok', 'legal 0', 'result none', '']);
});

test('the end of input and quit both end it', async () => {
  expect(await run([])).toEqual(['']);
  expect(await run(['isready\nquit\nisready\n'])).toEqual(['readyok', '']);
});

test('characters may be cut by chunks, and unusual line ends are none', async () => {
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

test('a line that never ends costs no memory and gets one error', async () => {
  const chunks = Array<string>(200).fill('x'.repeat(2 ** 16));
  const answer = await run([...chunks, '\nisready\n']);
  expect(answer).toEqual(['error the line is longer than 1048576 characters', 'readyok', '']);
});

test('commands wait for the ones before them', async () => {
  const thinker = new FakeThinker();
  const search = thinker.search.bind(thinker);
  thinker.search = async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return search(...args);
  };
  const answer = await run(['deal 1\ngo sims 5\nposition start 3\nlegal\nisready\n'], thinker);
  expect(answer.map((line) => line.split(' ')[0])).toEqual(['deal', 'info', 'bestmove', 'legal', 'readyok', '']);
});

test('each answer is out before the next line comes', async () => {
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

test('a reader that has gone away ends it quietly, another failure does not', async () => {
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
