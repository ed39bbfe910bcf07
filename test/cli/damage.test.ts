import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/database.js';
import { azul, expectFailure, folderForTests, SHORTEST } from './processes.js';

const folder = folderForTests();

/** A run that has done one of two iterations. Each test has a folder of its own. */
function runFor(name: string): string {
  const run = join(folder, name);
  cpSync(join(folder, 'run'), run, { recursive: true });
  return run;
}

beforeAll(async () => {
  const config = join(folder, 'tiny.json');
  writeFileSync(config, '\uFEFF{"checkpoints": {"every": 1}}');
  const trained = await azul(['train', `--config=${config}`, `--run=${join(folder, 'run')}`, ...SHORTEST]);
  expect(trained.stderr).toBe('');
  const path = join(folder, 'run', 'config.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"iterations": 1', '"iterations": 2'));
});

describe('resume', () => {
  test('reports which settings had other values before', async () => {
    const { status, stderr } = await azul(['resume', runFor('changed')]);
    expect(stderr).toBe('iterations was 1 up to iteration 1; from now on it is 2, as config.json says\n');
    expect(status).toBe(0);
  });

  test('refuses a game that has changed, and changes nothing', async () => {
    const run = runFor('game');
    const db = new Database(join(run, 'replay.db'));
    db.exec(
      "UPDATE positions SET record = substr(record, 1, 20) || x'01' || substr(record, 22) WHERE id = 3 * 1024 + 5",
    );
    db.close();
    const before = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    const { stderr, ...ended } = await azul(['resume', run]);
    const [notice, ...rest] = stderr.split(/(?<=\n)/);
    expect(notice).toMatch(/^iterations was 1/);
    const message =
      /replay\.db is damaged: game 3 does not match its checksum; restore it, or start another run with --from latest:/;
    expectFailure({ ...ended, stderr: rest.join('') }, 1, message);
    expectFailure(await azul(['fit', run, `--out=${join(folder, 'fit.onnx')}`]), 1, message);
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(before);
    expect(readdirSync(join(run, 'checkpoints')).sort()).toEqual(['000001', 'best.json']);
  });

  test('and report skip a damaged line of the history, name it, and keep a copy', async () => {
    const run = runFor('history');
    const history = join(run, 'metrics.jsonl');
    appendFileSync(history, 'null\n');
    const text = readFileSync(history, 'utf8');
    const warning = `line 2 of ${history} is damaged: it is no JSON object; it is left out\n`;
    const reported = await azul(['report', run]);
    expect([reported.status, reported.stderr]).toEqual([0, warning]);
    const { status, stderr } = await azul(['resume', run]);
    expect(stderr).toContain(warning);
    expect(stderr).toContain(`${history} as it was is kept as ${history}.damaged\n`);
    expect(status).toBe(0);
    expect(readFileSync(`${history}.damaged`, 'utf8')).toBe(text);
    expect(readFileSync(history, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });

  test('reads files that begin with a byte order mark', async () => {
    const run = runFor('mark');
    const files = ['config.json', 'metrics.jsonl', 'checkpoints/best.json', 'checkpoints/000001/checkpoint.json'];
    for (const file of files) writeFileSync(join(run, file), `\uFEFF${readFileSync(join(run, file), 'utf8')}`);
    const { status, stderr } = await azul(['resume', run]);
    expect(stderr).toMatch(/^iterations was 1 [^\n]+\n$/);
    expect(status).toBe(0);
  });
});

test('a model with a changed byte is refused', async () => {
  const model = join(folder, 'model.onnx');
  expect((await azul(['export', `latest:${join(folder, 'run')}`, model])).status).toBe(0);
  expect(existsSync(join(folder, 'model.json'))).toBe(true);
  const bytes = readFileSync(model);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(model, bytes);
  expectFailure(await azul(['evaluate', model, 'random', '--pairs=1']), 1, /model\.onnx .*damaged/);
  const alone = join(folder, 'alone.onnx');
  writeFileSync(alone, bytes);
  expectFailure(
    await azul(['evaluate', alone, 'random', '--pairs=1']),
    1,
    /alone\.onnx is damaged: its checksum is wrong/,
  );
});

test('records and positions may begin with a byte order mark', async () => {
  const record = join(folder, 'mark.azul');
  writeFileSync(record, '\uFEFFgame\nposition start 2\nmoves =BBYK/RRWW/BYKK/YYRW/BRKW\nresult none\n');
  expect(await azul(['replay', record])).toMatchObject({ status: 0, stderr: '' });
  const position = join(folder, 'mark.txt');
  writeFileSync(position, '\uFEFFposition start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW\n');
  expect(await azul(['analyse', position, '--sims=2', '--json'])).toMatchObject({ status: 0, stderr: '' });
  expect(await azul(['analyse', record, '--sims=2', '--json'])).toMatchObject({ status: 0, stderr: '' });
});
