import { defineConfig } from 'vite';

/** Builds the script and the style of the report. `azul report` writes both into a page with the numbers of a run. */
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/report',
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: 'report/report.tsx',
      formats: ['iife'],
      name: 'report',
      fileName: () => 'report.js',
      cssFileName: 'report',
    },
  },
});
