import type { BatchThinker, PolicyAndValues, SearchOptions, SearchReport } from '../../src/arena/thinker.js';
import type { Position } from '../../src/game/notation.js';

/** Prefers the first legal moves, and records its calls. */
export class FakeThinker implements BatchThinker {
  readonly calls: unknown[] = [];

  async ready(): Promise<void> {
    this.calls.push('ready');
  }

  async evaluate(position: Position, seed: number): Promise<PolicyAndValues> {
    this.calls.push({ seed });
    const actions = legalActions(position);
    const total = (actions.length * (actions.length + 1)) / 2;
    return {
      values: this.values(position),
      policy: actions.map((action, i) => ({ action, probability: (i + 1) / total })),
    };
  }

  evaluateAll(positions: readonly Position[], seed: number): Promise<PolicyAndValues[]> {
    return Promise.all(positions.map((position) => this.evaluate(position, seed)));
  }

  async search(
    position: Position,
    budget: { sims?: number; movetime?: number },
    options: SearchOptions,
    onProgress?: (report: SearchReport) => void,
  ): Promise<SearchReport> {
    this.calls.push({ ...budget, ...options });
    const sims = budget.sims ?? 500;
    const values = this.values(position);
    const margins = values.map((value) => 20 * value);
    const lines = legalActions(position).map((action, i) => ({
      action,
      visits: 1000 - i,
      values,
      margins,
      pv: [action],
    }));
    const report = { sims, timeMs: 250, values, margins, lines: lines.slice(0, options.multipv) };
    if (sims > 1000) onProgress?.({ ...report, sims: 1000, timeMs: 0.4 });
    return report;
  }

  private values({ rules }: Position): number[] {
    return Array.from({ length: rules.players }, (_, p) => (p === 0 ? 0.25 : -0.00001));
  }
}

function legalActions({ rules, state }: Position): number[] {
  const out = new Uint16Array(rules.actions);
  return [...out.subarray(0, rules.legal(state, 0, out))];
}
