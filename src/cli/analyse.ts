/** `azul analyse`: searches a position, or every move of a recorded game. */
import { existsSync, readFileSync } from 'node:fs';
import { chanceName, judgeGame, wonFraction } from '../arena/gameAnalysis.js';
import type { Line, SearchReport, Thinker } from '../arena/thinker.js';
import { describeMove } from '../game/description.js';
import { type Position, printMove, printPosition } from '../game/notation.js';
import { parseSetUp } from '../game/setUp.js';
import { OVER, PHASE, PLAYING, TURN } from '../game/state.js';
import { quote } from '../game/tileNotation.js';
import { shippedModel } from '../network/shippedModels.js';
import { UsageError } from '../usageError.js';
import { gameText } from './analyseGame.js';
import { type NamedModel, openThinker } from './openThinker.js';
import { readRecord } from './recordFile.js';
import { drawPosition } from './terminal/board.js';
import { percent } from './terminal/format.js';
import { progressBar } from './terminal/progress.js';
import { formatTable } from './terminal/table.js';

/** Characters of a file's name that a message shows. */
const MAX_NAME = 100;

export interface AnalyseOptions extends NamedModel {
  /** Simulations per search. */
  sims: number;
  /** Number of moves to show. */
  lines: number;
  /** Game of the record, counted from 1. */
  game?: number;
  seed: number;
  json: boolean;
}

/** Analyses a subject: a position with or without moves, a file with a position, or a record of games. */
export async function analyse(subject: string, options: AnalyseOptions): Promise<void> {
  const file = existsSync(subject);
  if (!file && !/\s/.test(subject)) {
    const name = quote(subject, MAX_NAME).slice(1, -1);
    throw new Error(`cannot read ${name}: there is no such file; name a record, or give a position in quotes`);
  }
  const text = (file ? readText(subject) : subject).replace(/^\s*(#.*\n\s*)*/, '').trimEnd();
  if (file && /^game\s/.test(text)) await analyseGame(subject, options);
  else await analysePosition(parsePosition(text, file ? subject : undefined), options);
}

/** Parses a position. `file` names its file in the error message. */
function parsePosition(text: string, file?: string): Position {
  try {
    return parseSetUp(text.replace(/^position\s+/, ''));
  } catch (error) {
    if (file === undefined) throw error;
    throw new Error(`${file} holds neither a record nor a position: ${(error as Error).message}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}; name a record, or give a position in quotes`);
  }
}

async function analysePosition(position: Position, options: AnalyseOptions): Promise<void> {
  const { rules, state } = position;
  if (state[PHASE] === OVER) throw new Error('there is no move to find: the game is over');
  if (state[PHASE] !== PLAYING)
    throw new Error('there is no move to find: a deal is due; add one after the word moves');
  const thinker = await open(options, rules.players);
  const report = await thinker.search(position, { sims: options.sims }, { multipv: options.lines, seed: options.seed });
  console.log(options.json ? positionJson(position, report, options) : positionText(position, report, options));
}

function positionJson(
  position: Position,
  { sims, values, margins, lines }: SearchReport,
  options: AnalyseOptions,
): string {
  const { rules, state } = position;
  const moves = lines.map(({ action, pv, ...line }) => ({
    move: printMove(rules, action),
    ...line,
    pv: pv.map((next) => printMove(rules, next)),
  }));
  const head = { position: printPosition(position), turn: state[TURN], model: judge(options, rules.players) };
  return JSON.stringify({ ...head, sims, values, margins, lines: moves }, undefined, 1);
}

function positionText(position: Position, report: SearchReport, options: AnalyseOptions): string {
  const { rules, state } = position;
  const mover = state[TURN]!;
  const names = Array.from({ length: rules.players }, (_, seat) => `seat ${seat}`);
  const cells = ({ values, margins }: Pick<Line, 'values' | 'margins'>) => [
    percent(wonFraction(values[mover]!)),
    points(values[mover]!, 3),
    points(margins[mover]!, 1),
  ];
  const rows = report.lines.map((line) => [
    printMove(rules, line.action),
    ...cells(line),
    String(line.visits),
    line.pv.map((action) => printMove(rules, action)).join(' '),
  ]);
  const [now, result, ahead] = cells(report);
  return [
    drawPosition(position, names),
    '',
    `seat ${mover}: ${now} ${chanceName(rules.players)}, expected result ${result}, ${ahead} points ahead ` +
      `(${report.sims} simulations, ${judge(options, rules.players)})`,
    `best is ${describeMove(position, report.lines[0]!.action)}`,
    '',
    formatTable(['move', chanceName(rules.players), 'result', 'points ahead', 'visits', 'expected play'], rows),
  ].join('\n');
}

async function analyseGame(file: string, options: AnalyseOptions): Promise<void> {
  const { games, chosen } = readRecord(file, options.game);
  if (chosen.length > 1) throw new UsageError(`${file} holds ${games.length} games; choose one of them with --game`);
  const [number] = chosen as [number];
  const game = games[number - 1]!;
  const thinker = await open(options, game.seats.length);
  const bar = options.json ? undefined : progressBar('analysing', game.tokens.length + 1);
  const moves = await judgeGame(game, thinker, options, (done) => bar?.update(done));
  bar?.stop();
  const model = judge(options, game.seats.length);
  if (options.json) {
    const { seats, scores, ranks } = game;
    console.log(JSON.stringify({ game: number, seats, scores, ranks, model, sims: options.sims, moves }, undefined, 1));
    return;
  }
  console.log(gameText(game, moves, number, options.lines));
  console.log(`\n${options.sims} simulations a move, ${model}`);
}

async function open(named: NamedModel, players: number): Promise<Thinker> {
  const thinker = openThinker(named, players);
  await thinker.ready();
  return thinker;
}

/** Name of the model that judges a position for this number of players. */
function judge({ model }: AnalyseOptions, players: number): string {
  return model ?? (shippedModel(players) ? 'the shipped model' : 'rollouts');
}

function points(n: number, digits: number): string {
  const text = n.toFixed(digits);
  return n > 0 ? `+${text}` : text;
}
