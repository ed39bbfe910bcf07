/** Builds what tests of processes and of the page run, if it is older than its sources. */
import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The time of the last change of a file or of the newest file below a folder. It is 0 if there is none. */
function changed(path: string): number {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  const names = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...names.map((name) => statSync(join(root, path, name)).mtimeMs));
}

function build(script: string, result: string, sources: string[]): void {
  if (Math.max(...sources.map(changed)) > changed(result))
    execSync(`npm run ${script}`, { cwd: root, stdio: 'inherit' });
}

export default function setup(): void {
  build('build', 'dist/src/cli/main.js', ['src', 'examples', 'tsconfig.json', 'tsconfig.build.json']);
  build('build:web', 'dist/report/report.js', ['src', 'web']);
}
