/** Self-play: plays games as training data, and measures the speed. */
import { playSomeGames } from './someGames.js';

const games = 128;
const { config, components, replay, seconds, close } = await playSomeGames(games);
const { simulations, parallelGames, workers } = config.selfPlay;

console.log('Self-play data generation: the network plays itself\n');
console.log(`${games} games, ${parallelGames} side by side in ${workers} worker, ${simulations} simulations a move,`);
console.log(`took ${seconds.toFixed(1)} s with a new network of ${components.network.size} parameters:\n`);
const found = replay.statistics(1, 1);
const rate = (n: number) => Math.round(n / seconds);
console.log(`  games a second         ${rate(found.games)}`);
console.log(`  positions a second     ${rate(found.positions)}`);
console.log(`  simulations a second   ${rate(found.simulations)}`);
console.log(`  moves a game           ${found.meanPlies.toFixed(1)}`);
console.log(`  rounds a game          ${found.meanRounds.toFixed(1)}`);
console.log(`  points a player        ${found.meanScore.toFixed(1)}`);
console.log(`  won by the first seat  ${(100 * found.firstPlayerScore).toFixed(1)} %\n`);

let bytes = 0;
for (let game = 0; game < games; game++) bytes += replay.record(game, 0).length;
console.log(`The first position of a game takes ${Math.round(bytes / games)} bytes, including its policy target.`);
const faults = replay.check();
console.log(faults.length === 0 ? 'The buffer is whole: every position is there.' : faults.join('\n'));
await close();
