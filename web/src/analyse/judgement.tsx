/** The analysis of a whole game: curves, and its errors. */
import { useMemo } from 'preact/hooks';
import { chanceName, type JudgedMove, wonFraction } from '../../../src/arena/gameAnalysis.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { percent } from '../engine/thinkPanel.js';
import { isOver, positionAfter } from '../play/game.js';
import { signed } from '../table/move.js';
import type { AnalyseEvent } from './analyseState.js';
import { Chart } from './chart.js';
import type { GameError } from './errors.js';
import { ErrorList } from './moveList.js';
import { backAtGame, placesOfMoves, roundsOf, type Study } from './study.js';

export interface JudgementProps {
  study: Study;
  judged: readonly JudgedMove[];
  errors: readonly GameError[];
  dispatch: (event: AnalyseEvent) => void;
}

export function Judgement({ study, judged, errors, dispatch }: JudgementProps) {
  const { names } = study;
  const curves = useMemo(() => curvesOf(study, judged), [judged]);
  const onChoose = (at: number) => dispatch({ kind: 'choose', at });
  const here = backAtGame(study).at;
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
        errors={errors}
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
        <h2>Errors</h2>
        <ErrorList study={study} errors={errors} onChoose={onChoose} />
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
    chances: names.map((name, seat) => ({ name, values: values.map((all) => wonFraction(all[seat]!)) })),
    margins: names.map((name, seat) => ({ name, values: margins.map((all) => all[seat]!) })),
  };
}
