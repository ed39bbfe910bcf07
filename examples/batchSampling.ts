/** Batch sampling: games of self-play become batches of positions to learn from. */
import { printMove, Rules } from '../src/index.js';
import { playSomeGames } from './someGames.js';

const { config, components, sampler, replay, close } = await playSomeGames(64);
const { network } = components;

console.log('Batch sampling: positions of the newest games, all equally likely\n');
console.log(`The buffer holds ${replay.positions} positions of ${replay.totals(1).games} games.`);
console.log(`Before the window is set, sampleBatch() gives ${sampler.sampleBatch()}.`);
sampler.moveWindow(1, 2000);
console.log(`With a window of at most 2000 positions, here ${sampler.positions}, a batch has:\n`);

const batch = sampler.sampleBatch()!;
const { size, inputs, policy, mask, hasPolicy, outcome, margin } = batch;
const arrays = { inputs, policy, mask, hasPolicy, outcome, margin };
for (const [name, array] of Object.entries(arrays)) {
  console.log(`  ${name.padEnd(10)} [${size}, ${array.length / size}]`);
}

const row = hasPolicy.indexOf(1);
const targets = [...policy.subarray(row * network.actions, (row + 1) * network.actions)]
  .map((probability, action) => ({ probability, move: printMove(Rules.for(config.players), action) }))
  .filter(({ probability }) => probability > 0)
  .sort((a, b) => b.probability - a.probability);
const legal = mask.subarray(row * network.actions, (row + 1) * network.actions).filter((m) => m === 0).length;
console.log(`\nIn row ${row}, ${legal} moves are legal (equal factories count once). The search prefers:`);
for (const { move, probability } of targets.slice(0, 3)) console.log(`  ${move}  ${(100 * probability).toFixed(1)} %`);
console.log(
  `The value target of the player to move, a blend of the result and the search's value: ${outcome[row * config.players]!.toFixed(2)}\n`,
);

for (const positions of [1000, 2000, 100_000]) {
  sampler.moveWindow(1, positions);
  const batches = 200;
  const started = performance.now();
  for (let i = 0; i < batches; i++) sampler.sampleBatch();
  const milliseconds = (performance.now() - started) / batches;
  console.log(`A batch from ${sampler.positions} positions takes ${milliseconds.toFixed(2)} ms.`);
}
await close();
