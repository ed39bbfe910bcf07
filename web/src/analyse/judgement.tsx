/** The analysis of a whole game: curves, and the largest errors. */
import { useMemo } from 'preact/hooks';
import { chanceName, type JudgedMove, part } from '../../../src/arena/gameAnalysis.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { percent } from '../engine/thinkPanel.js';
import { isOver, positionAfter } from '../play/game.js';
import { signed } from '../table/move.js';
import type { AnalyseEvent } from './analyseState.js';
import { Chart } from './chart.js';
import { placesOfMoves, WorstMoves } from './moveList.js';
import { roundsOf, type Study } from './study.js';

export interface JudgementProps {
  study: Study;
  judged: readonly JudgedMove[] | undefined;
  /** Fraction of the positions that are searched, while the game is being judged. */
  progress: number | undefined;
  dispatch: (event: AnalyseEvent) => void;
}

export function Judgement({ study, judged, progress, dispatch }: JudgementProps) {
  const { tokens, names, at, branch } = study;
  const curves = useMemo(() => judged && curvesOf(study, judged), [judged]);
  if (progress !== undefined) {
    return (
      <section class="card" aria-label="Analysis of the game">
        <label>
          Every position of the game is searched… <progress max={1} value={progress} />
        </label>
        <div class="buttons">
          <button type="button" onClick={() => dispatch({ kind: 'stop' })}>
            Stop
          </button>
        </div>
      </section>
    );
  }
  if (!judged || !curves) {
    return (
      <section class="card" aria-label="Analysis of the game">
        <p class="quiet">See the winning chances over the whole game, and the moves that lost most.</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => dispatch({ kind: 'judge' })}>
            Analyse the game
          </button>
        </div>
      </section>
    );
  }
  const onChoose = (at: number) => dispatch({ kind: 'choose', at });
  const here = Math.min(at, branch?.from ?? at);
  const what = chanceName(names.length);
  return (
    <section class="card judgement" aria-label="Analysis of the game">
      <Chart
        title={`${what[0]!.toUpperCase()}${what.slice(1)}`}
        places={curves.places}
        curves={curves.chances}
        rounds={curves.rounds}
        range={[0, 1]}
        format={percent}
        at={here}
        onChoose={onChoose}
      />
      <Chart
        title="Expected points ahead"
        places={curves.places}
        curves={curves.margins}
        rounds={curves.rounds}
        format={(points) => signed(points)}
        at={here}
        onChoose={onChoose}
      />
      <div>
        <h2>Moves that lost most</h2>
        <WorstMoves start={study.start} tokens={tokens} names={names} judged={judged} onChoose={onChoose} />
      </div>
    </section>
  );
}

/** Each seat's values before every move and at the end of a finished game. */
function curvesOf({ start, tokens, names }: Study, judged: readonly JudgedMove[]) {
  const places = placesOfMoves(tokens).slice(0, judged.length);
  const values = judged.map(({ before }) => before);
  const margins = judged.map(({ margins }) => margins);
  const end = positionAfter({ start, tokens });
  if (isOver(end)) {
    const game = new AzulGame(names.length);
    places.push(tokens.length);
    values.push(names.map((_, seat) => game.rankValue(end.state, 0, seat)));
    margins.push(names.map((_, seat) => game.margin(end.state, 0, seat)));
  }
  return {
    places,
    rounds: roundsOf(start, tokens),
    chances: names.map((name, seat) => ({ name, values: values.map((all) => part(all[seat]!)) })),
    margins: names.map((name, seat) => ({ name, values: margins.map((all) => all[seat]!) })),
  };
}
