/**
 * Strength over time: plays checkpoints of several runs against one opponent and draws a curve for each run. The picture of
 * docs/experiments/13-… has three runs that kept all their checkpoints:
 *
 *     npx azul train --run runs/2 --set seed=2 --set evaluation.every=0 --set checkpoints.every=20 --set checkpoints.keep=1000
 *     node dist/examples/learningCurve.js docs/images/curve.svg runs/2 runs/3 runs/4
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import {
  CheckpointManager,
  type Estimate,
  evaluateAgainst,
  type IterationMetrics,
  MetricsLog,
  printSpec,
  Run,
  threadExecutor,
} from '../src/index.js';

const MINUTES = [1, 2, 5, 10, 15, 30, 60];
const SIMULATIONS = 200;
const SIMS = new Map([['sims', String(SIMULATIONS)]]);
/** Limited by positions, not by time, so that it plays the same on every machine. */
const OPPONENT = 'alphabeta:nodes=20000';
const PAIRS = 100;
/** Ends of the axis of strength, in Elo relative to the opponent. */
const [WEAKEST, STRONGEST] = [-200, 600];
const PAINT = ['#3c6fb4', '#c8493a', '#2f8f6b', '#a9761f', '#7a4fa3'];

interface Point {
  minutes: number;
  /** Relative to the opponent, with its 95 % interval. */
  elo: Estimate;
}

/** For each of the minutes, the checkpoint nearest to it and its time. */
function checkpointsOf(folder: string): { minutes: number; iteration: number; model: string }[] {
  const { keep } = Run.readConfig(folder).checkpoints;
  const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), keep);
  const kept = new Set(checkpoints.iterations());
  const times = new MetricsLog(join(folder, 'metrics.jsonl'))
    .read(console.error)
    .filter(({ iteration }) => kept.has(iteration));
  if (times.length === 0) throw new Error(`${folder} has no checkpoints`);
  const found = MINUTES.flatMap((minutes) => {
    const distance = ({ elapsed }: IterationMetrics) => Math.abs(elapsed - 60 * minutes);
    return [...times].sort((a, b) => distance(a) - distance(b)).slice(0, 1);
  });
  return [...new Set(found)].map(({ iteration, elapsed }) => ({
    minutes: elapsed / 60,
    iteration,
    model: checkpoints.modelPath(iteration),
  }));
}

/** Draws the Elo of the runs over minutes, on a logarithmic axis of time. */
function draw(curves: Map<string, Point[]>): string {
  const [left, top, width, height] = [56, 16, 560, 320];
  const [first, last] = [MINUTES[0]! * 0.8, MINUTES.at(-1)! * 1.1];
  const x = (minutes: number) => (left + (width * Math.log(minutes / first)) / Math.log(last / first)).toFixed(1);
  const y = (elo: number) => {
    const fraction = (Math.min(STRONGEST, Math.max(WEAKEST, elo)) - WEAKEST) / (STRONGEST - WEAKEST);
    return (top + height * (1 - fraction)).toFixed(1);
  };
  const parts: string[] = [];
  for (let elo = WEAKEST; elo <= STRONGEST; elo += 100) {
    parts.push(`<path d="M${left} ${y(elo)}h${width}" stroke="#ddd"/>`);
    parts.push(`<text x="${left - 8}" y="${y(elo)}" dy="5" text-anchor="end">${elo}</text>`);
  }
  for (const minutes of MINUTES) {
    parts.push(`<text x="${x(minutes)}" y="${top + height + 20}" text-anchor="middle">${minutes}</text>`);
  }
  const foot = `minutes from nothing; Elo at ${SIMULATIONS} simulations a move, relative to ${OPPONENT}`;
  parts.push(`<text x="${left + width / 2}" y="${top + height + 44}" text-anchor="middle">${foot}</text>`);
  [...curves].forEach(([name, points], i) => {
    const paint = PAINT[i % PAINT.length];
    // Shifted, so that intervals don't cover each other.
    const at = ({ minutes }: Point) => Number(x(minutes)) + 3 * (i - (curves.size - 1) / 2);
    const line = points.map((point) => `${at(point).toFixed(1)},${y(point.elo.mean)}`).join(' ');
    parts.push(`<polyline points="${line}" fill="none" stroke="${paint}" stroke-width="2"/>`);
    for (const point of points) {
      const [low, high] = [y(point.elo.low), y(point.elo.high)];
      parts.push(`<path d="M${at(point).toFixed(1)} ${low}V${high}" stroke="${paint}" stroke-opacity="0.5"/>`);
      parts.push(`<circle cx="${at(point).toFixed(1)}" cy="${y(point.elo.mean)}" r="3.5" fill="${paint}"/>`);
    }
    const label = top + height - 20 * (curves.size - i);
    parts.push(`<text x="${left + width - 8}" y="${label}" text-anchor="end" fill="${paint}">${name}</text>`);
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="14" fill="#333">` +
    `<rect width="640" height="400" fill="#fff"/>${parts.join('')}</svg>\n`
  );
}

async function drawRuns(picture: string, folders: readonly string[]): Promise<void> {
  const runs = folders.map((folder) => ({
    name: basename(folder),
    seats: Run.readConfig(folder).players,
    checkpoints: checkpointsOf(folder),
  }));
  const curves = new Map<string, Point[]>();
  // Written before the matches, so that a bad path fails at once, and after each run, so that no result is lost.
  writeFileSync(picture, draw(curves));
  const executor = threadExecutor(availableParallelism());
  try {
    console.log('| run | minutes | iteration | score | Elo |\n| --- | --- | --- | --- | --- |');
    for (const { name, seats, checkpoints } of runs) {
      const points: Point[] = [];
      for (const { minutes, iteration, model } of checkpoints) {
        const player = printSpec({ kind: 'model', target: model, options: SIMS });
        const match = { seats, pairs: PAIRS, seed: 1 };
        const { score, elo } = await evaluateAgainst(executor, player, OPPONENT, match);
        points.push({ minutes, elo });
        const [mean, low, high] = [score.mean, score.low, score.high].map((fraction) => (100 * fraction).toFixed(1));
        const cells = [name, minutes.toFixed(1), iteration, `${mean} % (${low}–${high} %)`, elo.mean.toFixed(0)];
        console.log(`| ${cells.join(' | ')} |`);
      }
      curves.set(name, points);
      writeFileSync(picture, draw(curves));
    }
  } finally {
    await executor.close();
  }
}

const [picture, ...folders] = process.argv.slice(2);
if (picture === undefined || folders.length === 0) {
  console.error('learningCurve: name the picture to draw and the folders of runs that kept their checkpoints');
  process.exit(2);
}
await drawRuns(picture, folders).catch((error: Error) => {
  console.error(`learningCurve: ${error.message}`);
  process.exit(1);
});
