/**
 * Does work that Ctrl-C and SIGTERM end in good order: the signal aborts, and the work saves what it has. A second Ctrl-C
 * ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) {
      // The system's own end: it doesn't wait for what worker threads are in the middle of.
      process.off('SIGINT', interrupt);
      // Progress bars hide the cursor.
      if (process.stdout.isTTY) process.stdout.write('\x1b[?25h');
      process.kill(process.pid, 'SIGINT');
    }
    console.error('\nstopping after this step; press Ctrl-C again to stop at once (nothing that was saved is lost)');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
