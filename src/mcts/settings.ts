import { GUMBEL_DEFAULTS, type GumbelSettings, PUCT_DEFAULTS, type PuctSettings } from './selection.js';

/** How a position is searched. */
export interface SearchSettings {
  /** Simulations, from 1; Infinity for a search that its caller ends, with halving lap by lap (`RootPolicy.addLaps`). */
  simulations: number;
  /** The rule inside the tree, and what the root's policy is made of. */
  selection: 'gumbel' | 'puct';
  /**
   * Actions that sequential halving starts from at the root (Danihelka et al. 2022); 0: no halving, the root selects as
   * the interior does, and the search can be ended at any time.
   */
  considered: number;
  /** Whether the root explores: Gumbel noise with halving, Dirichlet noise on the priors without. */
  noise: boolean;
  gumbel: GumbelSettings;
  puct: PuctSettings;
  dirichlet: DirichletSettings;
  /**
   * Deals sampled at the end of a round. The first visit takes the evaluator's value of the position that waits for the
   * deal, later ones follow the samples in turn; all are averaged. 0: later visits take the evaluator's value again.
   */
  deals: number;
  /**
   * The effort with which the game tries to solve a new position; one more at 4, 16, 64 and 256 simulations that have come
   * by it. 0: never. In Azul, groups of tiles of a last round.
   */
  endgame: number;
  temperature: TemperatureSettings;
}

/** Noise on the priors of a root (Silver et al. 2018; total and shape as in KataGo, Wu 2019). */
export interface DirichletSettings {
  /** Sum of the concentrations over all legal actions. */
  total: number;
  /**
   * Part of it that goes to actions whose prior is above average, by how far its logarithm is, priors above 0.01 taken for
   * that; the rest is spread evenly.
   */
  shaped: number;
  /** Part of the prior that is noise. */
  fraction: number;
}

/** How freely self-play chooses its moves: in proportion to policy^(1 / temperature) (KataGo's schedule, Wu 2019). */
export interface TemperatureSettings {
  /** At the start of a game; 0: always the best move. */
  initial: number;
  /** Plies over which the temperature halves. */
  halfLife: number;
}

/** Actions that sequential halving starts from, unless settings say otherwise. */
export const CONSIDERED = 16;

/** A search of so many simulations, without noise, by sequential halving from 16 actions. */
export function searchSettings(simulations: number, changes: Partial<SearchSettings> = {}): SearchSettings {
  return {
    simulations,
    selection: 'gumbel',
    considered: Number.isFinite(simulations) ? CONSIDERED : 0,
    noise: false,
    gumbel: GUMBEL_DEFAULTS,
    puct: PUCT_DEFAULTS,
    dirichlet: { total: 10.83, shaped: 0.5, fraction: 0.25 },
    deals: 16,
    endgame: 7,
    temperature: { initial: 0, halfLife: 19 },
    ...changes,
  };
}

/** For searches that know nothing but their evaluator: they are what others are measured against. */
export const WITHOUT_SOLVING: Partial<SearchSettings> = { endgame: 0 };

/**
 * For values as noisy as single rollouts: visit counts average them, where Gumbel's improved policy would trust every
 * lucky one.
 */
export const FOR_ROLLOUTS: Partial<SearchSettings> = { ...WITHOUT_SOLVING, selection: 'puct', considered: 0 };
