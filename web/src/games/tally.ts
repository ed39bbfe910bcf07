/** Results of finished games against each level. */
import { LEVELS } from '../../../src/arena/levels.js';
import { placesOf } from '../../../src/arena/match.js';
import { type Game, isOver, PERSON, positionAfter } from '../play/game.js';

export interface Tally {
  /** Name of the level. */
  level: string;
  won: number;
  tied: number;
  lost: number;
}

/** One tally for each level that was met, the weakest first. A game with one person counts against each opponent. */
export function talliesOf(games: readonly Game[]): Tally[] {
  const tallies = new Map(LEVELS.map(({ id, name }) => [id, { level: name, won: 0, tied: 0, lost: 0 }]));
  for (const game of games) {
    const { rules, state } = positionAfter(game);
    if (game.seats.filter((seat) => seat === PERSON).length !== 1 || !isOver({ rules, state })) continue;
    const { ranks } = placesOf(rules, state);
    const own = ranks[game.seats.indexOf(PERSON)]!;
    game.seats.forEach((seat, i) => {
      const tally = tallies.get(seat);
      if (tally) tally[ranks[i]! > own ? 'won' : ranks[i]! < own ? 'lost' : 'tied']++;
    });
  }
  return [...tallies.values()].filter(({ won, tied, lost }) => won + tied + lost > 0);
}
