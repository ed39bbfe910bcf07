/** The structure in CONTRIBUTING.md: imports go one way, without circles, between folders of a limited size. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/paths.js';

/**
 * Folders of src/ from the lowest. A file imports only from its own folder and from lower ones. The first entry that holds
 * a file is its layer, so `training` is only the door above its four folders.
 */
const LAYERS = [
  '.',
  'game',
  'mcts',
  'arena',
  'bga',
  'network',
  'runs',
  'players',
  'analysis',
  'training/data',
  'training/dataset',
  'training/step',
  'training/config',
  'training/selfplay',
  'fleet',
  'training/run',
  'training/curves',
  'training',
  'cli',
];
const MAX_FILES = 22;

const src = fileURLToPath(new URL('src/', packageRoot));
const files = (readdirSync(src, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));

/** The layer of a file, by its place in LAYERS. The library's `index.ts` is above all. */
function layerOf(file: string): number {
  if (file === 'index.ts') return LAYERS.length;
  const folder = dirname(file);
  const layer = LAYERS.findIndex((name) => folder === name || folder.startsWith(`${name}/`));
  expect(layer, `${file} is in no folder of LAYERS`).toBeGreaterThanOrEqual(0);
  return layer;
}

/** Whether a file is the list of what a folder exports for users of the library. */
const isDoor = (file: string) => basename(file) === 'index.ts';

/** The files of src/ that a file imports, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)].map(([, path]) =>
    relative(src, join(src, dirname(file), `${path}.ts`)),
  );
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('imports go down the layers', () => {
  const wrong = files.flatMap((file) =>
    imports
      .get(file)!
      .filter((other) => layerOf(other) > layerOf(file))
      .map((other) => `${file} imports ${other}`),
  );
  expect(wrong).toEqual([]);
});

test('only the library imports doors: its own files import the file that they need', () => {
  const wrong = files.filter((file) => file !== 'index.ts' && imports.get(file)!.some((other) => isDoor(other)));
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')];
    if (done.has(file)) return [];
    const circles = imports.get(file)!.flatMap((other) => visit(other, [...path, file]));
    done.add(file);
    return circles;
  };
  expect(files.flatMap((file) => visit(file, []))).toEqual([]);
});

test('folders have a limited size', () => {
  const counts = new Map<string, number>();
  for (const file of files) if (!isDoor(file)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
});
