/** The state of the analysis page. */
import { describe, expect, test } from 'vitest';
import { startPosition } from '../../src/game/notation.js';
import { type AnalyseEvent, type AnalyseState, reduce } from '../../web/src/analyse/analyseState.js';
import { lineOf, parseStudy, type Study, studyQuery, tokensOf } from '../../web/src/analyse/study.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const opened: AnalyseState = {
  study: { names: ['A', 'B'] as string[], start: startPosition(2), tokens: [DEAL, '2R2', '3K3'], lines: [], at: 3 },
};
const after = (state: AnalyseState, ...events: AnalyseEvent[]) => events.reduce(reduce, state);

describe('the state of the analysis page', () => {
  test('stays within the ends of the line', () => {
    expect(after(opened, { kind: 'goBy', steps: -2 }).study.at).toBe(1);
    expect(after(opened, { kind: 'goBy', steps: Number.NEGATIVE_INFINITY }).study.at).toBe(0);
    expect(after(opened, { kind: 'goTo', at: 1 }, { kind: 'goBy', steps: 9 }).study.at).toBe(3);
  });

  test('a tried line does not change the game or its analysis', () => {
    const judged = after(opened, { kind: 'judge' }, { kind: 'judged', tokens: opened.study.tokens, moves: [] });
    const tried = after(judged, { kind: 'goTo', at: 1 }, { kind: 'play', token: '2R3' });
    expect(lineOf(tried.study)).toEqual([DEAL, '2R3']);
    expect(tried.judged).toBe(judged.judged);
    const lines = [{ from: 1, tokens: ['2R3'] }];
    expect(after(tried, { kind: 'backToGame' }).study).toEqual({ ...opened.study, lines, line: undefined, at: 1 });
    expect(after(tried, { kind: 'choose', at: 3 }).study).toEqual({ ...opened.study, lines, line: undefined });
  });

  test('several lines can branch from each other, and a known move opens its line', () => {
    const play = (token: string): AnalyseEvent => ({ kind: 'play', token });
    const two = after(opened, { kind: 'goTo', at: 1 }, play('2R3'), play('cW4'), { kind: 'goTo', at: 2 }, play('3K3'));
    expect(two.study.lines).toEqual([
      { from: 1, tokens: ['2R3', 'cW4'] },
      { from: 1, tokens: ['2R3', '3K3'] },
    ]);
    expect([two.study.line, two.study.at]).toEqual([1, 3]);
    expect(after(two, { kind: 'goTo', at: 2 }, play('cW4')).study).toMatchObject({ line: 0, at: 3 });
    expect(after(two, { kind: 'goTo', at: 1 }, play('2R2')).study).toMatchObject({ line: undefined, at: 2 });
    expect(after(two, { kind: 'backToGame' }, play('2R3')).study).toMatchObject({ line: 0, at: 2 });
    expect(parseStudy(studyQuery(two.study))).toEqual(two.study);
    expect(after(two, { kind: 'deleteLine', line: 0 }).study).toMatchObject({ line: 0, lines: [two.study.lines[1]] });
    expect(after(two, { kind: 'deleteLine', line: 1 }).study).toMatchObject({ line: undefined, at: 1 });
  });

  test('a line that becomes the main line keeps the moves of every line', () => {
    const lines = [
      { from: 1, tokens: ['2R3', 'cW4'] },
      { from: 2, tokens: ['4Y2'] },
    ];
    const before = { ...opened.study, lines };
    const { study } = after({ study: before, judged: [] }, { kind: 'promoteLine', line: 0 });
    expect(study.tokens).toEqual([DEAL, '2R3', 'cW4']);
    expect([study.line, study.at]).toEqual([undefined, 2]);
    const all = (some: Study) =>
      [some.tokens, ...some.lines.map((line) => tokensOf(some, line))].map((line) => line.join());
    expect(all(study).toSorted()).toEqual(all(before).toSorted());
  });

  test('an address of an earlier version shows its line', () => {
    const query = new URLSearchParams({ start: '2', moves: `${DEAL} 2R2`, from: '1', try: '2R3', at: '2' });
    expect(parseStudy(query)).toMatchObject({ lines: [{ from: 1, tokens: ['2R3'] }], line: 0, at: 2 });
  });

  test('a move at the end of the game extends it, and restarts a running analysis', () => {
    const longer = after(opened, { kind: 'judge' }, { kind: 'play', token: 'cW1' });
    expect([longer.judged, longer.progress]).toEqual([undefined, 0]);
    // The analysis of the shorter game comes too late.
    expect(after(longer, { kind: 'judged', tokens: opened.study.tokens, moves: [] })).toBe(longer);
    expect(after(longer, { kind: 'progress', tokens: opened.study.tokens, fraction: 0.5 })).toBe(longer);
    expect(after(longer, { kind: 'progress', tokens: longer.study.tokens, fraction: 0.5 }).progress).toBe(0.5);
    expect(after(opened, { kind: 'play', token: 'cW1' }).progress).toBeUndefined();
  });

  test('another study has no analysis', () => {
    const judging = after(opened, { kind: 'judge' });
    expect(after(judging, { kind: 'stop' }).progress).toBeUndefined();
    expect(after(judging, { kind: 'open', study: opened.study, judged: undefined })).toEqual({ study: opened.study });
  });
});
