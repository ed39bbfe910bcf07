/** The state of the analysis page. */
import { describe, expect, test } from 'vitest';
import { startPosition } from '../../src/game/notation.js';
import { type AnalyseEvent, type AnalyseState, reduce } from '../../web/src/analyse/analyseState.js';
import { lineOf } from '../../web/src/analyse/study.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const opened: AnalyseState = {
  study: { names: ['A', 'B'], start: startPosition(2), tokens: [DEAL, '2R2', '3K3'], at: 3 },
};
const after = (state: AnalyseState, ...events: AnalyseEvent[]) => events.reduce(reduce, state);

describe('the state of the analysis page', () => {
  test('goes no further than the ends of the line', () => {
    expect(after(opened, { kind: 'goBy', steps: -2 }).study.at).toBe(1);
    expect(after(opened, { kind: 'goBy', steps: Number.NEGATIVE_INFINITY }).study.at).toBe(0);
    expect(after(opened, { kind: 'goTo', at: 1 }, { kind: 'goBy', steps: 9 }).study.at).toBe(3);
  });

  test('a line that is tried leaves the game and its judgement as they are', () => {
    const judged = after(opened, { kind: 'judge' }, { kind: 'judged', tokens: opened.study.tokens, moves: [] });
    const tried = after(judged, { kind: 'goTo', at: 1 }, { kind: 'play', token: '2R3' });
    expect(lineOf(tried.study)).toEqual([DEAL, '2R3']);
    expect(tried.judged).toBe(judged.judged);
    expect(after(tried, { kind: 'leaveBranch' }).study).toEqual({ ...opened.study, at: 1 });
    expect(after(tried, { kind: 'choose', at: 3 }).study).toEqual(opened.study);
  });

  test('a move at the end of the game makes it longer, and a judgement that runs starts again', () => {
    const longer = after(opened, { kind: 'judge' }, { kind: 'play', token: 'cW1' });
    expect([longer.judged, longer.progress]).toEqual([undefined, 0]);
    // The judgement of the shorter game comes too late.
    expect(after(longer, { kind: 'judged', tokens: opened.study.tokens, moves: [] })).toBe(longer);
    expect(after(longer, { kind: 'progress', tokens: opened.study.tokens, fraction: 0.5 })).toBe(longer);
    expect(after(longer, { kind: 'progress', tokens: longer.study.tokens, fraction: 0.5 }).progress).toBe(0.5);
    expect(after(opened, { kind: 'play', token: 'cW1' }).progress).toBeUndefined();
  });

  test('another study is not judged', () => {
    const judging = after(opened, { kind: 'judge' });
    expect(after(judging, { kind: 'stop' }).progress).toBeUndefined();
    expect(after(judging, { kind: 'open', study: opened.study, judged: undefined })).toEqual({ study: opened.study });
  });
});
