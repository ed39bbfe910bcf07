#!/usr/bin/env node
import { azul } from './commands.js';

await azul(process.argv.slice(2));
