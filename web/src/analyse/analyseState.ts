/** What the analysis page shows: a study, and what is known of its whole game. */
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { backAtGame, lineOf, played, promoted, type Study, withoutLine } from './study.js';

export interface AnalyseState {
  study: Study;
  /** The moves of the game, judged. */
  judged?: readonly JudgedMove[] | undefined;
  /** Fraction of the positions that are searched, while the game is being judged. */
  progress?: number | undefined;
  /** Set while the person looks for a better move in place of an error: the move that was tried, and its judgement. */
  trial?: { token?: string; verdict?: JudgedMove } | undefined;
}

/** An event of a judgement names the tokens that it judges. It is ignored if the game has other tokens by now. */
export type AnalyseEvent =
  /** `judged` holds the moves if the game was judged before. */
  | { kind: 'open'; study: Study; judged: readonly JudgedMove[] | undefined }
  | { kind: 'goTo'; at: number }
  | { kind: 'goBy'; steps: number }
  /** Shows a place of a line, by default of the game. */
  | { kind: 'choose'; at: number; line?: number }
  /** A move or a deal. */
  | { kind: 'play'; token: string }
  | { kind: 'backToGame' }
  | { kind: 'deleteLine'; line: number }
  | { kind: 'promoteLine'; line: number }
  | { kind: 'tryAgain' }
  /** A move of the person who tries again. */
  | { kind: 'try'; token: string }
  | { kind: 'verdict'; verdict: JudgedMove }
  | { kind: 'endTrial' }
  | { kind: 'judge' }
  | { kind: 'stop' }
  | { kind: 'progress'; tokens: readonly string[]; fraction: number }
  | { kind: 'judged'; tokens: readonly string[]; moves: readonly JudgedMove[] };

export function reduce(state: AnalyseState, event: AnalyseEvent): AnalyseState {
  const { study } = state;
  if ('tokens' in event && event.tokens !== study.tokens) return state;
  switch (event.kind) {
    case 'open':
      return { study: event.study, judged: event.judged };
    case 'goTo':
      return { ...state, trial: undefined, study: movedTo(study, event.at) };
    case 'goBy':
      return { ...state, trial: undefined, study: movedTo(study, study.at + event.steps) };
    case 'choose':
      return { ...state, trial: undefined, study: movedTo({ ...study, line: event.line }, event.at) };
    case 'play': {
      const next = played(study, event.token);
      // A longer game is judged anew.
      return next.tokens === study.tokens
        ? { ...state, study: next }
        : { study: next, progress: state.progress === undefined ? undefined : 0 };
    }
    case 'backToGame':
      return { ...state, study: backAtGame(study) };
    case 'deleteLine':
      return { ...state, study: withoutLine(study, event.line) };
    case 'promoteLine':
      return { study: promoted(study, event.line) };
    case 'tryAgain':
      return { ...state, trial: {} };
    case 'try':
      return { ...state, trial: { token: event.token } };
    case 'verdict':
      return state.trial?.token === event.verdict.move
        ? { ...state, trial: { ...state.trial, verdict: event.verdict } }
        : state;
    case 'endTrial':
      return { ...state, trial: undefined };
    case 'judge':
      return { ...state, progress: 0 };
    case 'stop':
      return { ...state, progress: undefined };
    case 'progress':
      return { ...state, progress: event.fraction };
    case 'judged':
      return { ...state, judged: event.moves, progress: undefined };
  }
}

function movedTo(study: Study, at: number): Study {
  return { ...study, at: Math.max(0, Math.min(lineOf(study).length, at)) };
}
