import { printMove, printPosition } from '../game/notation.js';
import type { Rules } from '../game/rules.js';
import { EngineError, EngineProcess, quote } from './engineProcess.js';
import { type Player, rulesOf } from './player.js';

/** Limits of an external program. */
export interface EngineSettings {
  /** The budget of a move: milliseconds or simulations. */
  readonly budget: { readonly ms: number } | { readonly sims: number };
  /** Milliseconds that an answer may take beyond the budget's. */
  readonly grace: number;
  /** Milliseconds that it may take to answer `azi`, and again to answer `isready`; 30 seconds by default. */
  readonly startUp?: number;
  /** Takes the line that says why a game was lost; standard error by default. */
  readonly log?: (line: string) => void;
}

/**
 * Plays the moves of an external program that speaks the engine protocol. One process answers for all games, one position
 * after the other. Any fault loses the game at once and ends the process. The next position starts a new process.
 */
export class EnginePlayer implements Player {
  private engine: EngineProcess | undefined;
  private readonly go: string;
  private readonly limit: number;
  private readonly startUp: number;
  private readonly log: (line: string) => void;
  /** Reasons of lost games, by the array of their position. */
  private readonly faults = new WeakMap<Int32Array, string>();

  constructor(
    readonly name: string,
    private readonly command: readonly string[],
    { budget, grace, startUp = 30_000, log = console.error }: EngineSettings,
  ) {
    this.go = 'ms' in budget ? `go movetime ${budget.ms}` : `go sims ${budget.sims}`;
    this.limit = 'ms' in budget ? budget.ms + grace : grace;
    this.startUp = startUp;
    this.log = log;
  }

  /** Starts the engine if it does not run. */
  async ready(): Promise<void> {
    try {
      await this.started();
    } catch (error) {
      await this.close();
      throw new EngineError(`player ${this.name}: the engine ${(error as Error).message}`);
    }
  }

  async choose(positions: readonly Int32Array[]): Promise<number[]> {
    const actions = [];
    for (const state of positions) actions.push(await this.answer(state));
    return actions;
  }

  fault(position: Int32Array): string | undefined {
    return this.faults.get(position);
  }

  async close(): Promise<void> {
    const { engine } = this;
    this.engine = undefined;
    await engine?.close();
  }

  /** Returns the engine's action, or an illegal one if it gave none. */
  private async answer(state: Int32Array): Promise<number> {
    const rules = rulesOf(state);
    const position = `position ${printPosition({ rules, state })}`;
    try {
      const engine = await this.started();
      return await engine.ask([position, this.go], this.limit, (line) => bestMove(line, rules, state));
    } catch (error) {
      const reason = (error as Error).message.replace(/\s+/g, ' ');
      this.faults.set(state, reason);
      this.log(`azul: ${this.name} loses a game: the engine ${reason}; ${position}`);
      await this.close();
      return -1;
    }
  }

  private async started(): Promise<EngineProcess> {
    if (!this.engine) {
      this.engine = new EngineProcess(this.command);
      await this.engine.ask(['azi'], this.startUp, until('aziok'));
      await this.engine.ask(['isready'], this.startUp, until('readyok'));
    }
    return this.engine;
  }
}

/** Reads lines up to the word that ends an answer, and ignores the lines before it, such as a banner. */
function until(word: string): (line: string) => true | undefined {
  return (line) => {
    if (/^error\b/.test(line)) fail(`answers ${quote(line)} where it should say ${word}`);
    return line === word || undefined;
  };
}

function bestMove(line: string, rules: Rules, state: Int32Array): number {
  const [, move] = /^bestmove\s+(\S+)(?:\s+ponder\s+\S+)?$/.exec(line) ?? [];
  if (move === undefined) fail(`answers ${quote(line)} where it should say bestmove <move>`);
  const actions = new Uint16Array(rules.actions);
  const legal = actions.subarray(0, rules.legal(state, 0, actions));
  return legal.find((action) => printMove(rules, action) === move) ?? fail(`plays ${quote(move)}, which is not legal`);
}

function fail(what: string): never {
  throw new Error(what);
}
