#!/usr/bin/env -S sh -c 'trap H=0 1;kill -1 $$;NOHUP=${H-1} exec node --single-threaded-gc --no-incremental-marking "$0" "$@"'
// The flags keep the garbage collector on one thread. ONNX Runtime leaves its outputs to it, and its helper threads would take
// the cores of the workers. The shell code finds out whether SIGHUP is ignored, by nohup for example, because Node forgets
// that: a shell can't trap a signal that was ignored at its start. The first line has 127 bytes at most, for older kernels.
import { azul } from './commands.js';

await azul(process.argv.slice(2));
