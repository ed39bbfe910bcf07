#!/usr/bin/env node
import { Command } from 'commander';
import { train } from './train.js';

const program = new Command('azul');
program
  .command('train')
  .option('--preset <n>', '', 'laptop')
  .option('--run <f>')
  .option('--set <s...>')
  .action((o) => train(o));
program.parseAsync();
