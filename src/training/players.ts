import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AlphaBetaPlayer } from '../arena/alphabeta.js';
import { GreedyPlayer, HeuristicPlayer, RandomPlayer } from '../arena/baselines.js';
import { EnginePlayer } from '../arena/enginePlayer.js';
import { HeuristicEvaluator } from '../arena/heuristicEvaluator.js';
import type { Player } from '../arena/player.js';
import { SearchPlayer } from '../arena/searchPlayer.js';
import { Random } from '../game/random.js';
import { AzulGame } from '../mcts/azul.js';
import { RolloutEvaluator } from '../mcts/rollout.js';
import { FOR_ROLLOUTS, type SearchSettings, WITHOUT_SOLVING } from '../mcts/settings.js';
import { CheckpointManager, checkModel } from './checkpoints.js';
import { DEVICES, type Device } from './devices.js';
import { PRECISIONS, type Precision } from './inference.js';
import { Network, type NetworkShape } from './network.js';
import { openEvaluator } from './onnxInference.js';
import { decodeNetwork, type Model, ModelError } from './onnxModel.js';
import { commandWords, PLAYER_SPECS, PlayerError, parseSpec } from './playerSpec.js';
import type { Ranges } from './quantization.js';
import { CHECKPOINTS, newestRun, RUN_CONFIG, RUNS } from './runs.js';

/** A network with search that plays under a name: what a worker needs to make the player. */
export interface ModelPlayer {
  name: string;
  shape: NetworkShape;
  weights: Float32Array;
  ranges?: Ranges;
  precision?: Precision;
  simulations: number;
  /** Where the network is computed; the cpu by default. */
  device?: Device;
  /** How its search differs from the standard. */
  search?: Partial<SearchSettings>;
}

const DEFAULT_SIMULATIONS = 200;
const MODEL_KINDS = ['model', 'best', 'latest'];
const WITHOUT_TARGET = ['random', 'greedy', 'heuristic', 'alphabeta', 'rollouts'];

/** The player that a spec names, for so many seats; a PlayerError or ModelError says what is wrong with it. */
export async function createPlayer(spec: string | ModelPlayer, players: number): Promise<Player> {
  if (typeof spec !== 'string') {
    const { shape, weights, ranges } = spec;
    const evaluator = await openEvaluator({ network: new Network(players, shape), weights, ranges }, spec);
    return new SearchPlayer(spec.name, new AzulGame(players), evaluator, spec.simulations, spec.search);
  }
  const { kind, target, options } = parseSpec(spec);
  const number = (name: string, standard: number, min: number, max: number): number => {
    const text = options.get(name) ?? String(standard);
    options.delete(name);
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new PlayerError(`player ${spec}: ${name} is ${text}, not a whole number from ${min} to ${max}`);
    }
    return value;
  };
  const choice = <T extends string>(name: string, choices: readonly T[]): T | undefined => {
    const text = options.get(name);
    options.delete(name);
    const value = choices.find((one) => one === text);
    if (value === text) return value;
    throw new PlayerError(`player ${spec}: ${name} is ${text}, not one of ${choices.join(', ')}`);
  };
  if (target !== '' && WITHOUT_TARGET.includes(kind)) {
    const like = PLAYER_SPECS.find((known) => known.startsWith(`${kind}:`));
    const wanted = like ? `options, as in ${like}` : 'nothing behind its name';
    throw new PlayerError(`player ${spec}: ${kind} takes ${wanted}, and not ${target}`);
  }
  const game = new AzulGame(players);
  const made = async (): Promise<Player> => {
    switch (kind) {
      case 'random':
        return new RandomPlayer();
      case 'greedy':
        return new GreedyPlayer();
      case 'heuristic':
        if (!options.has('sims')) return new HeuristicPlayer();
        return new SearchPlayer(
          spec,
          game,
          new HeuristicEvaluator(game),
          number('sims', 0, 1, 10_000_000),
          WITHOUT_SOLVING,
        );
      case 'alphabeta':
        if (options.has('ms') && options.has('nodes'))
          throw new PlayerError(`player ${spec}: give it ms or nodes, not both`);
        if (!options.has('nodes')) return new AlphaBetaPlayer({ ms: number('ms', 200, 1, 3_600_000) });
        return new AlphaBetaPlayer({ nodes: number('nodes', 0, 1, 1_000_000_000) });
      case 'rollouts': {
        const simulations = number('sims', 1000, 1, 10_000_000);
        return new SearchPlayer(
          spec,
          game,
          new RolloutEvaluator(game, new Random(simulations)),
          simulations,
          FOR_ROLLOUTS,
        );
      }
      case 'engine': {
        if (options.has('ms') && options.has('sims'))
          throw new PlayerError(`player ${spec}: give it ms or sims, not both`);
        const command = commandWords(target);
        const grace = number('grace', options.has('sims') ? 60_000 : 2000, 0, 3_600_000);
        const budget = options.has('sims')
          ? { sims: number('sims', 0, 1, 10_000_000) }
          : { ms: number('ms', 200, 1, 3_600_000) };
        return new EnginePlayer(spec, command, { budget, grace });
      }
      default: {
        const path = modelPath(kind, target, spec);
        const { network, weights, ranges } = loadModel(path, players);
        const simulations = number('sims', DEFAULT_SIMULATIONS, 0, 10_000_000);
        const search: Partial<SearchSettings> = {};
        if (options.has('deals')) search.deals = number('deals', 0, 0, 1000);
        if (options.has('reuse')) search.reuse = number('reuse', 0, 0, 1) === 1;
        if (options.has('considered')) search.considered = number('considered', 0, 0, 300);
        if (options.has('endgame')) search.endgame = number('endgame', 0, 0, 9);
        const selection = choice('selection', ['gumbel', 'puct']);
        if (selection) search.selection = selection;
        const device = choice('device', DEVICES);
        const precision = choice('precision', PRECISIONS);
        const model = { name: spec, shape: network.shape, weights, ranges, device, precision };
        return createPlayer({ ...model, simulations, search }, players);
      }
    }
  };
  const player = await made();
  const [unknown] = options.keys();
  if (unknown !== undefined) throw new PlayerError(`player ${spec}: ${kind} has no option ${unknown}`);
  return player;
}

/** Fails as `createPlayer` does, or as the player would, before work is spent on the way to one that can't play. */
export async function checkPlayer(spec: string, players: number): Promise<void> {
  const player = await createPlayer(spec, players);
  try {
    await player.ready?.();
  } finally {
    await player.close?.();
  }
}

/** The model file that a person names: its path, or `best` or `latest`, of the newest run or `:<run>`. */
export function modelFile(name: string): string {
  const [, kind, target = ''] = /^(model|best|latest)(?::(.*))?$/s.exec(name) ?? ['', 'model', name];
  return modelPath(kind!, target, name);
}

/** The model file that a player plays by now, if it plays by one: `best` and `latest` may mean another one later. */
export function modelOf(spec: string): string | undefined {
  const { kind, target } = parseSpec(spec);
  return MODEL_KINDS.includes(kind) ? modelPath(kind, target, spec) : undefined;
}

/** The player with its model taken from that file. */
export function withModel(spec: string, path: string): string {
  const options = [...parseSpec(spec).options].map(([name, value]) => `${name}=${value}`);
  return [`model:${path}`, ...options].join();
}

/** The network in a model file for so many players; a ModelError says why there is none. */
export function loadModel(path: string, players?: number): Model {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    const advice = isFolder ? `name best:${path} or latest:${path} if it is a run` : 'name a .onnx file';
    throw new ModelError(`cannot read the model ${path}: ${(error as Error).message}; ${advice}`);
  }
  checkModel(path, bytes);
  const model = decodeNetwork(bytes, path);
  if (players !== undefined && model.network.players !== players) {
    throw new ModelError(
      `${path} is a model for ${model.network.players} players, not ${players}; name one for ${players}`,
    );
  }
  return model;
}

/** The model file that a spec's kind and target mean; `best` and `latest` without a target are of the newest run. */
function modelPath(kind: string, target: string, spec: string): string {
  if (kind === 'model' && target) return target;
  if (kind !== 'best' && kind !== 'latest') {
    const advice = existsSync(join(spec, RUN_CONFIG))
      ? `it is a run: name best:${spec} or latest:${spec}`
      : `players are ${PLAYER_SPECS.join(', ')}`;
    throw new PlayerError(`unknown player ${spec}; ${advice}`);
  }
  const iterationIn = (run: string) => {
    const checkpoints = new CheckpointManager(join(run, CHECKPOINTS), 1);
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
      `player ${spec}: the run in ${run} has no ${kind} checkpoint yet; azul resume ${run} trains on`,
    );
  }
  return new CheckpointManager(folder, 1).modelPath(iteration);
}
