import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const root = (path: string) => new URL(path, import.meta.url);

/** The shipped models, below their own names. */
const models: Plugin = {
  name: 'models',
  generateBundle() {
    for (const file of readdirSync(root('../models')).filter((name) => name.endsWith('.onnx'))) {
      this.emitFile({ type: 'asset', fileName: `models/${file}`, source: readFileSync(root(`../models/${file}`)) });
    }
  },
};

/** The page as a folder of static files with relative addresses, which any web host can serve below any path. */
export default defineConfig({
  root: root('.').pathname,
  base: './',
  plugins: [models],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: 'es' },
});
