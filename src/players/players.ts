import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Player } from '../arena/player.js';
import { SearchPlayer } from '../arena/searchPlayer.js';
import { AzulGame } from '../mcts/azul.js';
import type { SearchSettings } from '../mcts/settings.js';
import type { Device } from '../network/devices.js';
import { ForeignEvaluator } from '../network/foreign/foreignEvaluator.js';
import { decodeForeign, type ForeignModel, isForeign } from '../network/foreign/foreignModel.js';
import type { Precision } from '../network/inference.js';
import { withChecksum } from '../network/modelChecksum.js';
import { Network, type NetworkShape } from '../network/network.js';
import { openEvaluator } from '../network/onnxInference.js';
import { decodeNetwork, type Model, ModelError } from '../network/onnxModel.js';
import type { Ranges } from '../network/quantization.js';
import { shellWord, unquoted } from '../quoting.js';
import { CheckpointFolder, checkModel } from '../runs/checkpointFolder.js';
import { CHECKPOINTS, newestRun, RUN_CONFIG, RUNS } from '../runs/runs.js';
import { PLAYER_KINDS, PLAYER_SPECS, type PlainPlayer, type PlayerKind, type PlayerOptions } from './playerKinds.js';
import { PlayerError, parseSpec, printSpec } from './playerSpec.js';
import { tryForeign } from './trial.js';

/** A player that searches with a network. */
export interface ModelPlayer {
  name: string;
  shape: NetworkShape;
  weights: Float32Array;
  ranges?: Ranges;
  precision?: Precision;
  simulations: number;
  /** The device that computes the network; the cpu by default. */
  device?: Device;
  /** Changes to the standard settings of a search. */
  search?: Partial<SearchSettings>;
}

/** A player that searches with a network of another program. */
export interface ForeignPlayer {
  name: string;
  foreign: ForeignModel;
  simulations: number;
  /** The device that computes the network; the cpu by default. */
  device?: Device;
  /** Changes to the standard settings of a search. */
  search?: Partial<SearchSettings>;
}

/** A player as plain data. A worker creates the player from it without reading a file. */
export type PlayerDescription = PlainPlayer | ModelPlayer | ForeignPlayer;

const DEFAULT_SIMULATIONS = 200;

/** Whether a player searches with a network of ours. */
export function isModelPlayer(player: PlayerDescription): player is ModelPlayer {
  return 'weights' in player;
}

/** Whether a player searches with a network of another program. */
export function isForeignPlayer(player: PlayerDescription): player is ForeignPlayer {
  return 'foreign' in player;
}

/**
 * Reads a spec and the model that it names, for a table of n seats. `best` and `latest` mean the run's current checkpoints. If
 * `file` is given, the model is read from that file instead. Throws a PlayerError or ModelError that says what is wrong.
 */
export function describePlayer(spec: string, players: number, file?: string): PlayerDescription {
  const { kind, target, options: texts } = parseSpec(spec);
  const known = Object.hasOwn(PLAYER_KINDS, kind) ? PLAYER_KINDS[kind] : undefined;
  if (!known || (kind === 'model' && target === '')) throw unknownPlayer(spec);
  if (target !== '' && !known.hasTarget) {
    const like = known.forms.find((form) => form.includes(':'));
    const wanted = like ? `options, as in ${like}` : 'nothing after its name';
    throw new PlayerError(`player ${spec}: ${kind} takes ${wanted}, not '${target}'`);
  }
  const options = readOptions(spec, kind, known, texts);
  if (known.make) return { name: spec, kind, target, options };
  const { sims: simulations = DEFAULT_SIMULATIONS, device, precision, inputs, ...search } = options;
  const model = openModel(file ?? modelPath(kind, target, spec), players, inputs);
  if ('onnx' in model) {
    if (precision) throw new PlayerError(`player ${spec}: a network of another program has the precision of its file`);
    return { name: spec, foreign: model, simulations, device, search };
  }
  const { network, weights, ranges } = model;
  return {
    name: spec,
    shape: network.shape,
    weights,
    ranges,
    device,
    precision,
    simulations,
    search,
  };
}

/** Reads the values of a spec's options. Throws a PlayerError if one is not in its range. */
function readOptions(
  spec: string,
  kind: string,
  { options: ranges, either }: PlayerKind,
  texts: ReadonlyMap<string, string>,
): PlayerOptions {
  const values: Record<string, string | number> = {};
  for (const [name, text] of texts) {
    const range = Object.hasOwn(ranges, name) ? ranges[name as keyof PlayerOptions] : undefined;
    if (!range) throw new PlayerError(`player ${spec}: ${kind} has no option '${name}'`);
    if ('min' in range) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= range.min && value <= range.max)) {
        const { min, max } = range;
        throw new PlayerError(`player ${spec}: ${name} is '${text}', not a whole number from ${min} to ${max}`);
      }
      values[name] = value;
    } else {
      if (!range.includes(text)) {
        throw new PlayerError(`player ${spec}: ${name} is '${text}', not one of ${range.join(', ')}`);
      }
      values[name] = text;
    }
  }
  if (either?.every((name) => texts.has(name))) {
    throw new PlayerError(`player ${spec}: give it ${either.join(' or ')}, not both`);
  }
  return values;
}

/** Creates the player of a spec or a description, for a table of n seats. */
export async function createPlayer(player: string | PlayerDescription, players: number): Promise<Player> {
  const described = typeof player === 'string' ? describePlayer(player, players) : player;
  const game = new AzulGame(players);
  if (isForeignPlayer(described)) {
    const { name, foreign, simulations, device, search } = described;
    return new SearchPlayer(name, game, await ForeignEvaluator.open(foreign, { device }), simulations, search);
  }
  if (!isModelPlayer(described)) return PLAYER_KINDS[described.kind]!.make!(described, game);
  const { name, shape, weights, ranges, simulations, search } = described;
  const evaluator = await openEvaluator({ network: new Network(players, shape), weights, ranges }, described);
  return new SearchPlayer(name, game, evaluator, simulations, search);
}

/**
 * Describes the player of a spec like `describePlayer`, and checks that it can play. So errors come before any work.
 */
export async function checkPlayer(spec: string, players: number, file?: string): Promise<PlayerDescription> {
  const described = describePlayer(spec, players, file);
  if (isForeignPlayer(described)) await tryForeign(described.foreign, spec, described.device);
  const player = await createPlayer(described, players);
  try {
    await player.ready?.();
  } finally {
    await player.close?.();
  }
  return described;
}

/**
 * The path of the model file of a name. A name is a path, or `best` or `latest`, which mean models of the newest run, or of the
 * run after a colon.
 */
export function modelFile(name: string): string {
  const [, kind, text = ''] = /^(model|best|latest)(?::(.*))?$/s.exec(name) ?? ['', 'model', name];
  // An existing path needs no quotes, because nothing follows it.
  return modelPath(kind!, existsSync(text) ? text : unquoted(text), name);
}

/**
 * Reads a model file for n players, or for any number: a model of ours, or a network of another program. It is one of another
 * program if `inputs` names its inputs, or its metadata does. Throws a ModelError that says what is wrong.
 */
export function openModel(path: string, players?: number, inputs?: string): Model | ForeignModel {
  const bytes = readModel(path);
  if (inputs === undefined && !isForeign(bytes)) return loadModel(path, players);
  const model = decodeForeign(bytes, path, inputs);
  checkPlayers(path, model.players, players);
  return model;
}

/** Reads a model file of ours, for n players or for any number. Throws a ModelError that says what is wrong. */
export function loadModel(path: string, players?: number): Model {
  const model = decodeNetwork(readModel(path), path);
  checkPlayers(path, model.network.players, players);
  return model;
}

function checkPlayers(path: string, players: number, wanted?: number): void {
  if (wanted !== undefined && players !== wanted) {
    throw new ModelError(`${path} is a model for ${players} players, not ${wanted}; name one for ${wanted}`);
  }
}

/** The bytes of a model file with a checksum inside, because a copy has no manifest. Throws a ModelError. */
export function modelCopy(path: string): Uint8Array {
  return withChecksum(readModel(path));
}

function readModel(path: string): Uint8Array {
  let bytes: Buffer;
  if (path.includes('\0')) {
    throw new ModelError(
      `there is no model ${path.replaceAll('\0', '\\0')}: no file has the NUL character in its name`,
    );
  }
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    const advice = isFolder ? `if it is a run, name ${runSpecs(path)}` : 'name a .onnx file';
    throw new ModelError(`cannot read the model ${path}: ${(error as Error).message}; ${advice}`);
  }
  checkModel(path, bytes);
  return bytes;
}

/** The specs of a run's models, quoted for a shell. */
function runSpecs(run: string): string {
  return ['best', 'latest'].map((kind) => shellWord(printSpec({ kind, target: run }))).join(' or ');
}

function unknownPlayer(spec: string): PlayerError {
  const isRun = existsSync(join(spec, RUN_CONFIG));
  const advice = isRun ? `it is a run: name ${runSpecs(spec)}` : `players are ${PLAYER_SPECS.join(', ')}`;
  return new PlayerError(`unknown player '${spec}'; ${advice}`);
}

/** The path of the model file of a spec. Without a target, `best` and `latest` mean models of the newest run. */
function modelPath(kind: string, target: string, spec: string): string {
  if (kind === 'model') return target;
  const iterationIn = (run: string) => {
    const checkpoints = new CheckpointFolder(join(run, CHECKPOINTS));
    return kind === 'best' ? checkpoints.best()?.iteration : checkpoints.iterations().at(-1);
  };
  const run = target || newestRun((folder) => iterationIn(folder) !== undefined) || newestRun();
  if (run === undefined) throw new ModelError(`player ${spec}: there is no run below ${RUNS}/; azul train starts one`);
  const folder = join(run, CHECKPOINTS);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ModelError(`player ${spec}: there is no run with checkpoints in ${run}; name another folder`);
  }
  const iteration = iterationIn(run);
  if (iteration === undefined) {
    throw new ModelError(
      `player ${spec}: the run in ${run} has no ${kind} checkpoint yet; azul resume ${shellWord(run)} trains on`,
    );
  }
  return new CheckpointFolder(folder).modelPath(iteration);
}
