/** Plays ranges of a match on a worker thread (matches.ts). */
import type { MessagePort } from 'node:worker_threads';
import { type GameRecord, playMatch } from '../arena/match.js';
import { createPlayer, type PlayerDescription } from './players.js';

/** Index in the array that all referees of a match share: the number of the next range. */
const NEXT = 0;
/** Index in the same array: nonzero if the match is to stop. */
export const STOP = 1;

export interface RefereeTask {
  seats: number;
  contestants: PlayerDescription[];
  seed: number;
  /** Numbers of games to skip. */
  skip?: ReadonlySet<number>;
  /** Ranges of pairs. A referee takes the range whose index is in `shared[NEXT]`, and increments that index. */
  ranges: [number, number][];
  shared: Int32Array;
  /** Receives the games as they end, and null after the last. */
  port: MessagePort;
}

export default async function referee(task: RefereeTask): Promise<GameRecord[]> {
  const contestants = [];
  for (const player of task.contestants) contestants.push(await createPlayer(player, task.seats));
  const games: GameRecord[] = [];
  const signal = {
    get aborted() {
      return Atomics.load(task.shared, STOP) !== 0;
    },
  };
  try {
    for (;;) {
      const range = task.ranges[Atomics.add(task.shared, NEXT, 1)];
      if (!range || signal.aborted) return games;
      const [from, to] = range;
      const onGame = (game: GameRecord) => task.port.postMessage(game);
      games.push(...(await playMatch({ ...task, contestants, from, to, onGame, signal })));
    }
  } finally {
    for (const player of contestants) await player.close?.();
    task.port.postMessage(null);
    task.port.close();
  }
}
