/** The package's own folder, whether this file runs from src or from dist/src. */
export const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);

/** A file of the build, by its path within src: WebAssembly, or a module for worker threads, which can't run TypeScript. */
export function compiled(path: string): string {
  return new URL(`dist/src/${path}`, packageRoot).href;
}
