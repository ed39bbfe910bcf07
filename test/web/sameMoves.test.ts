/** The worker of the page compared with the engine of the command line. */
import { expect, test } from 'vitest';
import type { SearchReport } from '../../src/arena/thinker.js';
import { parsePosition, printMove, printPosition, startPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { PHASE, PLAYING } from '../../src/game/state.js';
import { azul } from '../cli/processes.js';
import { describePage } from './browser.js';

const POSITIONS = 50;
const SIMULATIONS = 100;
const SEED = 5;
/** Two moves tie if their expected results differ by less than this. The two runtimes sum floats in different orders. */
const TIE = 2e-3;

/** Positions from random games for 2, 3 and 4 players, at all stages. */
function positions(): string[] {
  return Array.from({ length: POSITIONS }, (_, i) => {
    const random = new Random(i, 77);
    const { rules, state } = startPosition(2 + (i % 3));
    const legal = new Uint16Array(rules.actions);
    let shown = state.slice();
    for (let ply = 0; ply <= i; ) {
      if (state[PHASE] === PLAYING) {
        shown = state.slice();
        rules.apply(state, 0, legal[random.int(rules.legal(state, 0, legal))]!);
        ply++;
      } else if (state[PHASE] === 0) rules.deal(state, 0, random);
      else break;
    }
    return printPosition({ rules, state: shown });
  });
}

interface Found {
  move: string;
  value: number;
}

/** The engine's moves, best first, with the expected result of the player to move. */
async function byEngine(texts: readonly string[]): Promise<Found[][]> {
  const commands = texts.flatMap((text) => [`position ${text}`, `go sims ${SIMULATIONS}`]);
  const input = ['option multipv 16', `option seed ${SEED}`, ...commands].join('\n');
  const { stdout } = await azul(['engine'], { input });
  const searches = stdout.split(/bestmove .*\n/).slice(0, -1);
  return searches.map((info, i) => {
    const turn = Number(texts[i]!.split(' ')[3]);
    const lines = [...info.matchAll(/multipv \d+ move (\S+) visits \d+ value ((?:\S+ )+)pv/g)];
    return lines.map(([, move, values]) => ({ move: move!, value: Number(values!.split(' ')[turn]) }));
  });
}

describePage('the search of the page', (open) => {
  test(`plays the engine's moves in ${POSITIONS} positions, except for ties`, async () => {
    const texts = positions();
    const page = await open('#play');
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('/worker-')),
    );
    const sent = texts.map((text) => {
      const { rules, state } = parsePosition(text);
      return { players: rules.players, state: [...state] };
    });
    const reports = (await page.evaluate(`(async () => {
      const script = performance.getEntriesByType('resource').find(({ name }) => name.includes('/worker-')).name;
      const worker = new Worker(script, { type: 'module' });
      worker.postMessage({ kind: 'models', folder: new URL('models/', document.baseURI).href });
      const reports = [];
      for (const [id, { players, state }] of ${JSON.stringify(sent)}.entries()) {
        const position = { players, state: Int32Array.from(state) };
        const budget = { sims: ${SIMULATIONS} };
        worker.postMessage({ kind: 'search', id, position, budget, options: { multipv: 16, seed: ${SEED} } });
      }
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => {
          if (data.kind === 'report') reports[data.id] = data.report;
          if (data.kind === 'failed' || (data.kind === 'notice' && data.message !== '')) reject(new Error(data.message));
          if (data.id === ${POSITIONS - 1} && data.kind === 'report') resolve(reports);
        };
      });
    })()`)) as SearchReport[];
    const engine = await byEngine(texts);
    expect(engine).toHaveLength(POSITIONS);
    let same = 0;
    texts.forEach((text, i) => {
      const { rules, state } = parsePosition(text);
      const [best] = reports[i]!.lines;
      const [own, theirs] = [printMove(rules, best!.action), engine[i]![0]!];
      if (own === theirs.move) {
        same++;
        expect(Math.abs(best!.values[state[0]!]! - theirs.value)).toBeLessThan(TIE);
      } else {
        const other = engine[i]!.find(({ move }) => move === own);
        expect(Math.abs(other!.value - theirs.value), `${text}: ${own} and ${theirs.move} are no tie`).toBeLessThan(
          TIE,
        );
      }
    });
    expect(same).toBeGreaterThanOrEqual(POSITIONS - 3);
  });
});
