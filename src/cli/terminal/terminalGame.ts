import { chooseMove, type Level } from '../../arena/levels.js';
import type { Line, SearchReport, Thinker } from '../../arena/thinker.js';
import { describeMove } from '../../game/description.js';
import { applyToken, type Position, printDeal, printMove, printPosition } from '../../game/notation.js';
import { Random } from '../../game/random.js';
import { DEAL_DUE, OVER, PHASE, PLAYING, ROUND, TURN } from '../../game/state.js';
import { NotationError } from '../../game/tileNotation.js';
import { drawPosition } from './board.js';
import { percent } from './format.js';
import { progressBar } from './progress.js';

export interface TerminalGameSettings {
  /** Strength of the model. Hints always use at least HINT_SIMULATIONS simulations. */
  level: Level;
  /** Seed of the deals and the searches: the same moves get the same answers. */
  seed: number;
}

type Ask = (question: string) => Promise<string | undefined>;

const HELP = `Type a move: source (1-9 a factory, c the centre), colour (B Y R K W), destination (1-5 a line, f the floor).
3B4 takes all blue from factory 3 into line 4. Or type one of these:
  hint      the model's best three moves here
  legal     all your moves
  undo      take back to your previous move
  position  the position in one line of notation
  help      this text
  quit      leave the game`;

const HINTS = 3;
const HINT_SIMULATIONS = 400;

/** One game between a user and a thinker that plays all other seats. */
export class TerminalGame {
  private readonly names: string[];
  private readonly deals: Random;
  /** The position before each of the user's moves. */
  private readonly past: { state: Int32Array; deals: number[] }[] = [];
  private left = false;

  /** The user's seat `person` counts from 0. */
  constructor(
    private readonly position: Position,
    private readonly person: number,
    private readonly thinker: Thinker,
    private readonly settings: TerminalGameSettings,
    private readonly print: (text: string) => void = console.log,
  ) {
    const { players } = position.rules;
    this.names = Array.from({ length: players }, (_, p) => {
      if (p === person) return 'You';
      return players === 2 ? 'Azul Zero' : `Azul Zero ${p + 1}`;
    });
    this.deals = new Random(settings.seed);
  }

  /** Plays until the game is over or the user quits. */
  async play(ask: Ask): Promise<void> {
    const { state } = this.position;
    while (state[PHASE] !== OVER && !this.left) {
      if (state[PHASE] === DEAL_DUE) this.deal();
      else if (state[TURN] === this.person) await this.personMoves(ask);
      else await this.modelMoves();
    }
    if (this.left) this.print('You left the game before its end.');
    else this.showResult();
  }

  private deal(): void {
    const { rules, state } = this.position;
    rules.deal(state, 0, this.deals);
    this.print(`\nRound ${state[ROUND]}: the deal is ${printDeal(rules, state)}; first: ${this.names[state[TURN]!]}.`);
  }

  /** Asks until the user makes a move, takes one back or quits. */
  private async personMoves(ask: Ask): Promise<void> {
    this.draw();
    for (;;) {
      const answer = await ask('Your move:');
      if (answer === undefined || answer === 'quit') {
        this.left = true;
        return;
      }
      if (answer === 'undo') {
        if (this.undo()) return;
      } else if (!(await this.answers(answer)) && this.moves(answer)) return;
    }
  }

  /** Answers a command that does not change the game; false if it is none. */
  private async answers(command: string): Promise<boolean> {
    switch (command) {
      case '':
        return true;
      case 'hint':
        await this.hint();
        return true;
      case 'legal':
        this.listMoves();
        return true;
      case 'position':
        this.print(printPosition(this.position));
        return true;
      case 'help':
        this.print(HELP);
        return true;
      default:
        return false;
    }
  }

  /** Plays the user's move. Prints why and returns false if it is not legal. */
  private moves(text: string): boolean {
    const before = { state: this.position.state.slice(), deals: this.deals.save() };
    try {
      this.apply(inNotation(text));
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      this.print(`${error.message}; help lists what you can type`);
      return false;
    }
    this.past.push(before);
    return true;
  }

  private undo(): boolean {
    const before = this.past.pop();
    if (!before) {
      this.print('You have no move to take back.');
      return false;
    }
    this.position.state.set(before.state);
    this.deals.restore(before.deals);
    this.print('Taken back.');
    return true;
  }

  private async modelMoves(): Promise<void> {
    const { rules, state } = this.position;
    const { level, seed } = this.settings;
    const name = this.names[state[TURN]!]!;
    const report = level.simulations > 0 ? await this.think(level.simulations, 1) : undefined;
    const action = report
      ? report.lines[0]!.action
      : await chooseMove(this.thinker, this.position, level, new Random(seed, ...state).next());
    this.print(`\n${name} plays ${describeMove(this.position, action)}`);
    if (report) this.print(`  thinks: ${this.judgement(report.lines[0]!, report)}`);
    this.apply(printMove(rules, action));
  }

  private async hint(): Promise<void> {
    const report = await this.think(Math.max(HINT_SIMULATIONS, this.settings.level.simulations), HINTS);
    report.lines.forEach((line, i) => {
      this.print(`${i + 1}. ${describeMove(this.position, line.action)}\n   ${this.judgement(line, report)}`);
    });
  }

  private async think(sims: number, multipv: number): Promise<SearchReport> {
    const { seed } = this.settings;
    let bar: ReturnType<typeof progressBar>;
    const report = await this.thinker.search(this.position, { sims }, { multipv, seed }, (soFar) => {
      bar ??= progressBar('thinking', sims);
      bar?.update(soFar.sims);
    });
    bar?.stop();
    return report;
  }

  /** What the player to move can expect from a line. */
  private judgement({ values, visits, pv }: Line, { sims }: SearchReport): string {
    const { rules, state } = this.position;
    const mover = state[TURN]!;
    const whose = mover === this.person ? 'your' : 'its';
    const what = rules.players === 2 ? 'winning chance' : 'expected fraction of opponents beaten';
    const chance = percent((1 + values[mover]!) / 2);
    const next = pv.slice(1).map((action) => printMove(rules, action));
    const expected = next.length > 0 ? `then ${next.join(' ')}` : 'the rest of the round is open';
    return `${whose} ${what} ${chance}; ${expected}; ${visits} of ${sims} visits`;
  }

  /** Plays a move, and prints the scores if it ends the round. */
  private apply(move: string): void {
    const { rules, state } = this.position;
    const before = this.names.map((_, p) => rules.score(state, 0, p));
    applyToken(this.position, move);
    if (state[PHASE] === PLAYING) return;
    const bonuses = state[PHASE] === OVER ? ', end bonuses included' : '';
    this.print(`\nRound ${state[ROUND]} is over${bonuses}:`);
    this.names.forEach((name, p) => {
      const score = rules.score(state, 0, p);
      const change = score - before[p]!;
      this.print(`  ${name}: ${before[p]} ${change < 0 ? '-' : '+'} ${Math.abs(change)} = ${score} points`);
    });
  }

  /** Prints the legal moves, one line per source. */
  private listMoves(): void {
    const { rules, state } = this.position;
    const actions = new Uint16Array(rules.actions);
    const moves = [...actions.subarray(0, rules.legal(state, 0, actions))].map((action) => printMove(rules, action));
    const sources = new Set(moves.sort().map((move) => move[0]));
    for (const source of sources) this.print(moves.filter((move) => move[0] === source).join(' '));
  }

  private draw(): void {
    this.print(`\n${drawPosition(this.position, this.names)}\n`);
  }

  private showResult(): void {
    this.draw();
    const { rules, state } = this.position;
    const winners = rules.winners(state, 0);
    const points = this.names.map((name, p) => `${name} ${rules.score(state, 0, p)}`).join(', ');
    const won = (winners >> this.person) & 1;
    const alone = (winners & (winners - 1)) === 0;
    this.print(`${won ? (alone ? 'You win' : 'You share the win') : 'You lose'}: ${points}.`);
  }
}

/** A typed move in the letter case of the notation. */
function inNotation(text: string): string {
  return /^[1-9c][byrkw][1-5f]$/i.test(text)
    ? text[0]!.toLowerCase() + text[1]!.toUpperCase() + text[2]!.toLowerCase()
    : text;
}
