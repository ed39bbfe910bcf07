/** Finds the log of a game in a saved replay: the page, its JSON, or the export of a tool. */
import { printable } from '../game/tileNotation.js';

/** An object or array of JSON, by the names of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** One event of a game. */
export interface Notification {
  type: string;
  args: Fields;
}

/** The public events of a game in their order, with names, table and time. */
export interface GameLog {
  notifications: Notification[];
  /** Names by the players' ids. */
  names: Map<string, string>;
  /** The number of the table, as text. */
  table?: string;
  /** Seconds since 1970 at the first event. */
  time?: number;
}

/** A text without a game that can be imported. The message says why, and where in the game. */
export class ImportError extends Error {
  override name = 'ImportError';
}

/** Max length of a text, in characters. A long game with four players has less than a million. */
export const MAX_LENGTH = 16 * 2 ** 20;
/** Max levels of nested JSON. A log has 12. */
const MAX_DEPTH = 100;
/** Max length of a player's name, in characters. */
const MAX_NAME = 60;

/** Whether a text is for `readLog`: whether it begins like a page or JSON. No record or position begins like that. */
export function isLog(text: string): boolean {
  return /^\s*[<[{]/.test(text);
}

/** Reads the log from a page, from JSON or from an export. Throws an ImportError if there is none. */
export function readLog(text: string): GameLog {
  if (text.length > MAX_LENGTH) {
    throw new ImportError(`the text has more than ${MAX_LENGTH} characters; a replay of one game has far less`);
  }
  const found = rootsOf(text.trimStart());
  for (const root of found) {
    const packets = packetsIn(root);
    if (packets) return logOf(packets, root);
  }
  throw new ImportError(
    found.length > 0
      ? 'it holds no log of a game; open the replay on Board Game Arena and save that page'
      : 'it is no replay of Board Game Arena: it is neither JSON nor a page with g_gamelogs; save the page of the replay',
  );
}

// ---- JSON

/** The JSON values of a text: the whole text if it is JSON, or else the values that its scripts assign to `g_gamelogs`. */
function rootsOf(text: string): unknown[] {
  if (/^[[{]/.test(text)) {
    endOfJson(text, 0);
    return [parse(text)];
  }
  const roots: unknown[] = [];
  const assignment = /g_gamelogs\s*=\s*(?=[[{])/g;
  while (assignment.exec(text)) {
    const from = assignment.lastIndex;
    assignment.lastIndex = endOfJson(text, from);
    roots.push(parse(text.slice(from, assignment.lastIndex)));
  }
  return roots;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ImportError('its JSON is damaged or cut off; save it again');
  }
}

/** The index after the array or object that begins at `from`, or the length of the text if it is not closed. */
function endOfJson(text: string, from: number): number {
  let depth = 0;
  let isString = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (isString) {
      if (character === '\\') i++;
      else if (character === '"') isString = false;
    } else if (character === '"') {
      isString = true;
    } else if (character === '{' || character === '[') {
      if (++depth > MAX_DEPTH) throw new ImportError(`its JSON is nested more than ${MAX_DEPTH} levels deep`);
    } else if ((character === '}' || character === ']') && --depth === 0) {
      return i + 1;
    }
  }
  return text.length;
}

/** The fields of an object or an array; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The items of an array, or of an object with the keys 0, 1, 2, … that stands for one; undefined for anything else. */
export function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const entries = Object.entries(fieldsOf(value));
  return entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([, item]) => item)
    : undefined;
}

/** A whole number from a number or a text; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** An id as text, from a number or a text; empty for anything else. */
export function idOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, MAX_NAME) : '';
}

// ---- packets

/** The list of packets in a value, at most three levels deep: `{ packets }`, `{ data: { logs } }`, `{ data: { data } }`. */
function packetsIn(value: unknown, levels = 3): Fields[] | undefined {
  const packets = listOf(value)
    ?.map(fieldsOf)
    .filter(({ data }) => listOf(data));
  if (packets && packets.length > 0) return packets;
  if (levels === 0) return undefined;
  const { packets: inner, logs, data } = fieldsOf(value);
  return packetsIn(inner, levels - 1) ?? packetsIn(logs, levels - 1) ?? packetsIn(data, levels - 1);
}

/** The log in the public packets. Packets of private channels only repeat or prepare the same events. */
function logOf(packets: Fields[], root: unknown): GameLog {
  const shared = packets.filter(({ channel }) => !idOf(channel).startsWith('/player'));
  const notifications = shared.flatMap(({ data }) =>
    listOf(data)!.map((notification) => {
      const { type, args } = fieldsOf(notification);
      return { type: idOf(type), args: fieldsOf(args) };
    }),
  );
  const { table_id: table, channel, time } = shared[0] ?? {};
  const [number] = /\d+$/.exec(idOf(table) || idOf(channel)) ?? [];
  return {
    notifications,
    names: namesIn(root, notifications),
    ...(number === undefined ? {} : { table: number }),
    ...(wholeNumber(time) === undefined ? {} : { time: wholeNumber(time)! }),
  };
}

function namesIn(root: unknown, notifications: readonly Notification[]): Map<string, string> {
  const names = new Map<string, string>();
  const add = (id: unknown, name: unknown) => {
    const text = typeof name === 'string' ? shortName(name) : '';
    if (idOf(id) !== '' && text !== '' && !names.has(idOf(id))) names.set(idOf(id), text);
  };
  const { players, data } = fieldsOf(root);
  for (const [key, player] of Object.entries(fieldsOf(players ?? fieldsOf(data).players))) {
    const { id = key, name, player_name: alias } = fieldsOf(player);
    add(id, name ?? alias);
  }
  for (const { args } of notifications) add(playerOf(args), args.player_name);
  return names;
}

/** The player's id in the arguments of a notification; empty if there is none. */
export function playerOf({ playerId, player_id: older }: Fields): string {
  return idOf(playerId ?? older);
}

/** A name on one line, cut to MAX_NAME characters. */
function shortName(name: string): string {
  const characters = [
    ...printable(
      name
        .slice(0, 4 * MAX_NAME)
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  ];
  return characters.slice(0, MAX_NAME).join('').trim();
}
