import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseGames, printGame } from '../../src/arena/record.js';
import { importGame } from '../../src/bga/importGame.js';
import { LEAST_STYLE, NAMES, WHOLE_GAME, writeLog } from '../bga/writeLog.js';
import { azul, expectFailure, folderForTests, shell } from './processes.js';

const folder = folderForTests();
const page = join(folder, 'replay of a game.html');
const { text, tokens } = writeLog(WHOLE_GAME, { ...LEAST_STYLE, form: 'page', takeBacks: 0.2 });
writeFileSync(page, text);

test('a saved page becomes a record, which can be replayed and analysed', async () => {
  const out = join(folder, 'my games.azul');
  const { status, stdout, stderr } = await azul(['import', page, '--out', out]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [game] = parseGames(readFileSync(out, 'utf8'));
  expect(game!.tokens).toEqual(tokens);
  const result = game!.scores.map((score, seat) => `${NAMES[seat]} ${score}`).join(', ');
  expect(stdout).toBe(`${out}: ${result}; azul analyse '${out}' reviews the game\n`);
  const replayed = await azul(['replay', out, '--moves']);
  expect(replayed.stdout).toContain('1 game: moves, scores and results follow the rules.');
  const analysed = await azul(['analyse', out, '--sims', '1', '--json']);
  expect(JSON.parse(analysed.stdout).moves).toHaveLength(tokens.filter((token) => !token.startsWith('=')).length);
});

test('without --out the record goes to standard output, and an existing file is left alone', async () => {
  expect((await azul(['import', page])).stdout).toBe(printGame(importGame(text)));
  const before = readFileSync(page, 'utf8');
  expectFailure(await azul(['import', page, '--out', page]), 2, /exists already; name another file with --out$/m);
  expect(readFileSync(page, 'utf8')).toBe(before);
});

test('an unfinished game is reported as unfinished', async () => {
  const file = join(folder, 'conceded.json');
  writeFileSync(file, writeLog(WHOLE_GAME, { ...LEAST_STYLE, concedesAfter: 12 }).text);
  const { stdout, stderr, status } = await azul(['import', file]);
  expect([status, stderr]).toEqual([0, `unfinished game: conceded by ${NAMES[1]}\n`]);
  expect(stdout).toMatch(/^tag end conceded by /m);
  expect(stdout).toMatch(/^result none$/m);
});

test('an import that fails is explained in one line', async () => {
  const damaged = join(folder, 'damaged.html');
  writeFileSync(damaged, text.slice(0, 5000));
  expectFailure(await azul(['import', damaged]), 1, /damaged\.html: its JSON is damaged or cut off; save it again/);
  expectFailure(
    await azul(['import', join(folder, 'none')]),
    1,
    /cannot read .*none: .*; name the saved page of a replay/,
  );
  expectFailure(await shell('"$AZUL" import /dev/zero'), 1, /\/dev\/zero: the text has more than \d+ characters/);
});
