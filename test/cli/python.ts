import { spawnSync } from 'node:child_process';

/**
 * A Python that has a module: the one that AZUL_PYTHON names, else the one on the PATH, else the system's. Prints a line and
 * returns undefined if there is none.
 */
export function pythonWith(module: string): string | undefined {
  const programs = [process.env.AZUL_PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
  const found = programs.find((program) => spawnSync(program, ['-c', `import ${module}`]).status === 0);
  if (!found) console.log(`there is no Python with ${module}: its tests are skipped`);
  return found;
}
