/** The package's folder, for this file in src or in dist/src. */
export const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);

/** The URL of a built file, by its path within src: WebAssembly, or a module for worker threads. */
export function compiled(path: string): string {
  return new URL(`dist/src/${path}`, packageRoot).href;
}
