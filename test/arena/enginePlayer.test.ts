import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RandomPlayer } from '../../src/arena/baselines.js';
import { EnginePlayer, type EngineSettings } from '../../src/arena/enginePlayer.js';
import { playMatch } from '../../src/arena/match.js';
import { printPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { Rules } from '../../src/game/rules.js';
import { compiled } from '../../src/paths.js';
import { checkPlayer, createPlayer } from '../../src/players/players.js';
import { azul, startAzul } from '../cli/processes.js';

const FAKE = fileURLToPath(new URL('fakeEngine.js', import.meta.url));
const AZUL = fileURLToPath(compiled('cli/main.js'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azul-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pidFile = () => join(folder, 'pids');

function command(behaviour: string, after = 3): string[] {
  return [process.execPath, FAKE, behaviour, pidFile(), String(after)];
}

/** The processes of the fake engines so far. */
function pids(): number[] {
  return existsSync(pidFile()) ? readFileSync(pidFile(), 'utf8').trim().split('\n').map(Number) : [];
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that its parent has not reaped yet is a zombie, which no longer runs.
  return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Waits until there are processes, and then until all have ended. */
async function allGone(ms: number): Promise<void> {
  await expect.poll(() => pids().length > 0 && !pids().some(lives), { timeout: ms }).toBe(true);
}

function fake(behaviour: string, log: string[] = [], settings: Partial<EngineSettings> = {}, after?: number) {
  return new EnginePlayer(`engine:${behaviour}`, command(behaviour, after), {
    budget: { ms: 100 },
    grace: 900,
    log: (line) => log.push(line),
    ...settings,
  });
}

function dealt(seed: number, players = 2): Int32Array {
  const rules = Rules.for(players);
  const state = rules.start();
  rules.deal(state, 0, new Random(seed));
  return state;
}

describe('an engine that follows the protocol', () => {
  test.each([2, 3, 4])('plays whole games of %i seats, all with one process', async (seats) => {
    const log: string[] = [];
    const player = fake('good', log);
    const games = await playMatch({ seats, contestants: [player, new RandomPlayer()], seed: 1, from: 0, to: 2 });
    await player.close();
    expect(games).toHaveLength(2 * seats);
    expect(games.map((game) => game.forfeit)).toEqual(games.map(() => undefined));
    expect(log).toEqual([]);
    expect(pids()).toHaveLength(1);
    expect(pids().some(lives)).toBe(false);
  });

  test('may greet, report what it loads, and name a move to ponder on', async () => {
    const log: string[] = [];
    const player = fake('talkative', log);
    await player.ready();
    const [action] = await player.choose([dealt(1)]);
    await player.close();
    expect(log).toEqual([]);
    expect(Rules.for(2).isLegal(dealt(1), 0, action!)).toBe(true);
  });

  test('can be used again after it was closed', async () => {
    const player = fake('good');
    const first = await player.choose([dealt(1), dealt(2)]);
    await player.close();
    expect(await player.choose([dealt(1), dealt(2)])).toEqual(first);
    await player.close();
    expect(pids()).toHaveLength(2);
  });

  test('is killed if it does not quit', async () => {
    const player = fake('staying');
    await player.choose([dealt(1)]);
    expect(pids().map(lives)).toEqual([true]);
    await player.close();
    expect(pids().map(lives)).toEqual([false]);
  });
});

describe('an engine that breaks the protocol', () => {
  const faults = [
    ['silent', 'gave no answer within 1000 ms'],
    ['slow', 'gave no answer within 1000 ms'],
    ['stubborn', 'gave no answer within 1000 ms'],
    ['crashing', 'ended with status 3'],
    ['killed', 'ended with SIGSEGV'],
    ['mute', 'closed its output'],
    ['illegal', 'plays "9W5", which is not legal'],
    ['garbage', 'answers "I think, therefore I lose" where it should say bestmove <move>'],
    ['erring', 'answers "error no idea" where it should say bestmove <move>'],
    ['flooding', 'printed more than 16777216 characters'],
    ['endless', 'printed more than 16777216 characters'],
  ] as const;

  test.each(faults)('%s: loses the game, and a new process plays the next one', async (behaviour, reason) => {
    const log: string[] = [];
    const grace = reason.startsWith('gave') ? 900 : 20_000;
    const player = fake(behaviour, log, { grace });
    const state = dealt(1);
    const actions = await player.choose([state, state, state, state, state]);
    const action = actions[0]!;
    expect(actions).toEqual([action, action, -1, action, action]);
    expect(Rules.for(2).isLegal(state, 0, action)).toBe(true);
    expect(pids()).toHaveLength(2);
    expect(pids().map(lives)).toEqual([false, true]);
    await player.close();
    expect(pids().map(lives)).toEqual([false, false]);
    const position = printPosition({ rules: Rules.for(2), state });
    expect(log).toEqual([`azul: engine:${behaviour} loses a game: the engine ${reason}; position ${position}`]);
  });

  test('forfeits in a match, and the match continues', async () => {
    const log: string[] = [];
    const player = fake('crashing', log, {}, 30);
    const contestants = [player, new RandomPlayer()];
    const games = await playMatch({ seats: 2, contestants, seed: 1, from: 0, to: 3 });
    await player.close();
    const forfeits = games.filter((game) => game.forfeit !== undefined);
    expect(games).toHaveLength(6);
    expect(forfeits.length).toBeGreaterThan(0);
    for (const game of forfeits) {
      expect(game.seats[game.forfeit!]).toBe(0);
      expect(game.reason).toBe('ended with status 3');
    }
    expect(log).toHaveLength(forfeits.length);
    expect(pids().some(lives)).toBe(false);
  });

  test('answering twice: the second answer is not taken for the next move', async () => {
    const log: string[] = [];
    const player = fake('twice', log, {}, 1);
    const [first] = await player.choose([dealt(1)]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await player.choose([dealt(2)])).toEqual([-1]);
    await player.close();
    expect(first).not.toBe(-1);
    expect(log[0]).toMatch(/the engine said "bestmove \w+" unasked; /);
  });

  test('leaving: an engine that ends between two moves loses the game with the next move', async () => {
    const log: string[] = [];
    const player = fake('leaving', log, {}, 1);
    const [first] = await player.choose([dealt(1)]);
    await allGone(5000);
    expect(await player.choose([dealt(2)])).toEqual([-1]);
    expect(first).not.toBe(-1);
    expect(log[0]).toMatch(/the engine ended with status 0; position /);
    expect((await player.choose([dealt(3)]))[0]).not.toBe(-1);
    await player.close();
    expect(pids()).toHaveLength(2);
    expect(pids().some(lives)).toBe(false);
  });

  test.each([
    ['mumbling', 'gave no answer within 1000 ms, and last said "hello"'],
    ['refusing', 'answers "error unknown command \\"azi\\"" where it should say aziok'],
    ['unready', 'gave no answer within 1000 ms'],
  ])('%s: not ready, which is reported at the start or loses a game', async (behaviour, reason) => {
    const log: string[] = [];
    const player = fake(behaviour, log, { startUp: 1000 });
    await expect(player.ready()).rejects.toThrow(`player engine:${behaviour}: the engine ${reason}`);
    expect(await player.choose([dealt(1)])).toEqual([-1]);
    expect(log[0]).toContain(reason);
    expect(pids().some(lives)).toBe(false);
  });
});

describe('no process is left running', () => {
  const asks = (behaviour: string) => `
    const { EnginePlayer } = await import(${JSON.stringify(compiled('arena/enginePlayer.js'))});
    const { Rules } = await import(${JSON.stringify(compiled('game/rules.js'))});
    const { Random } = await import(${JSON.stringify(compiled('game/random.js'))});
    const state = Rules.for(2).start();
    Rules.for(2).deal(state, 0, new Random(1));
    const settings = { budget: { ms: 100_000 }, grace: 0 };
    const player = new EnginePlayer('fake', ${JSON.stringify(command(behaviour, 1))}, settings);
    await player.ready();
    console.log('ready');
    await player.choose([state]);`;

  test.each(['staying', 'silent', 'flooding'])('after a worker thread is terminated: %s', async (behaviour) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(asks(behaviour))}`), { stdout: true });
    await once(worker.stdout, 'data');
    expect(pids()).toHaveLength(1);
    await worker.terminate();
    await allGone(5000);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('after the whole process ends by %s', async (signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', asks('silent')]);
    await once(parent.stdout, 'data');
    parent.kill(signal);
    await once(parent, 'close');
    await allGone(5000);
  });
});

describe('engine:<command> as a player', () => {
  const quoted = (behaviour: string, after: number) =>
    command(behaviour, after)
      .map((word) => `"${word}"`)
      .join(' ');

  const line = (spec: string) =>
    checkPlayer(spec, 2).then(
      () => '',
      (error: Error) => error.message,
    );

  test('commas and spaces in quotes, and = anywhere, belong to the command', async () => {
    const file = join(folder, 'a, b=1,ms=3');
    const player = await createPlayer(`engine:"${process.execPath}" ${FAKE} good '${file}',sims=20,grace=5000`, 2);
    expect((await player.choose([dealt(1)], new Random(1)))[0]).not.toBe(-1);
    await player.close?.();
    expect(existsSync(file)).toBe(true);
  });

  test('bad specs and programs are reported in one line', async () => {
    expect(await line('engine:')).toBe('player engine:: it names no command; write engine:<command>');
    expect(await line('engine:"",ms=2')).toBe('player engine:"",ms=2: it names no command; write engine:<command>');
    expect(await line('engine:a "b,ms=2')).toBe(
      'player engine:a "b,ms=2: a quote in its command is not closed; put quotes of the other kind around it',
    );
    expect(await line('engine:a,b')).toBe("player engine:a,b: 'b' is not of the form name=value, such as sims=200");
    expect(await line('engine:a,sim=3')).toBe("player engine:a,sim=3: engine has no option 'sim'");
    expect(await line('engine:a,sims=3,ms=3')).toBe('player engine:a,sims=3,ms=3: give it ms or sims, not both');
    expect(await line('engine:a,ms=0')).toMatch(/ms is '0', not a whole number/);
    expect(await line('engine:./no-such-program x.onnx')).toBe(
      "player engine:./no-such-program x.onnx: the engine can't be started: spawn ./no-such-program ENOENT",
    );
    expect(await line('engine:sh -c "exit 7"')).toBe('player engine:sh -c "exit 7": the engine ended with status 7');
  });

  test('a tournament on worker threads continues after forfeits, and reports them', async () => {
    const spec = `engine:${quoted('crashing', 40)},ms=1000`;
    const args = ['evaluate', spec, 'random', '--pairs', '4', '--out', join(folder, 'tournament')];
    const { status, stdout, stderr } = await azul(args);
    expect(status).toBe(0);
    const told = stderr.split('\n').filter((text) => text.startsWith(`azul: ${spec} loses a game: `));
    expect(told.length).toBeGreaterThan(0);
    const { pairs, losses, forfeits } = JSON.parse((await azul([...args, '--json'])).stdout).pairings[0];
    expect({ pairs, forfeits }).toEqual({ pairs: 4, forfeits: [told.length, 0] });
    expect(losses).toBeGreaterThanOrEqual(told.length);
    expect(stdout).toMatch(new RegExp(`forfeits .*│ ${told.length} : 0 +│`, 's'));
    // The second command played nothing and wrote the page again.
    const page = readFileSync(join(folder, 'tournament', 'index.html'), 'utf8');
    expect(page).toContain(`<td>${told.length} : 0</td>`);
    expect(page).toContain(`<td class="name">ended with status 3</td><td>${told.length}</td>`);
    const replayed = await azul(['replay', '--moves', join(folder, 'tournament', 'games.azul')]);
    const shown = replayed.stdout.split('\n').filter((text) => text.includes('forfeits (it ended with status 3): '));
    expect(shown).toHaveLength(told.length);
    for (const text of told)
      expect(text).toMatch(/: the engine ended with status 3; position \S+ \S+ \S+ [01] \d+ \S+ \S+$/);
    expect(pids().some(lives)).toBe(false);
  });

  test('an interrupted tournament leaves no process running', async () => {
    const { child, ended } = startAzul(['evaluate', `engine:${quoted('silent', 4)},ms=100000`, 'random']);
    // The first engine is only checked. The later ones play.
    await expect.poll(() => pids().length, { timeout: 20_000 }).toBeGreaterThan(1);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    await allGone(5000);
  });

  test('our own engine beats random play', async () => {
    const player = await createPlayer(`engine:"${process.execPath}" "${AZUL}" engine,sims=100`, 2);
    const games = await playMatch({ seats: 2, contestants: [player, new RandomPlayer()], seed: 3, from: 0, to: 2 });
    await player.close?.();
    expect(games.map((game) => game.ranks[game.seats.indexOf(0)])).toEqual([1, 1, 1, 1]);
    expect(games.every((game) => game.forfeit === undefined)).toBe(true);
  });
});
