import { UsageError } from '../../usageError.js';

/** An invalid setting. The message names its field. */
export class ConfigError extends UsageError {
  override name = 'ConfigError';
}
