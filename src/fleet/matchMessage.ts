/** The message with which a worker hands in a game of a match. It is JSON. The learner replays the game under the rules. */
import { z } from 'zod';
import { type GameRecord, placesOf, seating } from '../arena/match.js';
import { applyToken, printDeal, startPosition } from '../game/notation.js';
import { Random } from '../game/random.js';
import { ROUND } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { CHANCE, TERMINAL } from '../mcts/game.js';
import { GameMessageError } from './gameMessage.js';

/** What a requested game must agree with. */
export interface MatchRules {
  seats: number;
  seed: number;
  /** Number of contestants. */
  contestants: number;
}

const whole = z.int().min(0);
const bySeat = z.array(z.int()).max(4);
const gameRecord = z.strictObject({
  pair: whole,
  rotation: whole.max(3),
  seats: bySeat,
  scores: bySeat,
  ranks: bySeat,
  plies: whole,
  tokens: z.array(z.string().max(64)).max(2000),
});
const message = z.strictObject({ key: z.string().max(32), game: gameRecord });

export function encodeMatchGame(key: string, game: GameRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ key, game }));
}

/** The key of work in a message; undefined if it is not a message with a game. */
export function matchKeyOf(bytes: Uint8Array): string | undefined {
  return parse(bytes)?.key;
}

/** The number of a game in its match. */
export function matchNumber({ pair, rotation }: GameRecord, seats: number): number {
  return pair * seats + rotation;
}

/** Decodes the game in a message and replays it under the rules. Throws a GameMessageError that says what is wrong. */
export function decodeMatchGame(bytes: Uint8Array, { seats, seed, contestants }: MatchRules): GameRecord {
  const game = parse(bytes)?.game;
  if (!game || game.rotation >= seats) throw new GameMessageError('it is no game of the match');
  const azul = new AzulGame(seats);
  const position = startPosition(seats);
  const { rules, state } = position;
  const deals = new Random(0);
  let plies = 0;
  for (const token of game.tokens) {
    if (azul.kind(state, 0) === TERMINAL) throw new GameMessageError('it goes on after its end');
    if (azul.kind(state, 0) === CHANCE) {
      deals.reseed(seed, game.pair, state[ROUND]!);
      rules.deal(state, 0, deals);
      if (printDeal(rules, state) !== token) throw new GameMessageError('a deal is not that of its seed');
      continue;
    }
    plies++;
    try {
      applyToken(position, token);
    } catch {
      throw new GameMessageError('a move is not legal');
    }
  }
  if (azul.kind(state, 0) !== TERMINAL) throw new GameMessageError('it has no end');
  const { tokens, pair, rotation } = game;
  return { pair, rotation, seats: seating(seats, contestants, rotation), ...placesOf(rules, state), plies, tokens };
}

function parse(bytes: Uint8Array): z.infer<typeof message> | undefined {
  try {
    return message.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
