import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../paths.js';

/** The shipped model for n players, if there is one. */
export function shippedModel(players: number): string | undefined {
  const path = fileURLToPath(new URL(`models/azul-${players}p.onnx`, packageRoot));
  return existsSync(path) ? path : undefined;
}
