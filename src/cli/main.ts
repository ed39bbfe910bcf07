#!/usr/bin/env -S sh -c 'trap H=0 1;kill -1 $$;NOHUP=${H-1} exec node --single-threaded-gc --no-incremental-marking "$0" "$@"'
// The flags: every call of ONNX Runtime leaves its outputs to the garbage collector, whose helper threads would take the
// cores that workers compute on. What comes before finds out whether nohup, or another parent, has SIGHUP ignored, which
// Node undoes: a shell can't trap what was ignored at its start. Older kernels take 127 bytes as a first line at most.
import { azul } from './commands.js';

await azul(process.argv.slice(2));
