/**
 * The menu of `npm start`. Each entry is a program in this folder. `npm start -- 3` runs an entry without the menu; arguments
 * after the number go to the program.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { rawlist } from '@inquirer/prompts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Entry {
  title: string;
  programs: string[];
}

/** Demonstrations of one component each. */
const COMPONENTS: Entry[] = [
  { title: 'loss functions', programs: ['lossFunctions'] },
  { title: 'batch sampling', programs: ['batchSampling'] },
  { title: 'training step', programs: ['trainingStep'] },
  { title: 'checkpoint management', programs: ['checkpoints'] },
  { title: 'self-play data generation', programs: ['selfPlay'] },
];

/** Numbered from 1. */
const ENTRIES: Entry[] = [
  { title: 'play against your trained model, or the shipped one', programs: ['play'] },
  { title: 'play, analyse and watch the newest run in the browser', programs: ['web'] },
  { title: 'train quickly: from random weights to a player in minutes', programs: ['quickTraining'] },
  { title: 'train in full: until you stop it', programs: ['fullTraining'] },
  { title: 'resume the newest run', programs: ['resume'] },
  { title: 'analyse a position', programs: ['analyse'] },
  { title: 'evaluate your trained model', programs: ['evaluate'] },
  {
    title: 'run the next five demonstrations, one after the other',
    programs: COMPONENTS.flatMap(({ programs }) => programs),
  },
  ...COMPONENTS,
  { title: 'write your own training loop from all components', programs: ['customLoop'] },
  { title: 'add your own metrics and stop condition with callbacks', programs: ['callbacks'] },
  { title: 'train with your own loss function', programs: ['customLoss'] },
  { title: 'compare the training step with PyTorch (needs python3-torch)', programs: ['pytorch'] },
  { title: 'train a network of your own on data of your own', programs: ['ownNetwork'] },
  { title: 'check the gradients of your own loss function', programs: ['checkGradients'] },
];

/**
 * Runs a program of this folder in this terminal, with Node's flags of the menu. Returns its exit status, as a shell reports
 * it. Signals go to the program, which decides how to end. The terminal sends Ctrl-C to it directly.
 */
function run(program: string, args: string[]): Promise<number> {
  const file = fileURLToPath(new URL(`${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, file, ...args], { stdio: 'inherit' });
  let endsMenu: NodeJS.Signals | undefined;
  const receive = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT') return;
    endsMenu = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, receive);
  return new Promise((resolve) => {
    child.on('exit', (status, endedBy) => {
      for (const signal of SIGNALS) process.off(signal, receive);
      if (endsMenu) process.kill(process.pid, endsMenu);
      resolve(status ?? 128 + constants.signals[endedBy!]);
    });
  });
}

async function runEntry({ programs }: Entry, args: string[]): Promise<number> {
  for (const [i, program] of programs.entries()) {
    if (i > 0) console.log(`\n${'-'.repeat(80)}\n`);
    const status = await run(program, args);
    if (status !== 0) return status;
  }
  return 0;
}

/** Shows the menu: a number and Enter runs an entry, `q` and Enter leaves. */
async function showMenu(): Promise<void> {
  const choices = [
    ...ENTRIES.map((entry) => ({ name: entry.title, value: entry })),
    { name: 'quit', key: 'q', value: undefined },
  ];
  for (;;) {
    const entry = await rawlist<Entry | undefined>({ message: 'Azul Zero, number or q:', choices });
    if (!entry) return;
    await runEntry(entry, []);
  }
}

const [number, ...args] = process.argv.slice(2);
if (number !== undefined) {
  const entry = /^\d+$/.test(number) ? ENTRIES[Number(number) - 1] : undefined;
  if (entry) process.exitCode = await runEntry(entry, args);
  else {
    console.error(`menu: there is no entry '${number}'; choose one from 1 to ${ENTRIES.length}, as in npm start -- 3`);
    process.exitCode = 2;
  }
} else if (process.stdin.isTTY && process.stdout.isTTY) {
  await showMenu().catch((error: Error) => {
    // Ctrl-C in the menu.
    if (error.name !== 'ExitPromptError') throw error;
    process.exitCode = 130;
  });
} else {
  ENTRIES.forEach(({ title }, i) => {
    console.log(`${String(i + 1).padStart(2)}  ${title}`);
  });
  console.error('menu: there is no terminal to choose in; name an entry, as in npm start -- 3');
  process.exitCode = 2;
}
