import { GUMBEL_DEFAULTS, PUCT_DEFAULTS, type RuleSettings, type SelectionName } from './selection.js';

/** How a position is searched. */
export interface SearchSettings extends RuleSettings {
  /** Simulations, from 1. Infinity: the caller ends the search, and plans halving lap by lap (`HalvingPlan.addLaps`). */
  simulations: number;
  /** The rule inside the tree, which also decides what the root's policy is. */
  selection: SelectionName;
  /**
   * Actions that sequential halving starts from at the root (Danihelka et al. 2022). 0: no halving; the root follows the
   * rule inside the tree, and the search can end at any time.
   */
  considered: number;
  /** Whether the root explores: by Gumbel noise with halving, by Dirichlet noise on the priors without. */
  noise: boolean;
  dirichlet: DirichletSettings;
  /**
   * Deals sampled at the end of a round. The first visit takes the evaluator's value of the position that waits for the
   * deal. Later visits follow the samples in turn, and all values are averaged. 0: later visits take the first value again.
   */
  deals: number;
  /**
   * The effort with which the game tries to solve a new position. It grows by one at 4, 16, 64 and 256 simulations through
   * the position. 0: never. In Azul the unit is a group of tiles in a last round.
   */
  endgame: number;
  temperature: TemperatureSettings;
}

/** Noise on the priors of a root (Silver et al. 2018; total and shape as in KataGo, Wu 2019). */
export interface DirichletSettings {
  /** Sum of the concentrations over all legal actions. */
  total: number;
  /**
   * Fraction of the sum that goes to actions whose log prior is above the mean, in proportion to the distance. Priors above
   * 0.01 count as 0.01. The rest is spread evenly.
   */
  shaped: number;
  /** Fraction of the prior that is noise. */
  fraction: number;
}

/** How self-play draws its moves: in proportion to policy^(1 / temperature) (KataGo's schedule, Wu 2019). */
export interface TemperatureSettings {
  /** Temperature at the start of a game; 0: always the best move. */
  initial: number;
  /** Plies over which the temperature halves. */
  halfLife: number;
}

/** Actions that sequential halving starts from, unless settings say otherwise. */
export const CONSIDERED = 16;

/** Returns the settings of a search of n simulations by sequential halving from 16 actions, without noise. */
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

/** Settings of players that others are measured against: they know nothing but their evaluator. */
export const WITHOUT_SOLVING: Partial<SearchSettings> = { endgame: 0 };

/** Settings for values as noisy as single rollouts. PUCT averages them; Gumbel search would trust every lucky one. */
export const FOR_ROLLOUTS: Partial<SearchSettings> = { ...WITHOUT_SOLVING, selection: 'puct', considered: 0 };
