/** The commands in messages can be pasted into a shell as they are. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { azul, type Ended, folderForTests, SHORTEST, shell } from './processes.js';

const folder = folderForTests();
const run = join(folder, `it's 1, a=b`);
let trained: Ended;

beforeAll(async () => {
  trained = await azul(['train', ...SHORTEST, '--set=players=3', '--run', run]);
}, 60_000);

/** The commands in a message: from `azul` to the word that says what it does. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\bazul [a-z].*?(?= +(?:# )?(?:plays|measures|draws|continues|trains|shows|starts) )/g)].map(
    ([command]) => command,
  );
}

function paste(command: string): Promise<Ended> {
  return shell(`azul() { "$AZUL" "$@"; }; ${command}`, folder);
}

test('for a run of three players in a folder with spaces, commas and quotes', async () => {
  expect(trained.status).toBe(0);
  const [play, evaluate, report] = commandsIn(trained.stdout);
  expect((await paste(play!)).stdout).toContain(`You have seat 1 of 3, against best:`);
  expect(await paste(`${evaluate} --pairs 1`)).toMatchObject({ status: 0, stderr: '' });
  expect(await paste(report!)).toMatchObject({ status: 0, stderr: '' });
});

test('for a run that exists already', async () => {
  const { stderr } = await azul(['train', ...SHORTEST, '--run', run]);
  const [resume] = commandsIn(stderr);
  expect((await paste(resume!)).stdout).toContain(`${run}: 3 players`);
});

test('for a run that is named in place of a player', async () => {
  cpSync(run, join(folder, 'läuft 1'), { recursive: true });
  for (const named of ['läuft 1', `model:"${run}"`]) {
    const { stderr } = await azul(['evaluate', named, 'random', '--players', '3'], { cwd: folder });
    const [, spec] = /name .* or (.*latest.*)\n/.exec(stderr)!;
    const done = await paste(`azul evaluate ${spec} random --players 3 --pairs 1`);
    expect(done).toMatchObject({ status: 0, stderr: '' });
  }
});

test('for a fit model', async () => {
  const out = join(folder, '-a, b=1.onnx');
  const { stdout, stderr } = await azul(['fit', run, '--out', out, '--epochs', '1', '--set=validation.fraction=0.5']);
  expect(stderr).toBe('');
  const [play, evaluate] = commandsIn(stdout);
  expect((await paste(play!)).stdout).toContain('You have seat 1 of 3');
  expect(await paste(`${evaluate} --pairs 1`)).toMatchObject({ status: 0, stderr: '' });
});

test('for a tournament', async () => {
  const out = join(folder, 'a "tournament", $HOME');
  const { stdout } = await azul(['evaluate', 'greedy', 'random', '--pairs', '1', '--out', out]);
  const [replay] = commandsIn(stdout);
  expect(await paste(replay!)).toMatchObject({ status: 0, stderr: '' });
});
