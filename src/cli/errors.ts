import { ConfigError } from '../training/config.js';
import { PlayerError } from '../training/players.js';

/** Whether an error is the caller's way of asking (exit status 2), rather than what was found (1). */
export function isUsageError(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof PlayerError;
}
