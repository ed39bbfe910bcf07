/** Arbitrary games, chosen with the reference: players whose habits lead to the rare cases of the rules. */
import fc from 'fast-check';
import { Random } from '../../src/game/random.js';
import { legalMoves, only, played, readTable, stageOf, type Table, tilesAt } from './reference.js';

interface Choice {
  count: number;
  fromCentre: boolean;
  toFloor: boolean;
  overflow: number;
  completesRow: boolean;
}

/** The weight of a move for a player with this habit. */
type Habit = (choice: Choice) => number;

const HABITS = {
  anything: () => 1,
  'everything to the floor': ({ toFloor }) => (toFloor ? 1 : 0),
  'mostly to the floor': ({ toFloor }) => (toFloor ? 20 : 1),
  'large piles to the floor, centre last': ({ toFloor, fromCentre, count }) =>
    (toFloor ? 1 : 0.001) * (fromCentre ? 0.001 : 10 ** count),
  'fills lines': ({ toFloor, overflow }) => (toFloor ? 1e-9 : 10 ** -overflow),
  'fills lines, completes no row': ({ toFloor, overflow, completesRow }) =>
    completesRow ? 1e-9 : toFloor ? 1e-4 : 10 ** -overflow,
} satisfies Record<string, Habit>;

/** Probability that a dealt tile repeats the colour of the previous one. At 1 each factory holds one colour. */
const CLUMPING = { none: 0, strong: 0.85, full: 1 };

export type HabitName = keyof typeof HABITS;

export interface Playout {
  players: number;
  seed: number;
  plies: number;
  habit: HabitName;
  clumping: keyof typeof CLUMPING;
}

export function playouts(maxPlies: number): fc.Arbitrary<Playout> {
  return fc.record({
    players: fc.integer({ min: 2, max: 4 }),
    seed: fc.nat(),
    plies: fc.integer({ min: 1, max: maxPlies }),
    habit: fc.constantFrom(...(Object.keys(HABITS) as HabitName[])),
    clumping: fc.constantFrom(...(Object.keys(CLUMPING) as (keyof typeof CLUMPING)[])),
  });
}

export interface Step {
  before: Table;
  token: string;
  after: Table;
}

/** The moves and deals of a playout, until its end or the end of the game. */
export function* steps({ players, seed, plies, habit, clumping }: Playout): Generator<Step> {
  const random = new Random(seed);
  let table = startTable(players);
  for (let ply = 0; ply < plies; ply++) {
    const stage = stageOf(table);
    if (stage === 'over') return;
    const token =
      stage === 'playing' ? chooseMove(table, HABITS[habit], random) : drawDeal(table, CLUMPING[clumping], random);
    const after = played(table, token);
    yield { before: table, token, after };
    table = after;
  }
}

/** The last table of a playout. */
export function endOf(playout: Playout): Table {
  let table = startTable(playout.players);
  for (const { after } of steps(playout)) table = after;
  return table;
}

export function startTable(players: number): Table {
  const factories = Array.from({ length: 2 * players + 1 }, () => '-').join('/');
  const board = '0;-,-,-,-,-;...../...../...../...../.....;-';
  const boards = Array.from({ length: players }, () => board).join('|');
  return readTable(`${factories} - ${boards} 0 0 20,20,20,20,20 0,0,0,0,0`);
}

function chooseMove(table: Table, habit: Habit, random: Random): string {
  const moves = legalMoves(table);
  const weights = moves.map((move) => habit(choiceOf(table, move)));
  let left = random.float() * weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = moves.findIndex((_, i) => (left -= weights[i]!) < 0);
  return moves[Math.max(chosen, 0)]!;
}

function choiceOf(table: Table, move: string): Choice {
  const [source, colour, destination] = [...move] as [string, string, string];
  const board = table.boards[table.turn]!;
  const count = only(tilesAt(table, source), colour).length;
  const toFloor = destination === 'f';
  const row = Number(destination) - 1;
  const room = toFloor ? 0 : row + 1 - board.lines[row]!.length;
  return {
    count,
    fromCentre: source === 'c',
    toFloor,
    overflow: Math.max(0, count - room),
    completesRow: !toFloor && count >= room && only(board.wall[row]!, '.').length === 1,
  };
}

/** Deals tile by tile: first the last tiles of the bag, then those of the lid. */
export function drawDeal(table: Table, clumping: number, random: Random): string {
  let bag = [...table.bag];
  let lid = [...table.lid];
  let last = '';
  const factories = table.factories.map(() => {
    let factory = '';
    for (let n = 0; n < 4; n++) {
      if (bag.length === 0) {
        bag = lid;
        lid = [];
      }
      if (bag.length === 0) break;
      const again = random.float() < clumping ? bag.indexOf(last) : -1;
      last = bag.splice(again >= 0 ? again : random.int(bag.length), 1)[0]!;
      factory += last;
    }
    return [...'BYRKW'].map((colour) => only(factory, colour)).join('') || '-';
  });
  return `=${factories.join('/')}`;
}
