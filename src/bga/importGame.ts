/** Converts a log of Board Game Arena into a record. Every deal, move and point is checked against our rules. */
import { placesOf } from '../arena/match.js';
import type { RecordedGame } from '../arena/record.js';
import { actionOf, TO_FLOOR } from '../game/action.js';
import { applyToken, type Position, printMove, startPosition } from '../game/notation.js';
import { countOf, FACTORY_TILES, hasMarker, pileOf } from '../game/pile.js';
import { CENTRE, OVER, PHASE, PLAYING, ROUND, TURN } from '../game/state.js';
import { NotationError, printPile, quote } from '../game/tileNotation.js';
import { columnFor, ROWS } from '../game/wall.js';
import {
  type Fields,
  fieldsOf,
  ImportError,
  listOf,
  type Notification,
  playerOf,
  readLog,
  wholeNumber,
} from './gameLog.js';
import { BONUSES, COLOUR_NAMES, FLOOR_LINE, RoundPoints, wallTile } from './roundPoints.js';

/** The tag with the reason why a record is unfinished. */
export const END = 'end';

/** Our colours by the log's types: first player's marker (no colour), black, cyan (our white), blue, yellow, red. */
const COLOUR_OF_TYPE = [undefined, 3, 4, 0, 1, 2];

/** Notifications that occur only in games with special factories. */
const SPECIAL_FACTORIES = new Set([
  'specialFactories',
  'factoriesChanged',
  'factoriesCompleted',
  'moveSpecialFactoryZero',
]);

/**
 * Reads a game from the saved page of a replay, its JSON, or a tool's export. The record has the players' names by seat, in
 * the order of play, and every deal and move. A conceded or abandoned game is unfinished, and its tag END says why. Throws an
 * ImportError if the text holds no such game.
 */
export function importGame(text: string): RecordedGame {
  const { notifications, names, table, time } = readLog(text);
  const tags = new Map([['site', 'Board Game Arena']]);
  if (table !== undefined) tags.set('table', table);
  if (time !== undefined && time > 0 && time < 2 ** 32) {
    tags.set('date', new Date(1000 * time).toISOString().slice(0, 10));
  }
  if (notifications.some(({ type }) => SPECIAL_FACTORIES.has(type))) refuseVariant('special factories');
  const replay = new Replay(names);
  for (const notification of notifications) {
    replay.read(notification);
    if (replay.ending !== undefined) break;
  }
  return replay.end(tags);
}

function refuseVariant(variant: string): never {
  throw new ImportError(`it is a game with ${variant}; only the coloured side and plain factories can be imported`);
}

/** Tiles that were taken and not yet placed. */
interface Take {
  player: string;
  source: number;
  colour: number;
}

/** Replays a log under our rules. */
class Replay {
  /** Why the game was not finished; undefined as long as the log gives no reason. */
  ending: string | undefined;
  /** The ids of the players who have moved, in the order of play. */
  private readonly players: string[] = [];
  private readonly tokens: string[] = [];
  private position: Position | undefined;
  private take: Take | undefined;
  /** The state and the take before the last placement, to undo it. */
  private before: { state: Int32Array; take: Take } | undefined;
  private readonly points = new RoundPoints();
  /** Whether the marker was left in the centre in the last round. */
  private isMarkerLeft = false;

  constructor(private readonly names: ReadonlyMap<string, string>) {}

  read({ type, args }: Notification): void {
    if (type === 'factoriesFilled') this.deal(fieldsOf(args.factories));
    else if (type === 'tilesSelected') this.select(args);
    else if (type === 'tilesPlacedOnLine' && !isMarker(args)) this.place(args);
    else if (type === 'undoSelectLine') this.undoPlacement(playerOf(args));
    else if (type === 'undoTakeTiles') this.undoTake(playerOf(args));
    else if (type === 'placeTileOnWall') this.scoreWall(fieldsOf(args.completeLines));
    else if (type === 'emptyFloorLine') {
      for (const [player, floor] of Object.entries(fieldsOf(args.floorLines)))
        this.addPoints(player, FLOOR_LINE, floor);
    } else if (type === 'endScore') {
      for (const [player, bonus] of Object.entries(fieldsOf(args.scores))) this.addPoints(player, BONUSES, bonus);
    } else if (type === 'playerConcedeGame') this.ending = `conceded by ${this.nameOf(playerOf(args))}`;
    else if (type === 'player_zombie') this.ending = `left by ${this.nameOf(playerOf(args))}`;
  }

  end(tags: Map<string, string>): RecordedGame {
    if (!this.position) {
      throw new ImportError('it holds no deal of Azul: it is the log of another game, or its beginning is missing');
    }
    const { rules, state } = this.position;
    const finished = state[PHASE] === OVER;
    if (finished) this.settle();
    else tags.set(END, this.ending ?? 'the log ends here');
    return {
      seats: Array.from({ length: rules.players }, (_, seat) => this.seatName(seat)),
      tags,
      start: startPosition(rules.players),
      tokens: this.tokens,
      ...placesOf(rules, state),
      finished,
    };
  }

  // ---- deals and moves

  private deal(factories: Fields): void {
    const numbers = Object.keys(factories).filter((key) => /^\d+$/.test(key));
    const last = numbers.reduce((max, key) => Math.max(max, Number(key)), 0);
    if (!this.position && ![5, 7, 9].includes(last)) {
      throw new ImportError(`its first deal has ${last} factories, not 5, 7 or 9; is it the log of another game?`);
    }
    this.position ??= startPosition((last - 1) / 2);
    this.settle();
    this.before = undefined;
    const { rules, state } = this.position;
    const where = `round ${state[ROUND]! + 1}: `;
    if (last > rules.factories)
      throw new ImportError(`${where}the log deals ${last} factories, not ${rules.factories}`);
    const piles = Array.from({ length: rules.factories }, (_, i) => {
      const tiles = listOf(factories[i + 1]) ?? [];
      if (tiles.length > FACTORY_TILES) {
        throw new ImportError(`${where}the log deals ${tiles.length} tiles to factory ${i + 1}, not ${FACTORY_TILES}`);
      }
      return tiles.reduce((pile: number, tile) => pile + pileOf(this.colourOf(fieldsOf(tile).type), 1), 0);
    });
    this.apply(`=${piles.map(printPile).join('/')}`, where);
  }

  private select(args: Fields): void {
    const { rules, state } = this.playing();
    if (this.take) this.fail('the log takes tiles again before the last ones were placed');
    const player = playerOf(args);
    this.checkTurn(player);
    const factory = wholeNumber(args.fromFactory);
    if (factory === undefined || factory < 0 || factory > rules.factories) {
      this.fail(`the log takes from factory ${show(args.fromFactory)}, not 0 to ${rules.factories}`);
    }
    const source = factory === 0 ? rules.factories : factory - 1;
    const colour = this.colourOf(args.type);
    const count = countOf(factory === 0 ? state[CENTRE]! : state[rules.firstFactory + source]!, colour);
    const taken = listOf(args.selectedTiles)?.length ?? 0;
    if (taken !== count) {
      const where = factory === 0 ? 'the centre' : `factory ${factory}`;
      this.fail(`the log takes ${taken} ${COLOUR_NAMES[colour]} from ${where}, by the rules they are ${count}`);
    }
    this.take = { player, source, colour };
  }

  private place(args: Fields): void {
    const { rules, state } = this.playing();
    const { take } = this;
    if (take === undefined || take.player !== playerOf(args)) {
      this.fail(`the log has ${this.nameOf(playerOf(args))} place tiles that were not taken`);
    }
    const line = wholeNumber(args.line);
    if (line === undefined || line < 0 || line > ROWS) this.fail(`the log names line ${show(args.line)}, not 0 to 5`);
    const action = actionOf(take.source, take.colour, line === 0 ? TO_FLOOR : line - 1);
    const before = state.slice();
    this.apply(printMove(rules, action), `${this.where()}: `);
    this.before = { state: before, take };
    this.take = undefined;
    if (state[PHASE] === PLAYING) return;
    const untiled = before.slice();
    rules.take(untiled, 0, action);
    this.isMarkerLeft = hasMarker(untiled[CENTRE]!);
    this.points.addRound(rules, untiled, state[PHASE] === OVER);
  }

  private undoTake(player: string): void {
    if (this.take?.player !== player) this.fail('the log takes back a take that is not the last step');
    this.take = undefined;
  }

  private undoPlacement(player: string): void {
    const { state } = this.playing();
    if (this.before?.take.player !== player) this.fail('the log takes back a placement that is not the last step');
    state.set(this.before.state);
    this.take = this.before.take;
    this.before = undefined;
    this.tokens.pop();
    this.points.clear();
  }

  private apply(token: string, where: string): void {
    try {
      applyToken(this.position!, token);
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      throw new ImportError(`${where}${error.message}`);
    }
    this.tokens.push(token);
  }

  /** Checks whose turn it is. The first moves of the game assign the seats. */
  private checkTurn(player: string): void {
    const { rules, state } = this.playing();
    const turn = state[TURN]!;
    if (player === '') this.fail('the log does not say who moves');
    if (this.players.length === turn && turn < rules.players && !this.players.includes(player))
      this.players.push(player);
    if (this.players[turn] === player) return;
    const why =
      this.isMarkerLeft && this.movesOfRound() === 0
        ? '; no player took the marker in the round before, and Board Game Arena then lets the same player begin again, which a record cannot hold'
        : '';
    this.fail(`the log has ${this.nameOf(player)} move, by the rules it is the turn of ${this.seatName(turn)}${why}`);
  }

  // ---- points

  private scoreWall(completeLines: Fields): void {
    for (const [player, line] of Object.entries(completeLines)) {
      const { placedTile, pointsDetail } = fieldsOf(line);
      const tile = fieldsOf(placedTile);
      const colour = this.colourOf(tile.type);
      const row = (wholeNumber(tile.line) ?? 0) - 1;
      const column = wholeNumber(tile.column);
      if (column !== undefined && column !== columnFor(row, colour) + 1) {
        refuseVariant('the gray side or a Crystal Mosaic');
      }
      this.addPoints(player, wallTile(row, colour), pointsDetail);
    }
  }

  private addPoints(player: string, what: string, scored: unknown): void {
    const seat = this.players.indexOf(player);
    if (seat < 0) this.fail(`the log scores for a player who has not moved, ${show(player)}`);
    this.points.add('log', seat, what, wholeNumber(fieldsOf(scored).points) ?? 0);
  }

  /** Compares the points of the round that has ended. */
  private settle(): void {
    const { seat, what, log, rules } = this.points.difference() ?? {};
    if (seat !== undefined) {
      const round = this.position!.state[ROUND];
      throw new ImportError(
        `round ${round}: the log gives ${log} points for the ${what} of ${this.seatName(seat)}, the rules give ${rules}`,
      );
    }
    this.points.clear();
  }

  // ---- names and places

  private playing(): Position {
    return this.position ?? this.fail('the log has a move before the first deal; its beginning is missing');
  }

  private seatName(seat: number): string {
    return this.names.get(this.players[seat] ?? '') ?? `seat ${seat}`;
  }

  private nameOf(player: string): string {
    return this.names.get(player) ?? `player ${show(player)}`;
  }

  private colourOf(type: unknown): number {
    return COLOUR_OF_TYPE[wholeNumber(type) ?? 0] ?? this.fail(`the log has a tile of type ${show(type)}, not 1 to 5`);
  }

  private movesOfRound(): number {
    return this.tokens.length - 1 - this.tokens.findLastIndex((token) => token.startsWith('='));
  }

  private where(): string {
    return this.position ? `round ${this.position.state[ROUND]}, move ${this.movesOfRound() + 1}` : 'at its beginning';
  }

  private fail(what: string): never {
    throw new ImportError(`${this.where()}: ${what}`);
  }
}

/** Whether a placement is only that of the first player's marker, which is not a move. */
function isMarker({ type, placedTiles, discardedTiles }: Fields): boolean {
  if (wholeNumber(type) === 0) return true;
  const tiles = [...(listOf(placedTiles) ?? []), ...(listOf(discardedTiles) ?? [])];
  return tiles.length > 0 && tiles.every((tile) => wholeNumber(fieldsOf(tile).type) === 0);
}

/** An invalid value of a log, quoted for a message. */
function show(value: unknown): string {
  return quote(typeof value === 'string' ? value : (JSON.stringify(value)?.slice(0, 100) ?? 'nothing'));
}
