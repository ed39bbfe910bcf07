/** `azul play`: a user at the terminal against a model. */
import { randomInt } from 'node:crypto';
import { LEVELS } from '../arena/levels.js';
import { startPosition } from '../game/notation.js';
import { Random } from '../game/random.js';
import { shippedModel } from '../network/shippedModels.js';
import { UsageError } from '../usageError.js';
import { type NamedModel, openThinker } from './openThinker.js';
import { openLines } from './terminal/prompt.js';
import { TerminalGame } from './terminal/terminalGame.js';

export interface PlayOptions extends Omit<NamedModel, 'model'> {
  players: number;
  /** The user's seat, counted from 1; 0: a random seat. */
  seat: number;
  /** A name in `LEVELS`. */
  level: string;
  /** Simulations per move of the model, instead of a level. */
  sims?: number;
  /** Seed of the deals and the random seat; random by default. */
  seed?: number;
}

/** Random stream of the seat, apart from that of the deals. */
const SEAT = 1;

/** Plays one game against a model: a file, `best`, `latest` or the shipped model. */
export async function play(model: string | undefined, options: PlayOptions): Promise<void> {
  const { players, seat, sims, seed = randomInt(2 ** 31) } = options;
  const named = LEVELS.find(({ id }) => id === options.level)!;
  const level =
    sims === undefined ? named : { id: 'sims', name: `${sims} simulations a move`, simulations: sims, temperature: 0 };
  if (seat > players) {
    throw new UsageError(
      `--seat ${seat}: choose a seat from 1 to ${players}, or 0 for a random one; --players adds seats`,
    );
  }
  const thinker = openThinker({ ...options, model }, players);
  await thinker.ready();
  const person = seat > 0 ? seat - 1 : new Random(seed, SEAT).int(players);
  const opponent = model ?? (shippedModel(players) ? 'the shipped model' : 'rollouts, as no model is shipped');
  console.log(`You have seat ${person + 1} of ${players}, against ${opponent}: ${level.name.toLowerCase()}.`);
  console.log(`--seed ${seed} gives these deals again. Type help to see the commands.`);
  const lines = openLines();
  try {
    const game = new TerminalGame(startPosition(players), person, thinker, { level, seed });
    await game.play((question) => lines.ask(question));
  } finally {
    lines.close();
  }
}
