import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { readJson, writeWhole } from '../../files.js';
import { MLFLOW, RUN_CONFIG } from '../../runs/runs.js';
import type { Config } from '../config/schema.js';
import type { IterationMetrics } from './metrics.js';
import { scalarsOf } from './scalars.js';
import type { Trainer } from './trainer.js';

/** The experiment of all runs. MLflow draws ids of 18 digits at random; this one is always the same. */
const EXPERIMENT = { id: '731640582917364025', name: 'Azul Zero' };
/** The experiment that MLflow expects in every store. */
const DEFAULT_EXPERIMENT = { id: '0', name: 'Default' };
/** MLflow's numbers for the status of a run; it calls a stopped run killed. */
const STATUS = { running: 1, finished: 3, failed: 4, stopped: 5 };
/** MLflow's number for a run that a local program started. */
const LOCAL = 4;
/** MLflow's maximum length of a parameter, in characters. */
const MAX_PARAMETER = 6000;
const META = 'meta.yaml';

/**
 * Writes a run into an MLflow file store while it trains, with the history that it already has. `mlflow.json` in the run's
 * folder keeps which store and which MLflow run that is. A `store` replaces the one kept there; without both nothing is
 * written. If writing fails, the trainer emits one warning, and what is missing follows once writing succeeds again.
 * Listeners that add metrics come before this one.
 */
export function logToMlflow(trainer: Trainer, store?: string): void {
  const { run } = trainer;
  const warn = (message: string) => trainer.emit('warning', message);
  let log: MlflowRun | undefined;
  /** Whether the files hold the whole history so far. */
  let current = false;
  let warned = false;
  const attempt = (work: (log: MlflowRun) => void = () => {}) => {
    try {
      log ??= openMlflowRun(run.folder, store, warn);
      if (!log) return;
      if (!current || !log.isThere) log.begin(run.folder, run.config, run.metrics.read());
      current = false;
      work(log);
      current = true;
      warned = false;
    } catch (error) {
      if (!warned) warn(`cannot write to MLflow: ${(error as Error).message}; the run continues without it`);
      warned = true;
    }
  };
  // A run that is stopped before its first game leaves nothing.
  trainer.on('start', (iteration) => {
    if (iteration > 0) attempt();
  });
  trainer.once('games', () => attempt());
  trainer.on('iteration', (metrics) => attempt((log) => log.append([metrics])));
  const keepModel = (name: string, iteration: number) =>
    attempt((log) => log.keep(`${name}.onnx`, run.checkpoints.modelPath(iteration)));
  trainer.on('checkpoint', (iteration) => keepModel('latest', iteration));
  trainer.on('best', (iteration) => keepModel('best', iteration));
  trainer.on('end', (how) => {
    if (log) attempt((log) => log.end(how));
  });
}

/** The MLflow run of a run's folder; undefined if no store is given, now or before. */
function openMlflowRun(folder: string, store: string | undefined, warn: (message: string) => void) {
  const file = join(folder, MLFLOW);
  let known: { store?: string; id?: string } = {};
  try {
    if (existsSync(file)) known = readJson(file) as typeof known;
  } catch (error) {
    warn(`${file} is damaged: ${(error as Error).message}; MLflow gets another run`);
  }
  const { id = randomUUID().replaceAll('-', '') } = known;
  const place = store === undefined ? known.store : resolve(store);
  if (place === undefined) return undefined;
  if (store === undefined && !existsSync(place)) throw new Error(`${place} is gone, name its new place with --mlflow`);
  writeWhole(file, `${JSON.stringify({ store: place, id })}\n`);
  return new MlflowRun(place, id, warn);
}

/**
 * One run in an MLflow file store, in the layout of MLflow's `FileStore` (mlflow/store/tracking/file_store.py):
 *
 *     <experiment>/meta.yaml
 *     <experiment>/<run>/meta.yaml           name, times, status
 *     <experiment>/<run>/params/<name>       the value
 *     <experiment>/<run>/tags/<name>         the value
 *     <experiment>/<run>/metrics/<name>      lines of: milliseconds since 1970, value, step
 *     <experiment>/<run>/artifacts/          files
 */
class MlflowRun {
  private readonly path: string;
  /** Milliseconds since 1970. Values are dated by the time that the run has worked since then, without its pauses. */
  private started = 0;

  constructor(
    private readonly store: string,
    private readonly id: string,
    private readonly warn: (message: string) => void,
  ) {
    this.path = join(store, EXPERIMENT.id, id);
  }

  /** Whether the run is in the store: nothing has removed it. */
  get isThere(): boolean {
    return existsSync(join(this.path, META));
  }

  /** Writes the whole run anew, except for what MLflow's user may have changed in `meta.yaml`, such as the run's name. */
  begin(folder: string, config: Config, history: readonly IterationMetrics[]): void {
    for (const experiment of [DEFAULT_EXPERIMENT, EXPERIMENT]) makeExperiment(this.store, experiment, this.warn);
    mkdirSync(join(this.path, 'artifacts'), { recursive: true });
    const source = resolve(folder);
    const begun = Date.now() - Math.round(1000 * (history.at(-1)?.elapsed ?? 0));
    const meta = this.writeMeta(
      { run_name: basename(source), start_time: begun },
      { status: STATUS.running, end_time: null },
    );
    this.started = meta.start_time;
    this.writeValues('params', parametersOf(config));
    this.writeValues('tags', [
      ['mlflow.runName', meta.run_name],
      ['mlflow.user', meta.user_id],
      ['mlflow.source.name', 'azul'],
      ['mlflow.source.type', 'LOCAL'],
      ['azul.run', source],
    ]);
    this.keep(RUN_CONFIG, join(folder, RUN_CONFIG));
    rmSync(join(this.path, 'metrics'), { recursive: true, force: true });
    this.append(history);
  }

  /** Adds iterations. */
  append(history: readonly IterationMetrics[]): void {
    const lines = new Map<string, string>();
    for (const metrics of history) {
      const time = this.started + Math.round(1000 * metrics.elapsed);
      for (const [name, value] of scalarsOf(metrics)) {
        const file = fileName(name);
        lines.set(file, `${lines.get(file) ?? ''}${time} ${value} ${metrics.iteration}\n`);
      }
    }
    for (const [file, text] of lines) {
      const path = join(this.path, 'metrics', file);
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, text);
    }
  }

  /** Copies a file to the artifacts, in place of the one of that name. */
  keep(name: string, file: string): void {
    writeWhole(join(this.path, 'artifacts', name), readFileSync(file));
  }

  /** Notes how the run ended, and when. */
  end(how: 'finished' | 'failed' | 'stopped'): void {
    this.writeMeta({}, { status: STATUS[how], end_time: Date.now() });
  }

  /** Writes `meta.yaml`: defaults, then what the file has already, then what is new. */
  private writeMeta<T extends object>(defaults: T, news: { status: number; end_time: number | null }) {
    const file = join(this.path, META);
    const meta = {
      artifact_uri: pathToFileURL(join(this.path, 'artifacts')).href,
      deleted_time: null,
      entry_point_name: '',
      experiment_id: EXPERIMENT.id,
      lifecycle_stage: 'active',
      run_id: this.id,
      run_uuid: this.id,
      source_name: '',
      source_type: LOCAL,
      source_version: '',
      tags: [],
      user_id: userName(),
      ...defaults,
      ...readMeta(file, this.warn),
      ...news,
    };
    writeWhole(file, yaml(meta));
    return meta;
  }

  private writeValues(kind: 'params' | 'tags', values: [name: string, value: string][]): void {
    const folder = join(this.path, kind);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, value] of values) writeFileSync(join(folder, name), value);
  }
}

/** The fields of a `meta.yaml`; undefined if there is none, or with a warning if it is damaged. */
function readMeta(file: string, warn: (message: string) => void): object | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const meta: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof meta === 'object' && meta !== null && 'lifecycle_stage' in meta) return meta;
  } catch {
    // Reported below.
  }
  warn(`${file} is damaged; it is written again`);
  return undefined;
}

/** Makes an experiment, unless it is there already. */
function makeExperiment(store: string, { id, name }: typeof EXPERIMENT, warn: (message: string) => void): void {
  const folder = join(store, id);
  const file = join(folder, META);
  if (readMeta(file, warn)) return;
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  const meta = {
    artifact_location: pathToFileURL(folder).href,
    creation_time: now,
    experiment_id: id,
    last_update_time: now,
    lifecycle_stage: 'active',
    name,
  };
  writeWhole(file, yaml(meta));
}

/** YAML as MLflow's parser reads it, which knows version 1.1: there `on` and `1:30` are no strings unless they are quoted. */
function yaml(value: object): string {
  return stringify(value, { version: '1.1' });
}

/** All settings, as `section.field` and their values. */
function parametersOf(config: object, prefix = ''): [name: string, value: string][] {
  return Object.entries(config).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return parametersOf(value, `${prefix}${key}.`);
    }
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return [[prefix + key, text.slice(0, MAX_PARAMETER)]];
  });
}

/**
 * The file of a metric: `section/name`, of letters, digits and `_ - . space`, which MLflow allows on every system. No name
 * is the folder of another one.
 */
function fileName(metric: string): string {
  const [section, ...rest] = metric.split('/');
  return `${section}/${rest.join('.').replace(/[^\p{L}\p{N}_.\- ]|^\.+/gu, '_')}`;
}

/** The user's name; empty if the system knows none, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
