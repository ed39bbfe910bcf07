/** A run with listeners that add metrics, watch the network while it learns, and decide when the run ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConfig, Run, Trainer } from '../src/index.js';

const config = makeConfig('tiny', {
  iterations: 0,
  selfPlay: { gamesPerIteration: 32, parallelGames: 32 },
  validation: { fraction: 0.2 },
  evaluation: { every: 2, opponents: ['random'] },
  checkpoints: { every: 2 },
});
const folder = mkdtempSync(join(tmpdir(), 'azul-demo-'));
const run = Run.create(folder, config);
const trainer = await Trainer.create(run);

let steepest = 0;
trainer.on('step', (_, { gradientNorm }) => {
  steepest = Math.max(steepest, gradientNorm);
});
trainer.on('evaluated', ({ opponent, score }) => {
  console.log(`  against ${opponent}: ${(100 * score.mean).toFixed(1)} %`);
});
trainer.on('checkpoint', (iteration) => console.log(`  saved iteration ${iteration}`));
trainer.on('iteration', ({ iteration, validation, custom }) => {
  const { weights } = trainer.components.step;
  custom.weightNorm = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));
  custom.steepestStep = steepest;
  console.log(
    `iteration ${iteration}: ${validation ? `held-out loss ${validation.loss.toFixed(3)}` : 'no training yet'}`,
  );
  if (iteration === 6 || (validation && validation.loss < 3)) trainer.stop();
});

const end = await trainer.train();
const history = run.metrics.read();
console.log(`\n${end} after ${history.length} iterations. The last line of metrics.jsonl has these extra metrics:`);
for (const [name, value] of Object.entries(history.at(-1)!.custom))
  console.log(`  ${name.padEnd(14)} ${value.toFixed(3)}`);
run.close();
rmSync(folder, { recursive: true });
