import { UsageError } from '../../usageError.js';

/** A setting that is not valid. The message names its field. */
export class ConfigError extends UsageError {
  override name = 'ConfigError';
}
