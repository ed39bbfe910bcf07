/** The engine protocol: one line in, some lines out. `Engine` knows the commands, `runEngine` the streams. */
import { randomInt } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { MOST_SIMULATIONS, type SearchReport, type Thinker } from '../arena/thinker.js';
import { type Position, printDeal, printMove, printPosition, startPosition } from '../game/notation.js';
import { perft } from '../game/perft.js';
import { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { parseSetUp } from '../game/setUp.js';
import { DEAL_DUE, MAX_PLAYERS, OVER, PHASE, PLAYING } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';

/** Characters of a line; the longest games fit a hundred times over. */
const MAX_LINE = 1 << 20;
/** Every move takes at least one tile of all that there are, so no round is longer than this. */
const LONGEST_ROUND = 100;
const MAX_SEED = Number.MAX_SAFE_INTEGER;

const BUDGETS = { sims: Number.MAX_SAFE_INTEGER, movetime: 24 * 60 * 60 * 1000 };

const OPTIONS = {
  multipv: { initial: 1, least: 1, most: Rules.for(MAX_PLAYERS).actions },
  seed: { initial: 0, least: 0, most: MAX_SEED },
};

type Emit = (line: string) => void;

/** How a command is written, its least and greatest number of arguments, and what it does. */
type Command = [
  usage: string,
  least: number,
  most: number,
  run: (args: readonly string[], emit: Emit, text: string) => unknown,
];

export class Engine {
  private position = startPosition(2);
  private readonly options = { multipv: OPTIONS.multipv.initial, seed: OPTIONS.seed.initial };
  private running = true;

  /** `name` is the name and version that `azi` tells. */
  constructor(
    private readonly thinker: Thinker,
    private readonly name: string,
  ) {}

  /** Answers one line through `emit`; false when it was `quit`. The next line waits until this one is done. */
  async handle(line: string, emit: Emit): Promise<boolean> {
    const text = line.trim();
    if (text === '' && line.length <= MAX_LINE) return true;
    try {
      if (line.length > MAX_LINE) fail(`the line is longer than ${MAX_LINE} characters`);
      const [name, ...args] = text.split(/\s+/) as [string, ...string[]];
      const command = this.commands.find(([usage]) => usage.split(' ', 1)[0] === name);
      const [usage, least, most, run] = command ?? fail(`unknown command ${quote(name)}`);
      if (args.length < least || args.length > most) fail(`the command is: ${usage}`);
      await run(args, emit, text.slice(name.length).trimStart());
    } catch (error) {
      emit(`error ${(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')}`);
    }
    return this.running;
  }

  private readonly commands: readonly Command[] = [
    ['azi', 0, 0, (_, emit) => this.introduce(emit)],
    ['isready', 0, 0, (_, emit) => this.thinker.ready().then(() => emit('readyok'))],
    ['option <name> <value>', 2, 2, ([name, value]) => this.set(name!, value!)],
    ['position <POSITION> or start <players> [moves …]', 1, Infinity, (_, __, text) => this.setUp(text)],
    ['show', 0, 0, (_, emit) => emit(`position ${printPosition(this.position)}`)],
    ['legal', 0, 0, (_, emit) => this.listMoves(emit)],
    ['deal [seed]', 0, 1, ([seed], emit) => this.deal(seed, emit)],
    ['perft <depth>', 1, 1, ([depth], emit) => this.countMoves(depth!, emit)],
    ['eval', 0, 0, (_, emit) => this.evaluate(emit)],
    ['go sims <n> or movetime <ms>', 2, 2, ([unit, amount], emit) => this.go(unit!, amount!, emit)],
    ['result', 0, 0, (_, emit) => emit(`result ${result(this.position)}`)],
    ['quit', 0, 0, () => this.quit()],
  ];

  private introduce(emit: Emit): void {
    emit(`id name ${this.name}`);
    for (const [name, { initial }] of Object.entries(OPTIONS)) emit(`option ${name} ${initial}`);
    emit('aziok');
  }

  private set(name: string, value: string): void {
    if (!isKey(OPTIONS, name)) fail(`unknown option ${quote(name)}, not one of ${Object.keys(OPTIONS).join(', ')}`);
    const { least, most } = OPTIONS[name];
    this.options[name] = wholeNumber(value, `option ${name}`, least, most);
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
    const seed = seedText === undefined ? randomInt(2 ** 48 - 1) : wholeNumber(seedText, 'deal', 0, MAX_SEED);
    if (state[PHASE] !== DEAL_DUE) fail(state[PHASE] === OVER ? 'the game is over' : 'no deal is due: a round is on');
    rules.deal(state, 0, new Random(seed));
    emit(`deal ${printDeal(rules, state)}`);
  }

  private countMoves(depthText: string, emit: Emit): void {
    const depth = wholeNumber(depthText, 'perft', 0, Number.MAX_SAFE_INTEGER);
    emit(`perft ${depth} ${perft(this.position.rules, this.position.state, Math.min(depth, LONGEST_ROUND))}`);
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

  private async go(unit: string, amountText: string, emit: Emit): Promise<void> {
    if (!isKey(BUDGETS, unit)) fail(`unknown budget ${quote(unit)}, not one of ${Object.keys(BUDGETS).join(', ')}`);
    const amount = wholeNumber(amountText, `go ${unit}`, 1, BUDGETS[unit]);
    const { rules, state } = this.position;
    if (state[PHASE] !== PLAYING) fail(state[PHASE] === OVER ? 'the game is over' : 'a deal is due');
    const inform = (report: SearchReport) => {
      for (const line of this.infoLines(report)) emit(line);
    };
    const budget = unit === 'sims' ? { sims: Math.min(amount, MOST_SIMULATIONS) } : { movetime: amount };
    const report = await this.thinker.search(this.position, budget, { ...this.options }, inform);
    inform(report);
    emit(`bestmove ${printMove(rules, report.lines[0]!.action)}`);
  }

  private quit(): void {
    this.running = false;
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

/** Answers `input` line by line on `output` until `quit`, the end of the input, or a reader that has gone away. */
export async function runEngine(engine: Engine, input: Readable, output: Writable): Promise<void> {
  let broken: Error | undefined;
  output.on('error', (error) => {
    broken ??= error;
  });
  for await (const line of readLines(input)) {
    const goesOn = await engine.handle(line, (text) => output.write(`${text}\n`));
    const unwritten = await new Promise<Error | null | undefined>((resolve) => output.write('', resolve));
    const failure = broken ?? unwritten;
    if (failure && (failure as NodeJS.ErrnoException).code !== 'EPIPE') throw failure;
    if (failure || !goesOn) return;
  }
}

/** The lines of a stream; of one that is too long, only enough to see that it is. */
async function* readLines(input: Readable): AsyncGenerator<string> {
  let line = '';
  input.setEncoding('utf8');
  for await (const chunk of input as AsyncIterable<string>) {
    const [rest, ...more] = chunk.split('\n') as [string, ...string[]];
    if (line.length <= MAX_LINE) line += rest;
    for (const next of more) {
      yield line;
      line = next;
    }
  }
  yield line;
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

/** A number with so many decimals, never -0. */
function decimal(n: number, digits: number): string {
  return Number(n.toFixed(digits)).toFixed(digits);
}

function wholeNumber(text: string, what: string, least: number, most: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(n >= least && n <= most)) {
    fail(`${what} must be a whole number from ${least} to ${most}${text && `, not ${quote(text)}`}`);
  }
  return n;
}

function isKey<T extends object>(record: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(record, key);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function fail(what: string): never {
  throw new Error(what);
}
