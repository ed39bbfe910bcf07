import { expect, test } from 'vitest';
import {
  ACTIONS_PER_SOURCE,
  actionOf,
  colourOf,
  DESTINATIONS,
  destinationOf,
  sourceOf,
  withSource,
} from '../../src/game/action.js';
import { COLOURS } from '../../src/game/pile.js';
import { Rules } from '../../src/game/rules.js';

test.each([2, 3, 4])(
  'an action for %i players consists of its source, colour and destination, in this order',
  (players) => {
    const rules = Rules.for(players);
    let action = 0;
    for (let source = 0; source <= rules.factories; source++) {
      for (let colour = 0; colour < COLOURS; colour++) {
        for (let destination = 0; destination < DESTINATIONS; destination++, action++) {
          expect(actionOf(source, colour, destination)).toBe(action);
          expect([sourceOf(action), colourOf(action), destinationOf(action)]).toEqual([source, colour, destination]);
          expect(withSource(action, 0)).toBe(action - source * ACTIONS_PER_SOURCE);
          expect(withSource(withSource(action, 0), source)).toBe(action);
        }
      }
    }
    expect(action).toBe(rules.actions);
  },
);
