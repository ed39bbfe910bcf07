import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted, shellWord, unquoted, words } from '../src/quoting.js';

/** Texts of all kinds, mostly of characters with a meaning in a shell or in a spec. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...`'"\`$\\!,=:~{}*?#&|;<>()[] -/\tab1ä`) }),
);

test('quoted text is restored by unquoting', () => {
  fc.assert(
    fc.property(text, (t) => {
      expect(unquoted(quoted(t))).toBe(t);
    }),
  );
});

test('a command made of quoted words has these words', () => {
  fc.assert(
    fc.property(fc.array(text), (all) => {
      expect(words(all.map(quoted).join(' '))).toEqual(all);
    }),
  );
});

test('bash reads a word for the shell unchanged', () => {
  const all = fc.sample(text, 2000).filter((t) => !t.includes('\0') && !t.startsWith('-'));
  const script = `printf '%s\\0' ${all.map(shellWord).join(' ')}`;
  const read = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(read.split('\0').slice(0, -1)).toEqual(all);
});

test('a word is quoted only where necessary, and never looks like an option', () => {
  expect(shellWord('latest:runs/läuft,sims=64')).toBe('latest:runs/läuft,sims=64');
  expect(shellWord('läuft 1')).toBe("'läuft 1'");
  expect(shellWord("it's")).toBe('"it\'s"');
  expect(shellWord('-v')).toBe('./-v');
});
