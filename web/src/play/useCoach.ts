import { useEffect, useRef, useState } from 'preact/hooks';
import { type JudgedMove, judgeGame } from '../../../src/arena/gameAnalysis.js';
import type { SearchReport } from '../../../src/arena/thinker.js';
import { type Position, parseMove, printMove } from '../../../src/game/notation.js';
import { PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { type Game, PERSON } from './game.js';
import type { PlayState } from './playState.js';

/** Simulations of the search while the person thinks. */
const SIMULATIONS = 600;
/** Simulations of each search that grades a move which that search hardly visited. */
const LATE_SIMULATIONS = 200;
/** Fewest visits for which the search before a move grades it. */
const MIN_VISITS = 30;

/** A graded move of the person. */
export interface Grade {
  /** The position before the move. */
  before: Position;
  /** Number of tokens before the move. */
  place: number;
  judged: Pick<JudgedMove, 'move' | 'best' | 'loss'>;
}

/** The search of a position while the person thinks. */
interface Thinking {
  game: Game;
  before: Position;
  report: Promise<SearchReport | undefined>;
}

/** Grades the person's moves by a search that runs while they think; undefined until the newest one is graded. */
export function useCoach(engine: Engine, { game, position, roundEnd }: PlayState, wanted: boolean): Grade | undefined {
  const [grade, setGrade] = useState<Grade>();
  const thinking = useRef<Thinking>(undefined);
  useEffect(() => {
    if (!wanted) return;
    const before = thinking.current;
    const token = game.tokens[before?.game.tokens.length ?? 0];
    if (before && token && !token.startsWith('=') && game.tokens.length === before.game.tokens.length + 1) {
      void gradeOf(engine, before, token).then((judged) => {
        if (judged) setGrade({ before: before.before, place: before.game.tokens.length, judged });
      });
    }
    const { state } = position;
    const own = state[PHASE] === PLAYING && game.seats[state[TURN]!] === PERSON;
    thinking.current = own ? { game, before: position, report: search(engine, position) } : undefined;
  }, [game, wanted]);
  if (!wanted || roundEnd || !grade || game.tokens[grade.place] !== grade.judged.move) return undefined;
  return grade;
}

async function gradeOf(
  engine: Engine,
  { before, report }: Thinking,
  token: string,
): Promise<Grade['judged'] | undefined> {
  const { rules, state } = before;
  const seat = state[TURN]!;
  const lines = (await report)?.lines;
  const line = lines?.find(({ action }) => action === parseMove(rules, token));
  const best = lines?.[0];
  if (line && best && line.visits >= MIN_VISITS) {
    const loss = Math.max(0, (best.values[seat]! - line.values[seat]!) / 2);
    return { move: token, best: printMove(rules, best.action), loss };
  }
  return unlessStopped(async () => {
    const [judged] = await judgeGame({ start: before, tokens: [token] }, engine, { sims: LATE_SIMULATIONS, seed: 0 });
    return judged;
  });
}

function search(engine: Engine, position: Position): Promise<SearchReport | undefined> {
  const options = { multipv: position.rules.actions, seed: 0 };
  return unlessStopped(() => engine.search(position, { sims: SIMULATIONS }, options));
}

/** The result of a search; undefined if the search has stopped, of which a notice speaks. */
async function unlessStopped<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stopped || error instanceof Withdrawn) return undefined;
    throw error;
  }
}
