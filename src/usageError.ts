/** Something was not asked for in a way that is understood: the fault is the asker's, and the message tells the remedy. */
export class UsageError extends Error {
  override name = 'UsageError';
}
