import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two attempts. */
const PAUSE = 500;

/**
 * Repeats a request until the server answers it. So nothing is lost while a server restarts or has no space. Returns undefined
 * if the signal aborts. Permanent errors, such as a missing permission, are thrown.
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
