/** The package's own folder, whether this file runs from src or from dist/src. */
export const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);

/** A compiled module for worker threads, which can't run TypeScript, by its path within src. */
export function compiled(path: string): string {
  return new URL(`dist/src/${path}`, packageRoot).href;
}
