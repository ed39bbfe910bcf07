import { defineConfig } from 'vite';

/** The script and the style of the report, which `azul report` writes into a page with the numbers of a run. */
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
