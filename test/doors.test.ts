/** The doors of the package (`index.ts` files), as programs import them: each loads only what it needs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/paths.js';

const cwd = fileURLToPath(packageRoot);
const manifest = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as {
  exports: Record<string, string>;
  dependencies: Record<string, string>;
};
const specifier = (door: string) => door.replace('.', 'azul-zero');

/** The output of a fresh process that evaluates a module. */
function printed(program: string): unknown {
  return JSON.parse(execFileSync('node', ['--input-type=module', '-e', program], { cwd, encoding: 'utf8' }));
}

const NETWORK = ['onnx-proto', 'onnxruntime-node', 'protobufjs'];
const TRAINING = [...NETWORK, 'better-sqlite3', 'piscina', 'yaml'];

/** Packages that a door may load: the CommonJS ones in package.json, which include all with a native binary. */
const PACKAGES: Record<string, string[]> = {
  './game': [],
  './mcts': [],
  './arena': [],
  './network': NETWORK,
  './training': TRAINING,
  '.': [...TRAINING, 'commander'],
};

test('every door is in the table', () => {
  expect(Object.keys(manifest.exports).sort()).toEqual(Object.keys(PACKAGES).sort());
});

test.each(Object.entries(PACKAGES))('%s loads no packages but %j', (door, packages) => {
  const loaded = printed(`
    import { createRequire } from 'node:module';
    await import('${specifier(door)}');
    const files = Object.keys(createRequire(import.meta.url).cache);
    const addons = process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node'));
    console.log(JSON.stringify({ files, addons }));
  `) as { files: string[]; addons: string[] };
  const names = Object.keys(manifest.dependencies);
  const holds = (name: string) => loaded.files.some((file) => file.includes(join('node_modules', name, '/')));
  expect(names.filter(holds).sort()).toEqual(packages.toSorted());
  if (packages.length === 0) expect(loaded.addons).toEqual([]);
});

test('public types are our own, or come from packages that ship their types', () => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
      if (name!.startsWith('.')) visit(join(dirname(file), name!.replace(/\.js$/, '.d.ts')));
      else packages.add(name!);
    }
  };
  for (const path of Object.values(manifest.exports)) visit(join(cwd, path.replace(/\.js$/, '.d.ts')));
  expect(seen.size).toBeGreaterThan(50);
  expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual(['onnxruntime-node', 'zod']);
});

test('azul-zero exports everything that its doors export, as the same objects', () => {
  const doors = Object.keys(PACKAGES).filter((door) => door !== '.');
  const missing = printed(`
    const whole = await import('azul-zero');
    const missing = [];
    for (const door of ${JSON.stringify(doors.map(specifier))}) {
      const part = await import(door);
      if (Object.keys(part).length === 0) missing.push(door);
      for (const name of Object.keys(part)) if (whole[name] !== part[name]) missing.push(door + ' ' + name);
    }
    console.log(JSON.stringify(missing));
  `);
  expect(missing).toEqual([]);
});
