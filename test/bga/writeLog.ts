/** Writes logs of games that the reference plays, as Board Game Arena does. The numbers of the tiles are only unique. */
import { Random } from '../../src/game/random.js';
import { type Playout, type Step, steps } from '../game/playouts.js';
import {
  allBut,
  type Board,
  FLOOR_PENALTIES,
  legalMoves,
  only,
  place,
  stageOf,
  type Table,
  tilesAt,
} from '../game/reference.js';

/** The letters by type of tile. */
const LETTERS = '1KWBYR';
const PLACES = [0, 1, 2, 3, 4];

export interface LogStyle {
  form: 'page' | 'logs' | 'data' | 'export';
  /** Probability of each of up to three moves that are taken back before a move. */
  takeBacks: number;
  /** The lines and floors of all players at once, or player by player. */
  fastScoring: boolean;
  /** Numbers as texts, empty objects as arrays, other arrays as objects. */
  likePhp: boolean;
  /** `player_id` in place of `playerId`. */
  old: boolean;
  /** Number of deals and moves after which the player concedes. */
  concedesAfter?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: tests change logs in ways that no type foresees
type Json = any;
export interface Event {
  type: string;
  args: Record<string, Json>;
}

/** Names with characters that confuse a reader of text. */
export const NAMES = ['Ann };', 'Bea "{[" O’Hara', '刘 <script>', 'D\\u0041ve = g_gamelogs = {"a":1};'];
export const TABLE = '512345678';
export const IDS = [90637398, 84512207, 91843016, 77];

/** The simplest log. */
export const LEAST_STYLE: LogStyle = {
  form: 'logs',
  takeBacks: 0,
  fastScoring: true,
  likePhp: false,
  old: false,
};

/** A whole game, with tiles on floors and bonuses. */
export const WHOLE_GAME: Playout = { players: 2, seed: 7, plies: 400, habit: 'fills lines', clumping: 'none' };

/** A text as a person could save it, with its deals and moves. */
export function writeLog(
  playout: Playout,
  style: LogStyle,
  change: (events: Event[]) => void = () => {},
): { text: string; tokens: string[]; isConceded: boolean } {
  const writer = new LogWriter(new Random(playout.seed, 1), style);
  const tokens: string[] = [];
  let isConceded = false;
  for (const step of steps(playout)) {
    isConceded = tokens.length === style.concedesAfter;
    if (isConceded) {
      writer.add('playerConcedeGame', { ...writer.who(step.before.turn) });
      break;
    }
    writer.step(step);
    tokens.push(step.token);
  }
  change(writer.events);
  return { text: writer.text(playout.players), tokens, isConceded };
}

class LogWriter {
  readonly events: Event[] = [];
  private tiles = 0;

  constructor(
    private readonly random: Random,
    private readonly style: LogStyle,
  ) {}

  add(type: string, args: Record<string, Json>): void {
    this.events.push({ type, args });
  }

  who(seat: number): Record<string, Json> {
    const id = IDS[seat]!;
    return { [this.style.old ? 'player_id' : 'playerId']: id, player_name: NAMES[seat] };
  }

  step({ before, token, after }: Step): void {
    if (token.startsWith('=')) {
      this.deal(after);
      return;
    }
    while (this.random.float() < this.style.takeBacks) this.takeBack(before);
    this.select(before, token);
    if (this.random.float() < this.style.takeBacks) {
      const others = legalMoves(before).filter((move) => move.startsWith(token.slice(0, 2)));
      this.placeTiles(before, others[this.random.int(others.length)]!);
      this.add('undoSelectLine', { ...this.who(before.turn), undo: {} });
    }
    this.placeTiles(before, token);
    this.add('gameStateChange', { id: 30, active_player: IDS[after.turn], reflexion: { total: [] } });
    if (stageOf(after) !== 'playing') this.scoreRound(untiled(before, token), stageOf(after) === 'over');
  }

  private deal({ factories, bag }: Table): void {
    const piles = [
      this.tilesOf('1', 'factory'),
      ...factories.map((tiles) => this.tilesOf(shuffled(tiles, this.random), 'factory')),
    ];
    this.add('factoriesFilled', { factories: piles, remainingTiles: bag.length });
  }

  private takeBack(before: Table): void {
    const moves = legalMoves(before);
    const move = moves[this.random.int(moves.length)]!;
    this.select(before, move);
    if (this.random.float() < 0.5) {
      this.placeTiles(before, move);
      this.add('undoSelectLine', { ...this.who(before.turn), undo: { tiles: [], lastRoundBefore: false } });
    }
    this.add('undoTakeTiles', { ...this.who(before.turn), undo: { from: 0, tiles: [], previousFirstPlayer: 0 } });
  }

  private select(before: Table, [source, colour]: string): void {
    const who = this.who(before.turn);
    const there = tilesAt(before, source!);
    if (source === 'c' && there.includes('1')) {
      const marker = { line: 0, placedTiles: [], discardedTiles: this.tilesOf('1', 'line'), fromHand: false };
      this.add('tilesPlacedOnLine', { ...who, type: 0, number: 1, ...marker });
      this.add('firstPlayerToken', who);
    }
    this.add('tilesSelected', {
      ...who,
      type: LETTERS.indexOf(colour!),
      selectedTiles: this.tilesOf(only(there, colour!), 'hand'),
      discardedTiles: source === 'c' ? [] : this.tilesOf(allBut(there, colour!), 'factory'),
      fromFactory: source === 'c' ? 0 : Number(source),
    });
  }

  private placeTiles(before: Table, [source, colour, destination]: string): void {
    const taken = only(tilesAt(before, source!), colour!);
    const line = destination === 'f' ? 0 : Number(destination);
    const room = line === 0 ? 0 : line - before.boards[before.turn]!.lines[line - 1]!.length;
    this.add('tilesPlacedOnLine', {
      ...this.who(before.turn),
      type: LETTERS.indexOf(colour!),
      line,
      placedTiles: this.tilesOf(taken.slice(0, room), 'line'),
      discardedTiles: this.tilesOf(taken.slice(room), 'line'),
      fromHand: true,
    });
    if (this.random.float() < 0.02) this.add('lastRound', this.who(before.turn));
  }

  private scoreRound(boards: Board[], isLast: boolean): void {
    const seats = boards.map((_, seat) => seat);
    for (const group of this.style.fastScoring ? [seats] : seats.map((seat) => [seat])) {
      for (const row of PLACES) {
        const lines = group.filter((seat) => boards[seat]!.lines[row]!.length === row + 1);
        if (lines.length === 0) continue;
        const completeLines = bySeat(lines, (seat) => this.completeLine(boards[seat]!, row));
        this.add('placeTileOnWall', { completeLines });
        this.add('placeTileOnWallTextLogDetails', { player_name: NAMES[lines[0]!], number: 1 });
      }
      const floors = group.filter((seat) => boards[seat]!.floor !== '');
      this.add('emptyFloorLine', {
        floorLines: bySeat(floors, (seat) => this.floorLine(boards[seat]!.floor)),
        specialFactoryZeroTiles: bySeat(group, () => []),
      });
    }
    if (isLast) this.scoreEnd(boards);
  }

  private completeLine(board: Board, row: number): Json {
    const colour = board.lines[row]![0]!;
    const points = place(board, row, colour);
    const [tile] = this.tilesOf(colour, 'wall');
    const placedTile = { ...tile!, line: row + 1, column: board.wall[row]!.indexOf(colour) + 1 };
    const pointsDetail = { points, rowTiles: [placedTile], columnTiles: [placedTile] };
    return { placedTile, discardedTiles: this.tilesOf(board.lines[row]!.slice(1), 'line'), pointsDetail };
  }

  private floorLine(floor: string): Json {
    const points = -FLOOR_PENALTIES.slice(0, floor.length).reduce((sum, cost) => sum + cost, 0);
    return { tiles: this.tilesOf(floor, 'line'), points };
  }

  /** One notification for each row, column and colour that a player has completed. */
  private scoreEnd(boards: Board[]): void {
    const kinds: [number, (board: Board, i: number) => boolean][] = [
      [2, ({ wall }, row) => !wall[row]!.includes('.')],
      [7, ({ wall }, column) => wall.every((cells) => cells[column] !== '.')],
      [10, ({ wall }, type) => wall.every((cells) => cells.includes(LETTERS[type + 1]!))],
    ];
    for (const [points, isComplete] of kinds) {
      for (const i of PLACES) {
        const seats = [...boards.keys()].filter((seat) => isComplete(boards[seat]!, i));
        if (seats.length > 0) this.add('endScore', { scores: bySeat(seats, () => ({ tiles: [], points })) });
      }
    }
  }

  private tilesOf(letters: string, location: string): Record<string, Json>[] {
    return [...letters].map((letter, i) => {
      return { id: ++this.tiles, type: LETTERS.indexOf(letter), location, line: 0, column: i + 1 };
    });
  }

  // ---- packets and texts

  text(players: number): string {
    const { form, likePhp } = this.style;
    const packets = this.packets();
    const list = IDS.slice(0, players).map(
      (id, seat) => [String(id), { id, name: NAMES[seat], color: 'ff0000' }] as const,
    );
    const named = Object.fromEntries(list.toReversed());
    const value = {
      page: { status: 1, data: { valid: 1, data: packets } },
      logs: { status: 1, data: { logs: packets, players: Object.values(named) } },
      data: { status: 1, data: { data: packets } },
      export: { players: named, packets },
    }[form];
    const json = JSON.stringify(likePhp ? asPhp(value, this.random) : value);
    if (form !== 'page') return json;
    const script = json.replaceAll('/', '\\/');
    return `<!-- saved from url --><!DOCTYPE html>\n<html><script>var g_gamelogs; if (g_gamelogs == {}) x = "};";
      g_gamelogs = ${script};\n g_last_msg_dispatched_by_channel = { 'a': 1 };</script><body>{</body></html>\n`;
  }

  private packets(): Json[] {
    const packets: Json[] = [];
    let rest = this.events.map(({ type, args }, i) => ({ uid: `u${i}`, type, log: 'A player };{', args }));
    for (let number = 1; rest.length > 0; number++) {
      const data = rest.slice(0, 1 + this.random.int(4));
      rest = rest.slice(data.length);
      const shared = { table_id: TABLE, packet_id: number, move_id: number, time: 1_785_000_000 + number };
      packets.push({ channel: `/table/t${TABLE}`, ...shared, data });
      if (this.random.float() < 0.2) packets.push({ channel: `/player/p${IDS[0]}`, ...shared, data });
    }
    return packets;
  }
}

function bySeat(seats: readonly number[], value: (seat: number) => Json): Record<string, Json> {
  return Object.fromEntries(seats.map((seat) => [IDS[seat]!, value(seat)]));
}

/** The boards after the last move of a round, before their walls are tiled. */
function untiled(before: Table, [source, colour, destination]: string): Board[] {
  const boards = structuredClone(before.boards);
  const board = boards[before.turn]!;
  if (source === 'c' && before.centre.includes('1')) board.floor += '1';
  for (const tile of only(tilesAt(before, source!), colour!)) {
    const row = Number(destination) - 1;
    if (destination !== 'f' && board.lines[row]!.length < row + 1) board.lines[row] += tile;
    else board.floor += tile;
  }
  return boards;
}

function shuffled(tiles: string, random: Random): string {
  return [...tiles]
    .map((tile) => [random.float(), tile] as const)
    .sort(([a], [b]) => a - b)
    .map(([, tile]) => tile)
    .join('');
}

/** A value as PHP may write it: numbers as texts, `[]` for `{}`, and objects with the keys 0, 1, … for arrays. */
function asPhp(value: Json, random: Random): Json {
  if (typeof value === 'number') return random.float() < 0.5 ? String(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => asPhp(item, random));
    return items.length > 0 && random.float() < 0.2 ? { ...items } : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, asPhp(item, random)]);
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}
