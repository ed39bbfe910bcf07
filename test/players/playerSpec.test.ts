import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSpec, printSpec } from '../../src/players/playerSpec.js';

const path = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...`'",=:. /ab1`) }),
    fc.string({ unit: fc.constantFrom(...`'",=: a`) }).map((name) => `${name}.onnx`),
  )
  .filter((text) => text !== '' && !text.includes('\0'));

test('any path of a model or a run survives printing and parsing of its spec', () => {
  const options = fc.constantFrom(
    new Map(),
    new Map([['sims', '64']]),
    new Map(Object.entries({ sims: '0', deals: '4' })),
  );
  fc.assert(
    fc.property(fc.constantFrom('model', 'best', 'latest'), path, options, (kind, target, given) => {
      const parts = { kind, target, options: given };
      expect(parseSpec(printSpec(parts))).toEqual(parts);
    }),
    { numRuns: 2000 },
  );
});

test('other specs survive parsing and printing too', () => {
  for (const spec of [
    'random',
    'best',
    'latest,sims=3',
    'alphabeta,ms=20',
    `engine:node 'a, b.js' "c",sims=3`,
    'models/a.onnx,sims=2',
    'best:runs/quick',
  ]) {
    expect(printSpec(parseSpec(spec))).toBe(spec);
  }
  expect(parseSpec('alphabeta:ms=20')).toEqual(parseSpec('alphabeta,ms=20'));
});

test.each([
  [`latest:'runs/a, b',sims=3`, 'latest', 'runs/a, b'],
  [`"it's.onnx"`, 'model', "it's.onnx"],
  [`best:"x=1"`, 'best', 'x=1'],
  [`best:runs/'a,b'/c`, 'best', 'runs/a,b/c'],
  [`best:'a.onnx'`, 'best', 'a.onnx'],
  [`'best:a.onnx'`, 'model', 'best:a.onnx'],
])('%s', (spec, kind, target) => {
  expect(parseSpec(spec)).toMatchObject({ kind, target });
});

test.each([
  ["best:it's", "player best:it's: a quote in its path is not closed; put quotes of the other kind around it"],
  ['a\0b.onnx', 'player a\\0b.onnx: no file has the NUL character in its name; leave it out'],
])('%s is refused', (spec, message) => {
  expect(() => parseSpec(spec)).toThrow(message);
});
