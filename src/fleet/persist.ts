import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two attempts. */
const PAUSE = 500;

/**
 * Repeats a request until the server answers it, so that a server that restarts or has no room loses nothing. Returns
 * undefined if the signal aborts. Errors that do not pass, such as a missing permission, are thrown.
 */
export async function persist<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const { name } = error as Error;
      if (name === 'PermissionViolationError' || name === 'ClosedConnectionError') throw error;
      if (signal?.aborted) return undefined;
      await delay(PAUSE, undefined, { signal }).catch(() => {});
    }
  }
}
