/** The commands of the engine protocol: each line of input gives some lines of output. */
import { randomInt } from 'node:crypto';
import { Breath } from '../../arena/breath.js';
import { type BatchThinker, MAX_SIMULATIONS, type SearchBudget, type SearchReport } from '../../arena/thinker.js';
import { type Position, printDeal, printMove, printPosition, startPosition } from '../../game/notation.js';
import { perftInSteps } from '../../game/perft.js';
import { Random } from '../../game/random.js';
import { Rules } from '../../game/rules.js';
import { parseSetUp } from '../../game/setUp.js';
import { DEAL_DUE, MAX_PLAYERS, MIN_PLAYERS, OVER, PHASE, PLAYING } from '../../game/state.js';
import { printable, quote } from '../../game/tileNotation.js';
import { AzulGame } from '../../mcts/azul.js';
import { MAX_TABLES, Tables } from './tables.js';

/** Maximum length of a line in characters, 100 times the longest game. */
export const MAX_LINE = 1 << 20;
/** Maximum number of moves in a round: every move takes at least one of 100 tiles. */
const LONGEST_ROUND = 100;
const MAX_SEED = Number.MAX_SAFE_INTEGER;

const GO = 'go sims <n> or movetime <ms> or infinite';
const BUDGETS = { sims: Number.MAX_SAFE_INTEGER, movetime: 24 * 60 * 60 * 1000 };

const OPTIONS = {
  multipv: { initial: 1, min: 1, max: Rules.for(MAX_PLAYERS).actions },
  seed: { initial: 0, min: 0, max: MAX_SEED },
};

type Emit = (line: string) => void;

/** Signals that end a command early. */
export interface Interruption {
  /** Aborted when `stop` or `quit` arrives. */
  stop: AbortSignal;
  /** Aborted when the input ends. */
  end: AbortSignal;
}

/** A command's usage, its minimum and maximum number of arguments, and what it does. */
type Command = [
  usage: string,
  min: number,
  max: number,
  run: (args: readonly string[], emit: Emit, interruption: Interruption, text: string) => unknown,
];

const never = new AbortController().signal;

export class Engine {
  private position = startPosition(2);
  private tables: Tables | undefined;
  private readonly options = { multipv: OPTIONS.multipv.initial, seed: OPTIONS.seed.initial };
  /** Start of the current search or count, by performance.now(); Infinity if there is none. */
  busySince = Infinity;

  /** `name` is the program's name and version, which `azi` prints. */
  constructor(
    private readonly thinker: BatchThinker,
    private readonly name: string,
  ) {}

  /** Whether a search or a count is in progress. */
  get isBusy(): boolean {
    return this.busySince < Infinity;
  }

  /** Answers one line through `emit`. The next line must wait for the answer, except for `isready`. */
  async handle(line: string, emit: Emit, interruption: Interruption = { stop: never, end: never }): Promise<void> {
    const text = line.trim();
    if (text === '' && line.length <= MAX_LINE) return;
    try {
      if (line.length > MAX_LINE) fail(`the line is longer than ${MAX_LINE} characters`);
      const [name, ...args] = text.split(/\s+/) as [string, ...string[]];
      const command = this.commands.find(([usage]) => usage.split(' ', 1)[0] === name);
      const [usage, min, max, run] = command ?? fail(`unknown command ${quote(name)}`);
      if (args.length < min || args.length > max) fail(`the command is: ${usage}`);
      await run(args, emit, interruption, text.slice(name.length).trimStart());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      emit(`error ${printable(message.trim().replace(/\s+/g, ' '))}`);
    }
  }

  private readonly commands: readonly Command[] = [
    ['azi', 0, 0, (_, emit) => this.introduce(emit)],
    ['isready', 0, 0, (_, emit) => this.thinker.ready().then(() => emit('readyok'))],
    ['option <name> <value>', 2, 2, ([name, value]) => this.set(name!, value!)],
    ['position <POSITION> or start <players> [moves …]', 1, Infinity, (_, __, ___, text) => this.setUp(text)],
    ['show', 0, 0, (_, emit) => emit(`position ${printPosition(this.position)}`)],
    ['legal', 0, 0, (_, emit) => this.listMoves(emit)],
    ['deal [seed]', 0, 1, ([seed], emit) => this.deal(seed, emit)],
    ['perft <depth>', 1, 1, ([depth], emit, { stop }) => this.countMoves(depth!, emit, stop)],
    ['eval', 0, 0, (_, emit) => this.evaluate(emit)],
    [GO, 1, 2, (args, emit, interruption) => this.go(args, emit, interruption)],
    ['stop', 0, 0, () => {}],
    ['result', 0, 0, (_, emit) => emit(`result ${result(this.position)}`)],
    ['tables <count> <players> [seed]', 2, 3, (args, emit) => this.openTables(args, emit)],
    ['play <move> … for each table', 1, MAX_TABLES, (words, emit) => this.playAtTables(words, emit)],
    ['evals', 0, 0, (_, emit) => this.evaluateTables(emit)],
    ['table <number>', 1, 1, ([number]) => this.fromTable(number!)],
    ['put <number>', 1, 1, ([number]) => this.toTable(number!)],
    ['quit', 0, 0, () => {}],
  ];

  private introduce(emit: Emit): void {
    emit(`id name ${this.name}`);
    for (const [name, { initial }] of Object.entries(OPTIONS)) emit(`option ${name} ${initial}`);
    emit('aziok');
  }

  private set(name: string, value: string): void {
    if (!isKey(OPTIONS, name)) fail(`unknown option ${quote(name)}, not one of ${Object.keys(OPTIONS).join(', ')}`);
    const { min, max } = OPTIONS[name];
    this.options[name] = wholeNumber(value, `option ${name}`, min, max);
  }

  private setUp(text: string): void {
    this.position = parseSetUp(text);
  }

  private listMoves(emit: Emit): void {
    const { rules, state } = this.position;
    const actions = new Uint16Array(rules.actions);
    const moves = Array.from(actions.subarray(0, rules.legal(state, 0, actions)), (action) => printMove(rules, action));
    emit(['legal', moves.length, ...moves.sort()].join(' '));
  }

  private deal(seedText: string | undefined, emit: Emit): void {
    const { rules, state } = this.position;
    const seed = seedText === undefined ? randomSeed() : wholeNumber(seedText, 'deal', 0, MAX_SEED);
    if (state[PHASE] !== DEAL_DUE) fail(state[PHASE] === OVER ? 'the game is over' : 'no deal is due: a round is on');
    rules.deal(state, 0, new Random(seed));
    emit(`deal ${printDeal(rules, state)}`);
  }

  private openTables([countText, playersText, seedText]: readonly string[], emit: Emit): void {
    const count = wholeNumber(countText!, 'tables <count>', 1, MAX_TABLES);
    const players = wholeNumber(playersText!, 'tables <players>', MIN_PLAYERS, MAX_PLAYERS);
    const seed = seedText === undefined ? randomSeed() : wholeNumber(seedText, 'tables <seed>', 0, MAX_SEED);
    const tables = new Tables(count, players, seed);
    this.tables = tables;
    emit(`tables ${count} ${players} ${tables.inputSize} ${tables.actions} ${tables.print().toString('base64')}`);
  }

  private playAtTables(words: readonly string[], emit: Emit): void {
    const tables = this.openedTables();
    tables.play(words);
    emit(`played ${tables.print().toString('base64')}`);
  }

  private async evaluateTables(emit: Emit): Promise<void> {
    const tables = this.openedTables();
    const positions = Array.from({ length: tables.count }, (_, i) => tables.position(i));
    const width = tables.players + tables.actions;
    const numbers = new Float32Array(tables.count * width);
    const open = positions.filter(({ state }) => state[PHASE] !== OVER);
    const answers = (await this.thinker.evaluateAll(open, this.options.seed)).values();
    for (const [i, position] of positions.entries()) {
      const over = position.state[PHASE] === OVER;
      const { values, policy } = over ? { values: finalValues(position), policy: [] } : answers.next().value!;
      numbers.set(values, i * width);
      for (const { action, probability } of policy) numbers[i * width + tables.players + action] = probability;
    }
    emit(`evals ${Buffer.from(numbers.buffer).toString('base64')}`);
  }

  private fromTable(text: string): void {
    const tables = this.openedTables();
    this.position = tables.position(wholeNumber(text, 'table', 0, tables.count - 1));
  }

  private toTable(text: string): void {
    const tables = this.openedTables();
    tables.put(wholeNumber(text, 'put', 0, tables.count - 1), this.position);
  }

  private openedTables(): Tables {
    return this.tables ?? fail('there are no tables; tables <count> <players> opens some');
  }

  private async countMoves(depthText: string, emit: Emit, stop: AbortSignal): Promise<void> {
    const depth = wholeNumber(depthText, 'perft', 0, Number.MAX_SAFE_INTEGER);
    const { rules, state } = this.position;
    const counting = perftInSteps(rules, state, Math.min(depth, LONGEST_ROUND));
    const breath = new Breath();
    await this.whileBusy(async () => {
      let step = counting.next();
      for (; !step.done; step = counting.next()) {
        await breath.take();
        if (stop.aborted) fail(`perft ${depth} was stopped`);
      }
      emit(`perft ${depth} ${step.value}`);
    });
  }

  private async evaluate(emit: Emit): Promise<void> {
    const { rules, state } = this.position;
    const over = state[PHASE] === OVER;
    const { values, policy } = over
      ? { values: finalValues(this.position), policy: [] }
      : await this.thinker.evaluate(this.position, this.options.seed);
    const moves = policy
      .toSorted((a, b) => b.probability - a.probability)
      .map(({ action, probability }) => `${printMove(rules, action)}:${decimal(probability, 6)}`);
    emit(`eval ${printValues(values)}`);
    emit(['policy', ...moves].join(' '));
  }

  private async go(args: readonly string[], emit: Emit, { stop, end }: Interruption): Promise<void> {
    const budget = parseBudget(args);
    const { rules, state } = this.position;
    if (state[PHASE] !== PLAYING) fail(state[PHASE] === OVER ? 'the game is over' : 'a deal is due');
    const inform = (report: SearchReport) => {
      for (const line of this.infoLines(report)) emit(line);
    };
    const infinite = budget.sims === undefined && budget.movetime === undefined;
    const signal = infinite ? AbortSignal.any([stop, end]) : stop;
    await this.whileBusy(async () => {
      const report = await this.thinker.search(this.position, budget, { ...this.options }, inform, signal);
      inform(report);
      if (infinite) await aborted(signal);
      emit(`bestmove ${printMove(rules, report.lines[0]!.action)}`);
    });
  }

  private async whileBusy(work: () => Promise<void>): Promise<void> {
    this.busySince = performance.now();
    try {
      await work();
    } finally {
      this.busySince = Infinity;
    }
  }

  private infoLines({ sims, timeMs, values, lines }: SearchReport): string[] {
    const { rules } = this.position;
    const printMoves = (actions: readonly number[]) => actions.map((action) => printMove(rules, action)).join(' ');
    const rate = Math.round((sims * 1000) / Math.max(1, timeMs));
    const head = `info sims ${sims} time ${Math.round(timeMs)} nps ${rate}`;
    if (this.options.multipv === 1) return [`${head} value ${printValues(values)} pv ${printMoves(lines[0]!.pv)}`];
    return lines
      .slice(0, this.options.multipv)
      .map(
        (line, i) =>
          `${head} multipv ${i + 1} move ${printMove(rules, line.action)} visits ${line.visits}` +
          ` value ${printValues(line.values)} pv ${printMoves(line.pv)}`,
      );
  }
}

function randomSeed(): number {
  return randomInt(2 ** 48 - 1);
}

/** Parses `sims <n>`, `movetime <ms>` or `infinite` into a budget; empty for `infinite`. */
function parseBudget([unit, amountText]: readonly string[]): SearchBudget {
  if ((unit === 'infinite') !== (amountText === undefined)) fail(`the command is: ${GO}`);
  if (unit === 'infinite') return {};
  if (!isKey(BUDGETS, unit!))
    fail(`unknown budget ${quote(unit!)}, not one of ${Object.keys(BUDGETS).join(', ')}, infinite`);
  const amount = wholeNumber(amountText!, `go ${unit}`, 1, BUDGETS[unit]);
  return unit === 'sims' ? { sims: Math.min(amount, MAX_SIMULATIONS) } : { movetime: amount };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function result({ rules, state }: Position): string {
  if (state[PHASE] !== OVER) return 'none';
  const winners = rules.winners(state, 0);
  return players(rules)
    .filter((p) => (winners >> p) & 1)
    .join();
}

function finalValues({ rules, state }: Position): number[] {
  const game = new AzulGame(rules.players);
  return players(rules).map((p) => game.rankValue(state, 0, p));
}

function players(rules: Rules): number[] {
  return Array.from({ length: rules.players }, (_, p) => p);
}

function printValues(values: readonly number[]): string {
  return values.map((value) => decimal(value, 4)).join(' ');
}

/** A number with `digits` decimals, never -0. */
function decimal(n: number, digits: number): string {
  return Number(n.toFixed(digits)).toFixed(digits);
}

function wholeNumber(text: string, what: string, min: number, max: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(n >= min && n <= max)) {
    fail(`${what} must be a whole number from ${min} to ${max}${text && `, not ${quote(text)}`}`);
  }
  return n;
}

function isKey<T extends object>(record: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(record, key);
}

function fail(what: string): never {
  throw new Error(what);
}
