/** Invalid input from the user. The message says how to fix it; exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
