/** Milliseconds of computing between two turns of the event loop. */
const BREATH_MS = 20;

/** Lets the event loop turn during a long computation, so that messages and signals are handled. */
export class Breath {
  private last = performance.now();

  /** Lets the event loop turn if the last turn was more than 20 ms ago. */
  async take(): Promise<void> {
    if (performance.now() < this.last + BREATH_MS) return;
    await new Promise<void>((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve));
    this.last = performance.now();
  }
}
