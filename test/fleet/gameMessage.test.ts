import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGame, encodeGame, GameMessageError, gameNumberOf, workKeyOf } from '../../src/fleet/gameMessage.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { playFake } from '../training/helpers.js';

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const SEED = 7;

async function messages(players: number) {
  const azul = new AzulGame(players);
  const games = await playFake([0, 5, 70_000], { players, seed: SEED, valueLambda: 0.9 });
  const rules = { azul, seed: SEED, iteration: 1, simulations: 4 };
  return games.map((game) => ({ game, azul, rules, bytes: encodeGame(azul, KEY, game) }));
}

describe.each([2, 3, 4])('a game of %i players', (players) => {
  test('is the same after it is encoded and decoded', async () => {
    for (const { game, rules, azul, bytes } of await messages(players)) {
      expect(decodeGame(bytes, rules)).toEqual(game);
      expect(decodeGame(Buffer.concat([Buffer.from('x'), bytes]).subarray(1), rules)).toEqual(game);
      expect(workKeyOf(bytes)).toEqual(KEY);
      expect(gameNumberOf(bytes)).toBe(game.number);
      expect(encodeGame(azul, KEY, decodeGame(bytes, rules))).toEqual(bytes);
      expect(bytes.length).toBeLessThan(game.records.reduce((sum, record) => sum + record.length, 0) / 2);
    }
  });

  test('is refused for another seed or iteration, or if it is cut', async () => {
    const { rules, bytes } = (await messages(players))[0]!;
    for (const other of [{ seed: 8 }, { iteration: 2 }, { simulations: 1 }]) {
      expect(() => decodeGame(bytes, { ...rules, ...other })).toThrow(GameMessageError);
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => decodeGame(bytes.subarray(0, length), rules)).toThrow(GameMessageError);
      }),
    );
    expect(() => decodeGame(new Uint8Array([...bytes, 0]), rules)).toThrow(GameMessageError);
  });
});

test('a changed message is refused, or is a game by the rules', async () => {
  const { rules, bytes, azul } = (await messages(2))[0]!;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = bytes.slice();
      changed[at]! ^= change;
      try {
        expect(encodeGame(azul, workKeyOf(changed)!, decodeGame(changed, rules))).toEqual(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(GameMessageError);
      }
    }),
    { numRuns: 1000 },
  );
});
