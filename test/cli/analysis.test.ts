import { describe, expect, test } from 'vitest';
import { openThinker } from '../../src/cli/openThinker.js';
import { parseMove, printMove } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { azul, expectFailure, shell, startAzul } from './processes.js';

const DEALS = { 2: '=BBYK/RRWW/BYKK/YYRW/BRKW', 3: '=BBYK/RRWW/BYKK/YYRW/BRKW/BYYR/KKWW' };
const POSITION = { position: 'start 2', moves: [DEALS[2]] };

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON
type Answer = any;

async function analysed(requests: object[], ...args: string[]): Promise<Answer[]> {
  const input = requests.map((request) => JSON.stringify(request)).join('\n');
  const { stdout, stderr, status } = await azul(['analysis', ...args], { input });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const byId = (a: Answer, b: Answer) => a.id.localeCompare(b.id);

describe('azul analysis', () => {
  test('answers each request by its id, and other requests do not change the answer', async () => {
    const three = { position: 'start 3', moves: [DEALS[3]], report: ['values', 'lines'], lines: 1 };
    const requests = [
      { id: 'a', ...POSITION, visits: 40, seed: 3 },
      { id: 'b', ...three, visits: 30 },
      ...Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, ...POSITION, visits: 10 + i, seed: i })),
    ];
    const answers = await analysed(requests, '--threads', '2');
    expect(answers.map(({ id }) => id).sort()).toEqual(requests.map(({ id }) => id).sort());
    const alone = await analysed(requests.slice(0, 2), '--threads', '1');
    expect(answers.filter(({ id }) => id <= 'b').sort(byId)).toEqual(alone.sort(byId));

    const { rules, state } = parseSetUp(`start 2 moves ${DEALS[2]}`);
    const [a, b] = alone;
    expect(a).toMatchObject({ id: 'a', turn: 1, visits: 40, player: 0, left: 0 });
    expect(a.lines).toHaveLength(5);
    for (const { move, pv } of a.lines) {
      expect(pv[0]).toBe(move);
      expect(rules.isLegal(state, 0, parseMove(rules, move))).toBe(true);
    }
    expect(a.values[0]).toBe(-a.values[1]);
    expect(Object.keys(b).sort()).toEqual(['id', 'left', 'lines', 'turn', 'values', 'visits']);
    expect(b.values).toHaveLength(3);
    const thinker = openThinker();
    const report = await thinker.search({ rules, state }, { sims: 2000 }, { multipv: 3, seed: 0 });
    const [thorough] = await analysed([{ id: 'd', ...POSITION, visits: 2000 }]);
    expect(report.lines.map(({ action }) => printMove(rules, action))).toContain(thorough.lines[0].move);
    expect(Math.abs(thorough.values[0] - report.values[0]!)).toBeLessThan(0.1);
  });

  test('analyses records, and reports how many answers are left', async () => {
    const record = `game\nposition start 2\nmoves ${DEALS[2]} 2R2 3K3\nresult none\n`;
    const answers = await analysed([{ id: 'r', record, visits: 5, report: ['position'] }]);
    expect(answers.map(({ turn }) => turn).sort()).toEqual([1, 2, 3]);
    expect(answers.map(({ left }) => left)).toEqual([2, 1, 0]);
    for (const { turn, position } of answers) {
      const { state } = parseSetUp(['start 2 moves', DEALS[2], '2R2', '3K3'].slice(0, turn + 1).join(' '));
      expect(parseSetUp(position).state).toEqual(state);
    }
  });

  test('answers faulty requests and a duplicate id at once', async () => {
    const answers = await analysed([
      { id: 'a', ...POSITION, visits: 20_000 },
      { id: 'a', ...POSITION },
      { id: 'b', position: 'nothing' },
      { id: 'c', cancel: 'nobody' },
    ]);
    expect(answers.slice(0, 3)).toEqual([
      { id: 'a', error: 'this id is that of a request which has not been answered' },
      { id: 'b', error: expect.stringMatching(/^position "nothing" has 1 field/) },
      { id: 'c', cancelled: 0 },
    ]);
    expect(answers[3]).toMatchObject({ id: 'a', visits: 20_000 });
  });

  test('takes urgent requests first, and drops cancelled ones', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ id: `low${i}`, ...POSITION, visits: 300, seed: i }));
    const answers = await analysed(
      [
        { id: 'endless', ...POSITION, visits: 4_000_000, turns: [1] },
        ...many,
        { id: 'urgent', ...POSITION, visits: 5, priority: 9 },
        { id: 'stop', cancel: 'endless' },
        { id: 'stop2', cancel: 'low199' },
      ],
      '--threads',
      '1',
    );
    const ids: string[] = answers.map(({ id }) => id);
    expect(answers.slice(0, 2)).toEqual([
      { id: 'stop', cancelled: 1 },
      { id: 'stop2', cancelled: 1 },
    ]);
    expect(ids).not.toContain('endless');
    expect(ids).not.toContain('low199');
    expect(ids).toHaveLength(many.length - 1 + 3);
    // Requests that began before the urgent one may end before it.
    expect(ids.indexOf('urgent')).toBeLessThan(60);
  });

  test('answers while its input is open, and ends when its input or its reader ends', async () => {
    const { child, ended } = startAzul(['analysis', '--threads', '1']);
    const answer = new Promise<string>((resolve) => child.stdout!.once('data', (data) => resolve(String(data))));
    child.stdin!.write(`${JSON.stringify({ id: 'a', ...POSITION, visits: 1 })}\n`);
    expect(JSON.parse(await answer)).toMatchObject({ id: 'a', visits: 1 });
    child.stdin!.end();
    expect((await ended).status).toBe(0);
    const line = JSON.stringify({ id: 'ID', ...POSITION, visits: 20 }).replace('ID', "'$i'");
    const { status, stdout } = await shell(
      `for i in $(seq 200); do echo '${line}'; done | "$AZUL" analysis | head -1; exit "\${PIPESTATUS[1]}"`,
    );
    expect(JSON.parse(stdout)).toHaveProperty('lines');
    expect(status).toBe(0);
  });

  test('reports in one line what is wrong with its model', async () => {
    expectFailure(await azul(['analysis', '--model', 'nosuch.onnx']), 1, /cannot read the model nosuch\.onnx/);
  });
});
