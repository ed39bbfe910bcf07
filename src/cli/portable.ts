#!/usr/bin/env -S node --single-threaded-gc --no-incremental-marking
// The command `azul-zero`: the same as `azul`, without a shell in its first line, which Windows lacks.
import './main.js';
