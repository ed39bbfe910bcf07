/** The start of the component demos: a small untrained network, and some games of its self-play. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTrainingComponents, makeConfig, ReplayBuffer } from '../src/index.js';

/** Plays a number of games into a replay buffer in a temporary folder. */
export async function playSomeGames(games: number) {
  const config = makeConfig('tiny', { selfPlay: { gamesPerIteration: games, parallelGames: 64 } });
  const folder = mkdtempSync(join(tmpdir(), 'azul-demo-'));
  const replay = new ReplayBuffer(join(folder, 'replay.db'), config.players);
  const components = await createTrainingComponents(config, replay);
  const started = performance.now();
  await components.playGames({ iteration: 1, onGame: (game) => replay.add([game]) });
  const seconds = (performance.now() - started) / 1000;
  return {
    config,
    folder,
    replay,
    components,
    sampler: components.sampler,
    seconds,
    /** Ends the worker threads and removes the folder. */
    async close() {
      await components.close();
      replay.close();
      rmSync(folder, { recursive: true });
    },
  };
}
