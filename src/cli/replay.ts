/** `azul replay`: checks all games of a record, then shows them. */
import { REASON, type RecordedGame, reasonOf, rounds } from '../arena/record.js';
import { describeMove } from '../game/description.js';
import { applyToken, parseMove } from '../game/notation.js';
import { PHASE, PLAYING, ROUND, TURN } from '../game/state.js';
import { readRecord } from './recordFile.js';
import { drawPosition } from './terminal/board.js';

export interface ReplayOptions {
  /** Prints one line per round instead of the table after each move. */
  moves: boolean;
  /** The only game to show, counted from 1. */
  game?: number;
}

export function replay(file: string, { moves, game }: ReplayOptions): void {
  const { games, chosen } = readRecord(file, game);
  for (const number of chosen) {
    const shown = games[number - 1]!;
    console.log(`${title(shown, number)}\n`);
    console.log(moves ? listRounds(shown) : drawGame(shown));
    console.log(`\n${resultOf(shown)}\n`);
  }
  console.log(
    `${games.length === 1 ? '1 game' : `${games.length} games`}: moves, scores and results follow the rules.`,
  );
}

/** Title of a game, with its players and tags: `game 2: greedy – random (pair 1, seed 7)`. */
export function title({ seats, tags, forfeit }: RecordedGame, number: number): string {
  const details = [...tags]
    .filter(([name]) => name !== REASON || forfeit === undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return `game ${number}: ${seats.join(' – ')}${details && ` (${details})`}`;
}

function listRounds(game: RecordedGame): string {
  const position = { rules: game.start.rules, state: game.start.state.slice() };
  const lines = rounds(game.tokens).map((tokens) => {
    for (const token of tokens) applyToken(position, token);
    const { rules, state } = position;
    const scores = game.seats.map((_, seat) => rules.score(state, 0, seat)).join(' ');
    return `${state[ROUND]}. ${tokens.join(' ')}  ${state[PHASE] === PLAYING ? '' : `(${scores})`}`.trimEnd();
  });
  return lines.join('\n');
}

function drawGame(game: RecordedGame): string {
  const position = { rules: game.start.rules, state: game.start.state.slice() };
  const { rules, state } = position;
  const parts = [];
  let ply = 0;
  if (state[PHASE] === PLAYING) parts.push(drawPosition(position, game.seats));
  for (const token of game.tokens) {
    if (token.startsWith('=')) {
      applyToken(position, token);
      parts.push(`The deal is ${token}`);
    } else {
      const mover = game.seats[state[TURN]!];
      parts.push(`ply ${++ply}: ${mover} plays ${describeMove(position, parseMove(rules, token))}`);
      applyToken(position, token);
    }
    parts.push(drawPosition(position, game.seats));
  }
  return parts.join('\n\n');
}

function resultOf(game: RecordedGame): string {
  const scores = game.seats.map((name, seat) => `${name} ${game.scores[seat]}`).join(', ');
  if (!game.finished) return `Unfinished: ${scores}`;
  const winners = game.seats.filter((_, seat) => game.ranks[seat] === 1).join(' and ');
  const reason = reasonOf(game);
  const because = reason === undefined ? '' : ` (it ${reason})`;
  const why = game.forfeit === undefined ? '' : `, as ${game.seats[game.forfeit]} forfeits${because}`;
  return `Won by ${winners}${why}: ${scores}`;
}
