import { describe, expect, it } from 'vitest';
import { GreedyPlayer, HeuristicPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import type { Player } from '../../src/arena/player.js';
import { compare } from '../../src/arena/statistics.js';
import { parsePosition, printMove } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';

const EMPTY = '0;-,-,-,-,-;...../...../...../...../.....;-';

/** The number of times that a player chooses each move in 200 tries. */
async function choices(player: Player, text: string): Promise<Record<string, number>> {
  const { rules, state } = parsePosition(text);
  const actions = await player.choose(new Array(200).fill(state), new Random(4));
  const counts: Record<string, number> = {};
  for (const action of actions) {
    const move = printMove(rules, action);
    counts[move] = (counts[move] ?? 0) + 1;
  }
  return counts;
}

async function score(a: Player, b: Player, pairs: number): Promise<number> {
  return compare(await playMatch({ seats: 2, contestants: [a, b], seed: 1, from: 0, to: pairs })).score.mean;
}

describe('RandomPlayer', () => {
  it('plays every legal move about equally often', async () => {
    const counts = await choices(new RandomPlayer(), `B/-/-/-/- 1W ${EMPTY}|${EMPTY} 0 1 19,20,20,20,19 0,0,0,0,0`);
    expect(Object.keys(counts).sort()).toEqual(
      ['1', 'c'].flatMap((s) => [...'12345f'].map((d) => `${s}${s === '1' ? 'B' : 'W'}${d}`)),
    );
    for (const count of Object.values(counts)) expect(Math.abs(count - 200 / 12)).toBeLessThan(16);
  });
});

describe('GreedyPlayer', () => {
  it('takes the move with the maximum score now', async () => {
    // Yellow in line 1 touches blue and scores 2. Two tiles in line 2 touch only the blue tile of the wall.
    const board = EMPTY.replace('.....', 'B....');
    const text = `BKKW/RRKW/BYKW/-/- 1 ${board}|${EMPTY} 0 1 17,19,18,16,17 0,0,0,0,0`;
    expect(await choices(new GreedyPlayer(), text)).toEqual({ '3Y1': 200 });
  });

  it('counts the cost of the floor, with the marker', async () => {
    const text = `-/-/-/-/BRRR 1B ${EMPTY}|${EMPTY} 0 1 18,20,17,20,20 0,0,0,0,0`;
    // 5B1 and 5R3 gain a point each and fill their lines. The same tile from the centre costs a point for the marker.
    const counts = await choices(new GreedyPlayer(), text);
    expect(Object.keys(counts).sort()).toEqual(['5B1', '5R3']);
    expect(counts['5B1']).toBeGreaterThan(60);
    expect(counts['5R3']).toBeGreaterThan(60);
  });

  it('among equal gains wastes no tiles, then leaves the fewest spaces', async () => {
    // Only the fourth and the fifth line are open: three reds leave one space in the fourth, and two in the fifth.
    const board = '0;B1,B2,B3,-,-;...../...../...../...../.....;-';
    const text = `RRRK/-/-/-/- 1 ${board}|${EMPTY} 0 1 14,20,17,19,20 0,0,0,0,0`;
    expect(await choices(new GreedyPlayer(), text)).toEqual({ '1R4': 200 });
  });
});

describe('strength', () => {
  it('rises from random through greedy to heuristic', async () => {
    expect(await score(new GreedyPlayer(), new RandomPlayer(), 10)).toBe(1);
    expect(await score(new HeuristicPlayer(), new RandomPlayer(), 10)).toBe(1);
    expect(await score(new HeuristicPlayer(), new GreedyPlayer(), 100)).toBeGreaterThan(0.62);
  });
});
