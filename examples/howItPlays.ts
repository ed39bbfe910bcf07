/**
 * Statistics of the games in a record: openings, floor lines, bonuses, and the advantage of the first seat.
 * Arguments: the record, and an SVG file for a picture of the walls. docs/how-it-plays.md has those of the shipped model:
 *
 *     npx azul evaluate models/azul-2p.onnx,sims=200 models/azul-2p.onnx,sims=201 --pairs 400 --out games
 *     node dist/examples/howItPlays.js games/games.azul docs/images/walls.svg
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type PlayerView, parseGames, positionsOf, type RecordedGame, viewOf } from '../src/index.js';

const FLOOR_COSTS = [1, 1, 2, 2, 2, 3, 3];
const COLOURS = 'BYRKW';
const PAINT = ['#3c6fb4', '#e2a93b', '#c8493a', '#33383e', '#58b0a4'];

/** Occupied spaces of a floor line. */
const spacesTaken = ({ floor, marker }: PlayerView) => floor.length + Number(marker);

const colourAt = (row: number, column: number) => (column - row + 5) % 5;

/** Numbers of full rows, columns and colours of a wall. */
function bonuses(wall: boolean[][]): [rows: number, columns: number, colours: number] {
  const five = [0, 1, 2, 3, 4];
  const filled = (row: number, column: number) => wall[row]![column]!;
  return [
    five.filter((row) => five.every((column) => filled(row, column))).length,
    five.filter((column) => five.every((row) => filled(row, column))).length,
    five.filter((colour) => five.every((row) => filled(row, (colour + row) % 5))).length,
  ];
}

/** A mean with half the width of its 95 % interval. */
class Mean {
  private n = 0;
  private sum = 0;
  private squares = 0;

  add(value: number): void {
    this.n++;
    this.sum += value;
    this.squares += value * value;
  }

  print(digits = 2, scale = 1): string {
    const mean = this.sum / this.n;
    const error = Math.sqrt((this.squares / this.n - mean * mean) / (this.n - 1));
    return `${(scale * mean).toFixed(digits)} ± ${(scale * 1.96 * error).toFixed(digits)}`;
  }
}

/** Means by name, in the order of their first use. */
class Means extends Map<string, Mean> {
  note(name: string, value: number): void {
    if (!this.has(name)) this.set(name, new Mean());
    this.get(name)!.add(value);
  }
}

const means = new Means();
const percents = new Means();
const filled = Array.from({ length: 25 }, () => 0);
let walls = 0;

function study({ start, tokens, ranks, scores }: RecordedGame): void {
  const views = [...positionsOf({ start, tokens })].map(viewOf);
  let round = 0;
  let opening = true;
  tokens.forEach((token, i) => {
    if (token.startsWith('=')) {
      round++;
      return;
    }
    const { turn, players } = views[i]!;
    const before = spacesTaken(players[turn]!);
    // Scoring follows the last move of a round at once, so the floor line never shows what that move drops.
    const after = spacesTaken(views[i + 1]!.players[turn]!);
    percents.note(`moves straight to the floor line, round ${Math.min(round, 6)}`, Number(token[2] === 'f'));
    if (after >= before) percents.note('moves that drop a tile or take the marker', Number(after > before));
    if (opening) {
      for (const line of '12345f') percents.note(`first move of the game to line ${line}`, Number(token[2] === line));
      opening = false;
    }
    // The cost of the floor lines before the last move of a round.
    const ends = i + 1 === tokens.length || tokens[i + 1]!.startsWith('=');
    if (ends) {
      for (const player of players) {
        const cost = FLOOR_COSTS.slice(0, spacesTaken(player)).reduce((a, b) => a + b, 0);
        means.note(`points lost to the floor line, round ${Math.min(round, 6)}`, cost);
      }
    }
  });
  for (const { wall } of views.at(-1)!.players) {
    const [rows, columns, colours] = bonuses(wall);
    means.note('full rows of a player', rows);
    means.note('full columns of a player', columns);
    means.note('full colours of a player', colours);
    walls++;
    wall.flat().forEach((tile, i) => {
      if (tile) filled[i]!++;
    });
  }
  means.note('rounds', round);
  means.note('moves', tokens.length - round);
  for (const score of scores) means.note('points of a player', score);
  means.note('points between first and second', Math.abs(scores[0]! - scores[1]!));
  const firstWins = ranks[0] === 1 ? (ranks[1] === 1 ? 0.5 : 1) : 0;
  percents.note('score of who begins', firstWins);
  means.note('points ahead of who begins', scores[0]! - scores[1]!);
}

/** Draws a wall, with the fraction of games in which each cell was filled at the end. */
function drawWalls(): string {
  const cell = 64;
  const cells = filled.map((count, i) => {
    const [row, column] = [Math.floor(i / 5), i % 5];
    const fraction = count / walls;
    const [x, y] = [8 + column * cell, 8 + row * cell];
    const label = `${COLOURS[colourAt(row, column)]} ${Math.round(100 * fraction)} %`;
    return (
      `<rect x="${x + 2}" y="${y + 2}" width="${cell - 4}" height="${cell - 4}" rx="6" ` +
      `fill="${PAINT[colourAt(row, column)]}" fill-opacity="${(0.1 + 0.9 * fraction).toFixed(2)}"/>` +
      `<text x="${x + cell / 2}" y="${y + cell / 2 + 5}" text-anchor="middle" fill="#fff" stroke="#222" ` +
      `stroke-width="2.5" paint-order="stroke">${label}</text>`
    );
  });
  const size = 16 + 5 * cell;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" font-family="sans-serif" font-size="14">` +
    `<rect width="${size}" height="${size}" fill="#f4efe6"/>${cells.join('')}</svg>\n`
  );
}

/** The two-player games of a record. The program ends with an error if there are none. */
function gamesOf(file: string): RecordedGame[] {
  try {
    const games = parseGames(readFileSync(file, 'utf8')).filter(({ start }) => start.rules.players === 2);
    if (games.length === 0) throw new Error('it holds no game of two players');
    return games;
  } catch (error) {
    console.error(`howItPlays: ${file}: ${(error as Error).message}`);
    process.exit(1);
  }
}

const [record, picture] = process.argv.slice(2);
if (record === undefined) {
  console.error('howItPlays: name a record, such as the games.azul of azul evaluate --out');
  process.exit(2);
}
const games = gamesOf(record);
for (const game of games) study(game);
console.log(`${games.length} games of two players\n\n| | mean, 95 % |\n| --- | --- |`);
for (const [name, mean] of [...means].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`| ${name} | ${mean.print()} |`);
for (const [name, mean] of [...percents].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`| ${name} | ${mean.print(1, 100)} % |`);
if (picture !== undefined) writeFileSync(picture, drawWalls());
