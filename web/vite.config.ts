import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page as a folder of static files with relative addresses, which any web host can serve below any path. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: false },
  worker: { format: 'es' },
});
