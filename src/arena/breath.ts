/** Milliseconds of computing between two turns of the event loop. */
const BREATH_MS = 20;

/** Lets long computations take in, every few milliseconds, what has come from outside. */
export class Breath {
  private last = performance.now();

  /** Lets the event loop turn if the last time is long ago. */
  async take(): Promise<void> {
    if (performance.now() < this.last + BREATH_MS) return;
    await new Promise<void>((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve));
    this.last = performance.now();
  }
}
