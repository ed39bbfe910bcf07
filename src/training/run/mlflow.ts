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

/** Experiment of all runs. MLflow gives experiments random ids of 18 digits; this one is fixed. */
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
 * Writes a run to an MLflow file store while it trains, beginning with the history that it already has. `mlflow.json`
 * in the run's folder keeps the store and the id of the MLflow run. `store` replaces the store that is kept there; if
 * there is neither, nothing is written. If writing fails, the trainer emits one warning. The missing values are written
 * once writing succeeds again. Register listeners that add metrics before this one.
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
  // A run that is stopped before its first game writes nothing.
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

/** Opens the MLflow run of a run's folder; undefined if no store is given, now or earlier. */
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
  /**
   * Start time, in milliseconds since 1970. The time of a value is this plus the run's working time, without pauses.
   */
  private started = 0;

  constructor(
    private readonly store: string,
    private readonly id: string,
    private readonly warn: (message: string) => void,
  ) {
    this.path = join(store, EXPERIMENT.id, id);
  }

  /** Whether the run is still in the store. */
  get isThere(): boolean {
    return existsSync(join(this.path, META));
  }

  /**
   * Writes the whole run again, except for what a user of MLflow may have changed in `meta.yaml`, such as the run's
   * name.
   */
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

  /** Adds the metrics of iterations. */
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

  /** Copies a file to the artifacts. It replaces an artifact with the same name. */
  keep(name: string, file: string): void {
    writeWhole(join(this.path, 'artifacts', name), readFileSync(file));
  }

  /** Writes how and when the run ended. */
  end(how: 'finished' | 'failed' | 'stopped'): void {
    this.writeMeta({}, { status: STATUS[how], end_time: Date.now() });
  }

  /** Writes `meta.yaml`. Fields that the file already has override the defaults, and `news` overrides both. */
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

/** Reads the fields of a `meta.yaml`; undefined if there is none. If it is damaged, warns and returns undefined. */
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

/** Creates an experiment, unless it exists. */
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

/** Prints YAML 1.1, which MLflow's parser reads. In it, `on` and `1:30` are strings only if they are quoted. */
function yaml(value: object): string {
  return stringify(value, { version: '1.1' });
}

/** Returns all settings as `section.field`, with their values. */
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
 * Returns the file of a metric: `section/name`. It has only letters, digits and `_ - . space`, which MLflow allows on
 * every system. It has only one slash, so no metric's file is the folder of another.
 */
function fileName(metric: string): string {
  const [section, ...rest] = metric.split('/');
  return `${section}/${rest.join('.').replace(/[^\p{L}\p{N}_.\- ]|^\.+/gu, '_')}`;
}

/** Returns the user's name; empty if the system knows none, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
