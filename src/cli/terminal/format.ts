/** Numbers and names as readable text. */
import type { Estimate } from '../../arena/statistics.js';
import type { Config } from '../../training/config/schema.js';

/** 1234567 as 1.23M, 1234 as 1.23k, 12.3 as 12.3. */
export function rate(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toPrecision(3)}M`;
  if (n >= 1e3) return `${(n / 1e3).toPrecision(3)}k`;
  return n >= 100 ? n.toFixed(0) : n.toPrecision(3);
}

/** 0.9312 as 93.1 %. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** Seconds as 1 h 02 min, 3 min 20 s or 12 s. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}

/** An Elo difference with its sign. */
export function signed(elo: number): string {
  if (!Number.isFinite(elo)) return elo > 0 ? '+∞' : '-∞';
  return `${elo < 0 ? '' : '+'}${elo.toFixed(0)}`;
}

/** A mean with half the width of its 95 % interval: 3.2 ± 1.7. */
export function plusMinus({ mean, high }: Pick<Estimate, 'mean' | 'high'>): string {
  const half = high - mean;
  return `${mean.toFixed(1)} ± ${Number.isFinite(half) ? half.toFixed(1) : '∞'}`;
}

/** Simulations per move of a run: `16 to 64`, or `64` if they do not grow. */
export function simulationsOf({
  firstSimulations,
  simulations,
}: {
  firstSimulations: number;
  simulations: number;
}): string {
  return firstSimulations < simulations ? `${firstSimulations} to ${simulations}` : String(simulations);
}

/** The option for the number of players in a command; empty for 2, the default. */
export function playersFlag(players: number): string {
  return players === 2 ? '' : ` --players ${players}`;
}

/** Name of a network in a configuration: `medium`, or `512 × 3`. */
export function networkName(network: Config['network']): string {
  return typeof network === 'string' ? network : `${network.width} × ${network.blocks}`;
}
