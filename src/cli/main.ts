#!/usr/bin/env -S node --single-threaded-gc --no-incremental-marking
// The flags: every call of ONNX Runtime leaves its outputs to the garbage collector, whose helper threads would take the
// cores that workers compute on.
import { azul } from './commands.js';

await azul(process.argv.slice(2));
