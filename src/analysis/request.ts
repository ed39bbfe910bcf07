/** The requests of an analysis: one JSON object per line. */
import { z } from 'zod';
import { parseGames, positionsOf, RecordError } from '../arena/record.js';
import { MAX_SIMULATIONS } from '../arena/thinker.js';
import { applyToken, type Position } from '../game/notation.js';
import { parseSetUp } from '../game/setUp.js';
import { OVER, PHASE, PLAYING } from '../game/state.js';
import { NotationError, printable } from '../game/tileNotation.js';

/** Max length of a line, in characters. */
export const MAX_LINE = 1 << 20;

/** Optional fields of an answer. `id`, `turn`, `visits` and `left` are always there. */
const REPORTS = ['position', 'player', 'values', 'margins', 'lines'] as const;
export type Report = (typeof REPORTS)[number];

const id = z.string().min(1).max(200);
const schema = z.strictObject({
  id,
  position: z.string().optional(),
  moves: z.array(z.string()).optional(),
  record: z.string().optional(),
  game: z.int().min(1).optional(),
  turns: z.union([z.literal('all'), z.array(z.int().min(0)).min(1)]).optional(),
  visits: z.int().min(1).max(MAX_SIMULATIONS).default(400),
  lines: z.int().min(1).max(500).default(5),
  seed: z.int().min(0).default(0),
  priority: z.int().min(-1_000_000).max(1_000_000).default(0),
  report: z.array(z.enum(REPORTS)).default(['player', 'values', 'margins', 'lines']),
});
const cancelSchema = z.strictObject({ id, cancel: id });

/** A position to be searched. `turn` is the number of deals and moves before it. */
export interface Turn {
  turn: number;
  position: Position;
}

/** A request for the analysis of some positions of one game. */
export interface AnalysisRequest {
  id: string;
  turns: Turn[];
  visits: number;
  lines: number;
  seed: number;
  priority: number;
  report: readonly Report[];
}

/** A request to drop the open searches of another request. */
export interface CancelRequest {
  id: string;
  cancel: string;
}

/** An invalid request. The message says why. `id` is the id in the line; null if it can't be read. */
export class RequestError extends Error {
  override name = 'RequestError';

  constructor(
    message: string,
    readonly id: string | null,
  ) {
    super(printable(message.replace(/\s+/g, ' ')));
  }
}

/** Parses the request in a line. Throws a RequestError if it is invalid. */
export function parseRequest(line: string): AnalysisRequest | CancelRequest {
  if (line.length > MAX_LINE) throw new RequestError(`the line is longer than ${MAX_LINE} characters`, null);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RequestError('the line is not JSON', null);
  }
  const owner = z.object({ id }).safeParse(value).data?.id ?? null;
  const isCancel = typeof value === 'object' && value !== null && Object.hasOwn(value, 'cancel');
  const parsed = (isCancel ? cancelSchema : schema).safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    throw new RequestError(`${where}${message}`.slice(0, 300), owner);
  }
  if ('cancel' in parsed.data) return parsed.data;
  try {
    return { ...parsed.data, turns: turnsOf(parsed.data) };
  } catch (error) {
    if (!(error instanceof NotationError || error instanceof RecordError)) throw error;
    throw new RequestError(error.message, owner);
  }
}

/** The positions to be searched: those of `turns`. Without `turns`, all of a record, or else the last one. */
function turnsOf({ position, moves = [], record, game = 1, turns }: z.infer<typeof schema>): Turn[] {
  if ((position === undefined) === (record === undefined)) {
    throw new RecordError('a request has either a position or a record');
  }
  const positions = record === undefined ? played(position!, moves) : recorded(record, game);
  if (turns === 'all' || (turns === undefined && record !== undefined)) {
    const due = positions.map((at, turn) => ({ turn, position: at })).filter((turn) => isDue(turn.position));
    return due.length > 0 ? due : fail('there is no position in which a move is due');
  }
  return [...new Set(turns ?? [positions.length - 1])].map((turn) => {
    const at = positions[turn] ?? fail(`turn ${turn} is not from 0 to ${positions.length - 1}`);
    if (!isDue(at))
      fail(
        `turn ${turn}: there is no move to find, ${at.state[PHASE] === OVER ? 'the game is over' : 'a deal is due'}`,
      );
    return { turn, position: at };
  });
}

function played(text: string, moves: readonly string[]): Position[] {
  const now = parseSetUp(text);
  const copy = () => ({ rules: now.rules, state: now.state.slice() });
  const positions = [copy()];
  for (const [i, move] of moves.entries()) {
    try {
      applyToken(now, move);
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      throw new NotationError(`moves.${i}: ${error.message}`);
    }
    positions.push(copy());
  }
  return positions;
}

function recorded(text: string, game: number): Position[] {
  const games = parseGames(text);
  return [...positionsOf(games[game - 1] ?? fail(`the record has ${games.length} games, and no game ${game}`))];
}

function isDue({ state }: Position): boolean {
  return state[PHASE] === PLAYING;
}

function fail(what: string): never {
  throw new RecordError(what);
}
