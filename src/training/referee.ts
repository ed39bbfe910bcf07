/** The worker thread's side of a match: see evaluation.ts. */
import type { MessagePort } from 'node:worker_threads';
import { type GameRecord, playMatch } from '../arena/match.js';
import { createPlayer, type PlayerDescription } from './players.js';

export interface RefereeTask {
  seats: number;
  contestants: PlayerDescription[];
  seed: number;
  /** Numbers of games that are not to be played. */
  skip?: ReadonlySet<number>;
  /** Ranges of pairs; referees take the one at index 0 of `shared` and count that up. */
  ranges: [number, number][];
  shared: Int32Array;
  /** Takes the games as they end, and null after the last. */
  port: MessagePort;
}

export default async function referee(task: RefereeTask): Promise<GameRecord[]> {
  const contestants = [];
  for (const player of task.contestants) contestants.push(await createPlayer(player, task.seats));
  const games: GameRecord[] = [];
  try {
    for (;;) {
      const range = task.ranges[Atomics.add(task.shared, 0, 1)];
      if (!range) return games;
      const [from, to] = range;
      const onGame = (game: GameRecord) => task.port.postMessage(game);
      games.push(...(await playMatch({ ...task, contestants, from, to, onGame })));
    }
  } finally {
    for (const player of contestants) await player.close?.();
    task.port.postMessage(null);
    task.port.close();
  }
}
