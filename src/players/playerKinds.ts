/** The kinds of players that a spec can name: their options, and how they are created. */
import { AlphaBetaPlayer } from '../arena/alphabeta.js';
import { GreedyPlayer, HeuristicPlayer, RandomPlayer } from '../arena/baselines.js';
import { EnginePlayer } from '../arena/enginePlayer.js';
import { HeuristicEvaluator } from '../arena/heuristicEvaluator.js';
import type { Player } from '../arena/player.js';
import { SearchPlayer } from '../arena/searchPlayer.js';
import { Random } from '../game/random.js';
import type { AzulGame } from '../mcts/azul.js';
import { RolloutEvaluator } from '../mcts/rollout.js';
import { SELECTION_RULES, type SelectionName } from '../mcts/selection.js';
import { FOR_ROLLOUTS, WITHOUT_SOLVING } from '../mcts/settings.js';
import { DEVICES, type Device } from '../network/devices.js';
import { INPUTS, PRECISIONS, type Precision } from '../network/inference.js';
import { words } from '../quoting.js';

/** The options of all kinds. */
export interface PlayerOptions {
  /** Simulations per move. */
  sims?: number;
  /** Milliseconds per move. */
  ms?: number;
  /** Positions searched per move. */
  nodes?: number;
  /** Max milliseconds by which an engine's answer may exceed its time. */
  grace?: number;
  selection?: SelectionName;
  considered?: number;
  deals?: number;
  endgame?: number;
  device?: Device;
  precision?: Precision;
  /** The encoding of the inputs that a network of another program takes. */
  inputs?: (typeof INPUTS)[number];
}

/** A player without a network as plain data. A player with a network is a `ModelPlayer`. */
export interface PlainPlayer {
  /** The spec. */
  name: string;
  /** A name in `PLAYER_KINDS`. */
  kind: string;
  /** An engine's command. */
  target: string;
  options: PlayerOptions;
}

/** The values of an option: whole numbers from `min` to `max`, or a list of words. */
export type OptionRange = { readonly min: number; readonly max: number } | readonly string[];

/** A kind of player. */
export interface PlayerKind {
  /** Examples of its specs, for help texts. */
  readonly forms: readonly string[];
  /** Help on options that its forms do not show. */
  readonly help?: string;
  readonly options: { readonly [name in keyof PlayerOptions]?: OptionRange };
  /** Options that exclude each other. */
  readonly either?: readonly [string, string];
  /** Whether its specs may have a path or a command after the name. */
  readonly hasTarget?: boolean;
  /** Creates a player. Kinds that play with a network have none. */
  readonly make?: (player: PlainPlayer, game: AzulGame) => Player;
}

const SIMULATIONS = { min: 1, max: 10_000_000 };
const MILLISECONDS = { min: 1, max: 3_600_000 };

const NETWORK: Omit<PlayerKind, 'forms'> = {
  hasTarget: true,
  options: {
    sims: { min: 0, max: SIMULATIONS.max },
    selection: Object.keys(SELECTION_RULES),
    considered: { min: 0, max: 300 },
    deals: { min: 0, max: 1000 },
    endgame: { min: 0, max: 9 },
    device: DEVICES,
    precision: PRECISIONS,
    inputs: INPUTS,
  },
};

/** All kinds by name, in the order of help texts. */
export const PLAYER_KINDS: Readonly<Record<string, PlayerKind>> = {
  random: { forms: ['random'], options: {}, make: () => new RandomPlayer() },
  greedy: { forms: ['greedy'], options: {}, make: () => new GreedyPlayer() },
  heuristic: {
    forms: ['heuristic', 'heuristic:sims=200'],
    options: { sims: SIMULATIONS },
    make: ({ name, options: { sims } }, game) =>
      sims === undefined
        ? new HeuristicPlayer()
        : new SearchPlayer(name, game, new HeuristicEvaluator(game), sims, WITHOUT_SOLVING),
  },
  rollouts: {
    forms: ['rollouts:sims=1000'],
    options: { sims: SIMULATIONS },
    make: ({ name, options: { sims = 1000 } }, game) =>
      new SearchPlayer(name, game, new RolloutEvaluator(game, new Random(sims)), sims, FOR_ROLLOUTS),
  },
  alphabeta: {
    forms: ['alphabeta:ms=200'],
    help: 'alphabeta takes nodes=<n> (positions to search) instead of ms; its moves then do not depend on the speed of the machine.',
    options: { ms: MILLISECONDS, nodes: { min: 1, max: 1_000_000_000 } },
    either: ['ms', 'nodes'],
    make: ({ options: { nodes, ms = 200 } }) => new AlphaBetaPlayer(nodes === undefined ? { ms } : { nodes }),
  },
  model: {
    forms: ['model:<file.onnx>,sims=200'],
    help: `\
A model (model, best and latest) also takes these options:
  selection=gumbel or puct: the search method
  considered=<n>: actions that sequential halving starts from; 16 by default, 0: no sequential halving
  deals=<n>: deals sampled at the end of a round; 16 by default
  endgame=<n>: groups of tiles up to which it solves the last round exactly; 7 by default, 0: never
  device=<name>: device that computes the network: cpu (default), cuda, webgpu, …
  precision=fp32: 32-bit floats on the cpu, as on other devices; 8-bit integers by default
  inputs=azul-5: the file is a network of another program that takes these inputs (docs/networks.md)
Put quotes, '…' or "…", around a path that contains a comma or quotes or looks like name=value:
  "best:'runs/a, b',sims=64"`,
    ...NETWORK,
  },
  best: { forms: ['best[:<run>],sims=200'], ...NETWORK },
  latest: { forms: ['latest[:<run>],sims=200'], ...NETWORK },
  engine: {
    forms: ['engine:<command>,ms=200'],
    help: `\
engine:<command> is any program that speaks the engine protocol on standard input and output. The command is a program
and its arguments, up to the first comma outside quotes; '…' or "…" around a word keeps its spaces and commas. Options:
  ms=<n>: time per move in milliseconds, 200 by default; or sims=<n>: simulations per move
  grace=<n>: milliseconds that an answer may take beyond that; 2000 by default, 60000 with sims
The program has 30 s to start and answer azi, and 30 s more to answer isready. It loses the game if a move is late or
illegal, if it crashes, or if it prints other output. For example:
  "engine:node my-engine.js 'a, b.onnx',sims=400"`,
    hasTarget: true,
    options: { sims: SIMULATIONS, ms: MILLISECONDS, grace: { min: 0, max: MILLISECONDS.max } },
    either: ['ms', 'sims'],
    make: ({ name, target, options: { sims, ms = 200, grace } }) =>
      new EnginePlayer(name, words(target), {
        budget: sims === undefined ? { ms } : { sims },
        grace: grace ?? (sims === undefined ? 2000 : 60_000),
      }),
  },
};

/** Players that a spec can name, for help texts. */
export const PLAYER_SPECS = Object.values(PLAYER_KINDS).flatMap(({ forms }) => forms);

/** Help on options and rules that the list of specs does not show. */
export const SPEC_HELP = Object.values(PLAYER_KINDS)
  .flatMap(({ help = [] }) => help)
  .join('\n\n');
