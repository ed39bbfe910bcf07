import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PRESETS } from '../../../src/training/config/presets.js';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { MetricsLog } from '../../../src/training/run/metricsLog.js';
import { logToMlflow } from '../../../src/training/run/mlflow.js';
import { Run } from '../../../src/training/run/run.js';
import { scalarsOf } from '../../../src/training/run/scalars.js';
import type { Trainer } from '../../../src/training/run/trainer.js';
import type { TrainerEvents } from '../../../src/training/run/trainerEvents.js';
import { azul, SHORTEST } from '../../cli/processes.js';
import { metrics, temporaryFolder } from '../helpers.js';

const EVALUATED: IterationMetrics = {
  ...metrics(2),
  evaluation: {
    elo: { mean: 120, error: 10, low: 100, high: 140 },
    results: [{ opponent: 'alphabeta:nodes=5', score: { mean: 0.75, error: 0, low: 0, high: 1 } } as never],
    earlier: [],
    best: 2,
  },
};

/** The files below a folder by their names with slashes, and their texts, as MLflow reads params, tags and metrics. */
function valuesBelow(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name), 'utf8')]));
}

const readMeta = (folder: string) => parse(readFileSync(join(folder, 'meta.yaml'), 'utf8'), { version: '1.1' });
const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** A store as MLflow's `FileStore` reads it: its experiments, and the runs of the one that is not the default. */
function readStore(store: string) {
  const experiments = foldersIn(store).map((id) => {
    const meta = readMeta(join(store, id));
    expect(meta.experiment_id).toBe(id);
    expect(id).toMatch(/^\d{1,18}$/);
    return { id, name: meta.name, stage: meta.lifecycle_stage, location: fileURLToPath(meta.artifact_location) };
  });
  const { id } = experiments.find(({ name }) => name === 'Azul Zero')!;
  const runs = foldersIn(join(store, id)).map((runId) => {
    const folder = join(store, id, runId);
    const meta = readMeta(folder);
    expect(meta).toMatchObject({ experiment_id: id, run_id: runId, run_uuid: runId, lifecycle_stage: 'active' });
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    const metrics = new Map(
      [...valuesBelow(join(folder, 'metrics'))].map(([name, text]) => {
        expect(name).toMatch(/^[\w.\- /]+$/);
        const lines = text.split('\n');
        expect(lines.pop()).toBe('');
        const points = lines.map((line) => {
          const [, time, value, step] = /^(\d+) (\S+) (\d+)$/.exec(line)!;
          return { time: Number(time), value: Number(value), step: Number(step) };
        });
        return [name, points];
      }),
    );
    const artifacts = relative(store, fileURLToPath(meta.artifact_uri));
    expect(artifacts).toBe(join(id, runId, 'artifacts'));
    const [params, tags] = ['params', 'tags'].map((kind) => valuesBelow(join(folder, kind)));
    return { folder, meta, metrics, params: params!, tags: tags!, artifacts: join(store, artifacts) };
  });
  return { experiments, runs };
}

/** A session of a new or existing run in a folder, reported as a trainer reports it. Returns the warnings. */
function session(
  folder: string,
  {
    store,
    until = 3,
    ...listen
  }: { store?: string; until?: number; onIteration?: (metrics: IterationMetrics) => void } = {},
) {
  const isNew = !existsSync(join(folder, 'config.json'));
  const run = isNew ? Run.create(folder, PRESETS.tiny) : Run.open(folder);
  const trainer = Object.assign(new EventEmitter<TrainerEvents>(), { run });
  const warnings: string[] = [];
  trainer.on('warning', (message) => warnings.push(message));
  trainer.on('iteration', (metrics) => listen.onIteration?.(metrics));
  logToMlflow(trainer as unknown as Trainer, store);
  const done = run.metrics.read().length;
  trainer.emit('start', done);
  for (let iteration = done + 1; iteration <= until; iteration++) {
    trainer.emit('games', 1, 1);
    const measured = iteration === 2 ? EVALUATED : metrics(iteration);
    trainer.emit('iteration', measured);
    run.metrics.append(measured);
    mkdirSync(run.checkpoints.path(iteration), { recursive: true });
    writeFileSync(run.checkpoints.modelPath(iteration), `model ${iteration}`);
    trainer.emit('checkpoint', iteration, run.checkpoints.path(iteration));
    if (iteration === 2) trainer.emit('best', 2, 120);
  }
  trainer.emit('end', until < 3 ? 'stopped' : 'finished');
  const history = run.metrics.read();
  run.close();
  return { warnings, history };
}

describe('an MLflow store', () => {
  test('holds settings, all numbers of each iteration, models and the end status of a run', () => {
    const store = join(temporaryFolder(), 'ml', 'runs');
    const folder = join(temporaryFolder(), 'first');
    const begun = Date.now();
    const { warnings, history } = session(folder, {
      store,
      onIteration: ({ custom }) => Object.assign(custom, { 'a/../b': 1, '..': 2, tiny: 1e-30 }),
    });
    expect(warnings).toEqual([]);
    const { experiments, runs } = readStore(store);
    expect(experiments.map(({ name }) => name).sort()).toEqual(['Azul Zero', 'Default']);
    expect(experiments.find(({ name }) => name === 'Default')!.id).toBe('0');
    expect(runs).toHaveLength(1);
    const { meta, metrics: points, params, tags, artifacts } = runs[0]!;
    expect(meta).toMatchObject({ run_name: 'first', status: 3, source_type: 4, tags: [] });
    expect(meta.start_time).toBeGreaterThanOrEqual(begun);
    expect(meta.end_time).toBeGreaterThanOrEqual(meta.start_time);
    expect(params.get('training.batchSize')).toBe(String(PRESETS.tiny.training.batchSize));
    expect(params.get('selfPlay.selection')).toBe('gumbel');
    expect(params.get('evaluation.opponents')).toBe(JSON.stringify(PRESETS.tiny.evaluation.opponents));
    expect(tags.get('mlflow.runName')).toBe('first');
    expect(tags.get('azul.run')).toBe(folder);
    expect([...points.values()].flat()).toHaveLength(history.flatMap(scalarsOf).length);
    expect(points.get('selfPlay/meanPlies')).toEqual(
      [1, 2, 3].map((step) => ({ step, value: 7, time: meta.start_time + 1500 * step })),
    );
    const score = points.get('evaluation/score against alphabeta_nodes_5');
    expect(score!.map(({ step, value }) => [step, value])).toEqual([[2, 0.75]]);
    expect(points.get('custom/tiny')![0]!.value).toBe(1e-30);
    expect(readFileSync(join(artifacts, 'latest.onnx'), 'utf8')).toBe('model 3');
    expect(readFileSync(join(artifacts, 'best.onnx'), 'utf8')).toBe('model 2');
    expect(readFileSync(join(artifacts, 'config.json'))).toEqual(readFileSync(join(folder, 'config.json')));
  });

  test('keeps one run, and each step once, over several sessions, a rewind and a torn line', () => {
    const folder = join(temporaryFolder(), 'run');
    const store = temporaryFolder();
    session(folder, { store, until: 2 });
    const [stopped] = readStore(store).runs;
    expect(stopped!.meta.status).toBe(5);
    const meta = join(stopped!.folder, 'meta.yaml');
    writeFileSync(meta, readFileSync(meta, 'utf8').replace('run_name: run', 'run_name: renamed'));
    // The run goes back one iteration, and a crash has left a torn line.
    new MetricsLog(join(folder, 'metrics.jsonl')).rewindTo(1);
    writeFileSync(join(stopped!.folder, 'metrics', 'run', 'step'), '17');
    const { warnings } = session(folder);
    expect(warnings).toEqual([]);
    const { runs } = readStore(store);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run!.meta).toMatchObject({ run_id: stopped!.meta.run_id, run_name: 'renamed', status: 3 });
    expect(run!.meta.start_time).toBe(stopped!.meta.start_time);
    expect(run!.tags.get('mlflow.runName')).toBe('renamed');
    expect(run!.metrics.get('run/step')!.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(run!.metrics.get('evaluation/elo')!.map(({ step }) => step)).toEqual([2]);
    // Another store gets everything under the same id.
    const other = temporaryFolder();
    session(folder, { store: other });
    const [copy] = readStore(other).runs;
    expect(copy!.meta.run_id).toBe(run!.meta.run_id);
    expect(copy!.metrics.get('run/step')).toHaveLength(3);
    expect(copy!.params).toEqual(run!.params);
  });

  test('is off by default', () => {
    const folder = temporaryFolder();
    session(folder);
    expect(existsSync(join(folder, 'mlflow.json'))).toBe(false);
  });

  test('is turned on by the command line, and stays on', async () => {
    const folder = temporaryFolder();
    const run = join(folder, 'run');
    const options = [...SHORTEST, '--set=iterations=2', '--run', run, '--mlflow', 'store'];
    expect(await azul(['train', ...options], { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
    const store = join(folder, 'store');
    rmSync(join(run, 'checkpoints', '000002'), { recursive: true });
    rmSync(join(run, 'checkpoints', 'best.json'));
    expect(await azul(['resume', run])).toMatchObject({ status: 0 });
    const { runs } = readStore(store);
    expect(runs).toHaveLength(1);
    expect(runs[0]!.meta.status).toBe(3);
    expect(runs[0]!.metrics.get('training/loss')!.map(({ step }) => step)).toContain(2);
    expect(runs[0]!.metrics.get('run/step')!.map(({ step }) => step)).toEqual([1, 2]);
  });
});

describe('a store that cannot be used causes a warning, and the run continues', () => {
  test('a file in its place, until it is gone', () => {
    const store = join(temporaryFolder(), 'store');
    writeFileSync(store, '');
    const { warnings } = session(temporaryFolder(), {
      store,
      onIteration: ({ iteration }) => iteration === 3 && rmSync(store),
    });
    expect(warnings).toEqual([expect.stringMatching(/^cannot write to MLflow: .*; the run continues without it$/)]);
    expect(readStore(store).runs[0]!.metrics.get('run/step')).toHaveLength(3);
  });

  test('damaged files', () => {
    const folder = temporaryFolder();
    const store = temporaryFolder();
    session(folder, { store });
    const meta = join(readStore(store).runs[0]!.folder, 'meta.yaml');
    const standard = join(store, '0', 'meta.yaml');
    writeFileSync(meta, 'status: [');
    writeFileSync(standard, '');
    const { warnings } = session(folder);
    expect(warnings.sort()).toEqual([standard, meta].map((file) => `${file} is damaged; it is written again`));
    expect(readStore(store).runs[0]!.meta.status).toBe(3);
    writeFileSync(join(folder, 'mlflow.json'), '{');
    expect(session(folder, { store }).warnings).toEqual([expect.stringContaining('MLflow gets another run')]);
    expect(readStore(store).runs).toHaveLength(2);
  });

  test('a removed store is only made again when it is named', () => {
    const folder = temporaryFolder();
    const store = join(temporaryFolder(), 'gone');
    session(folder, { store });
    rmSync(store, { recursive: true });
    expect(session(folder).warnings).toEqual([expect.stringContaining('name its new place with --mlflow')]);
    expect(existsSync(store)).toBe(false);
  });
});
