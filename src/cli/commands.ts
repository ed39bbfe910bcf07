/** The command line: what each command takes. What it does is in the file of its name. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LEVELS } from '../arena/levels.js';
import { MOST_SIMULATIONS } from '../arena/thinker.js';
import { readJson } from '../files.js';
import { DEVICES } from '../network/devices.js';
import { packageRoot } from '../paths.js';
import { PLAYER_SPECS, SPEC_HELP } from '../players/playerKinds.js';
import { PRESET_NAMES } from '../training/run/presetNames.js';
import { UsageError } from '../usageError.js';
import { fail, oneLine, outliveOutput, watchStreams } from './errors.js';
import { beforeSignal, heedNohup } from './interruption.js';

const { version } = readJson(new URL('package.json', packageRoot)) as { version: string };

/** Runs one command as a shell does: `azul(['train', '--preset', 'quick'])`. What goes wrong ends the process. */
export async function azul(args: readonly string[]): Promise<void> {
  heedNohup();
  watchStreams();
  process.on('uncaughtException', fail);
  try {
    await commandLine().parseAsync(args.map(notAnOption), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error);
    // Commander has printed its line; help and version end well.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}

/** A position whose first factory is empty begins as an option does. */
function notAnOption(arg: string): string {
  return arg.startsWith('-/') ? `position ${arg}` : arg;
}

/** An argument parser for whole numbers within bounds. */
function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('It must be a number from 0.');
  }
  return value;
}

const LEVEL_NAMES = LEVELS.map(({ id }) => id);

function oneOf(...choices: string[]) {
  return (text: string): string => {
    if (!choices.includes(text)) throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
    return text;
  };
}

/** Adds the options of what serves the page; with `--web` among them, naming a port or a host means it. */
function serving(command: Command): Command {
  const port = new Option('--port <n>', 'port to serve on; 0: any that is free')
    .argParser(whole(0, 65_535))
    .default(2985);
  const host = new Option(
    '--host <address>',
    'address to serve on; others than this machine may read what is there',
  ).default('127.0.0.1');
  return command.addOption(port.implies({ web: true })).addOption(host.implies({ web: true }));
}

/** The option of the commands that compute a network. */
const DEVICE = ['--device <name>', `where ONNX Runtime computes: ${DEVICES.join(', ')}`, oneOf(...DEVICES)] as const;

/** The option of the commands that play against the opponents of a stored configuration. */
const ALLOW_ENGINES = [
  '--allow-engines',
  'permit programs (engine:<command>) among the opponents of a configuration that was not typed here',
  false,
] as const;

const collect = (text: string, before: string[] = []) => [...before, text];

function commandLine(): Command {
  // Commands take these settings over from the program when they are added to it.
  const program = new Command('azul')
    .description('Azul Zero: a network that learns the board game Azul by playing itself')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `azul: ${oneLine(text)
            .replace(/^error: /, '')
            .replace(/\.$/, '')}; azul help tells what there is\n`,
        ),
    });

  serving(program.command('train').option('--web', 'serve the live dashboard of the run in the browser', false))
    .description('train a network by self-play, from nothing or from a model')
    .option(
      '--preset <name>',
      `configuration to start from: ${PRESET_NAMES.join(', ')}`,
      oneOf(...PRESET_NAMES),
      'laptop',
    )
    .option('--config <file>', 'JSON file with fields that replace the preset’s')
    .option('--set <field=value>', 'one field, such as training.batchSize=256; may be repeated', collect)
    .option(...DEVICE)
    .option('--backend <name>', 'library that trains: onnx or tensorflow', oneOf('onnx', 'tensorflow'))
    .option('--run <folder>', 'folder of the run; a fresh one below runs/ by default')
    .option('--from <model>', 'start from the weights of a model: a file, best:<run> or latest:<run>')
    .option(...ALLOW_ENGINES)
    .option('--print-config', 'print the configuration, with what each field means, and train nothing')
    .action(async ({ web, ...options }) => {
      const { printConfig, train } = await import('./train.js');
      if (options.printConfig) return printConfig(options);
      outliveOutput();
      await train({ ...options, web: web ? options : undefined });
    });

  serving(program.command('resume').option('--web', 'serve the live dashboard of the run in the browser', false))
    .description('continue a run exactly where it stopped')
    .argument('[run]', 'folder of the run; the newest below runs/ by default')
    .option(...ALLOW_ENGINES)
    .action(async (run, { web, ...options }) => {
      outliveOutput();
      const { resume } = await import('./train.js');
      await resume(run, { ...options, web: web ? options : undefined });
    });

  program
    .command('fit')
    .description('train a network on the games of a run, without self-play, until held-out games gain no more')
    .argument('<replay>', 'folder of a run, or a replay.db')
    .option('--out <file>', 'model to write: that of the best epoch so far', 'fit.onnx')
    .option('--epochs <n>', 'passes over the games at most', whole(1, 1_000_000), 20)
    .option('--patience <n>', 'epochs in a row that may fail to lower the held-out loss', whole(1, 1_000_000), 3)
    .option('--min-delta <loss>', 'what it has to fall by', atLeastZero, 0.001)
    .option('--config <file>', 'JSON file with fields that replace those of the run, or of the preset laptop')
    .option('--set <field=value>', 'one field, such as network=large; may be repeated', collect)
    .action(async (source, options) => {
      outliveOutput();
      const { fit } = await import('./fit.js');
      await fit(source, options);
    });

  serving(program.command('web'))
    .description('play and analyse in the browser, and watch a run; on this machine only, unless told otherwise')
    .argument('[run]', 'folder of a run to watch')
    .action(async (run, options) => {
      outliveOutput();
      const { web } = await import('./web.js');
      await web(run, options);
    });

  program
    .command('report')
    .description('the curves of a run as one HTML file, with words for those who did not make it')
    .argument('[run]', 'folder of the run; the newest below runs/ by default')
    .option('--out <file>', 'the file to write; report.html in the folder of the run by default')
    .action(async (run, { out }) => {
      const { report } = await import('./pages/report.js');
      report(run, out);
    });

  program
    .command('evaluate')
    .description(`players against each other. A player is one of: ${PLAYER_SPECS.join('  ')}`)
    .argument('<players...>', 'two or more of them')
    .addHelpText('after', `\n${SPEC_HELP}`)
    .option('--pairs <n>', 'deals a pairing; each is played from every seat', whole(1, 1_000_000), 100)
    .option('--players <n>', 'seats at the table', whole(2, 4), 2)
    .option('--seed <n>', 'seed of the deals', whole(0, 2 ** 31 - 1), 1)
    .option('--gauntlet', 'the first meets all others, instead of every two each other', false)
    .option(
      '--sprt <elo>',
      'end a pairing once a sequential test knows if its first player is that much stronger, or not at all (5 % errors)',
      whole(1, 1000),
    )
    .option('--out <folder>', 'keep games and results there; the same command continues an interrupted tournament')
    .option('--json', 'print JSON', false)
    .action(async (specs: string[], options) => {
      if (specs.length < 2) throw new UsageError('evaluate takes two players or more; azul help evaluate names them');
      if (options.out !== undefined) outliveOutput();
      const finish = beforeSignal(() =>
        console.error(
          options.out === undefined
            ? 'stopped, and nothing is kept; with --out <folder> games are kept, and the same command continues'
            : `stopped; the same command continues what is in ${options.out}`,
        ),
      );
      const { evaluate } = await import('./evaluate.js');
      await evaluate(specs, options);
      finish();
    });

  program
    .command('export')
    .description('copy a model for use elsewhere: calibrated for 8 bits, with a manifest beside it')
    .argument('<model>', 'model file, best[:<run>] or latest[:<run>]')
    .argument('<file>', 'where to, <name>.onnx; what is there is replaced')
    .option('--licence <name>', 'licence of the model', 'MIT')
    .action(async (model: string, file: string, { licence }) => {
      const { exportModel } = await import('../training/run/export.js');
      const { modelFile } = await import('../players/players.js');
      const { sha256, architecture } = await exportModel(modelFile(model), file, licence);
      console.log(`${file}: ${architecture.parameters} parameters, SHA-256 ${sha256}`);
    });

  program
    .command('merge')
    .description('several models as one network, as wide as all of them, that answers with the mean of their answers')
    .argument('<models...>', 'two or more, of as many blocks: model files, best[:<run>] or latest[:<run>]')
    .option('--out <file>', 'model to write', 'merged.onnx')
    .action(async (models: string[], { out }) => {
      if (models.length < 2) throw new UsageError('merge takes two models or more');
      const { merge } = await import('./merge.js');
      merge(models, out);
    });

  program
    .command('replay')
    .description('show the games of a record, and check them')
    .argument('<file>', 'record of one or many games')
    .option('--moves', 'show a line for each round, not the table after each move', false)
    .option('--game <n>', 'show one game only, from 1', whole(1, 100_000_000))
    .action(async (file: string, options) => {
      const { replay } = await import('./replay.js');
      replay(file, options);
    });

  program
    .command('analyse')
    .description('the best moves of a position; what each move of a recorded game was worth, and which lost most')
    .argument('<subject...>', 'position in notation, also “start 2 moves …”, or a file with one, or a record')
    .option('--model <model>', 'model file, best[:<run>] or latest[:<run>]; the shipped ones by default')
    .option(...DEVICE)
    .option('--sims <n>', 'simulations of each search', whole(1, MOST_SIMULATIONS), 400)
    .option('--lines <n>', 'moves to show', whole(1, 500), 5)
    .option('--game <n>', 'the game of a record that holds many, from 1', whole(1, 100_000_000))
    .option('--seed <n>', 'seed of the searches', whole(0, 2 ** 31 - 1), 0)
    .option('--json', 'print JSON', false)
    .action(async (subject: string[], options) => {
      const { analyse } = await import('./analyse.js');
      await analyse(subject.join(' '), options);
    });

  program
    .command('play')
    .description('play in the terminal against a model')
    .argument('[model]', 'model file, best[:<run>] or latest[:<run>]; the shipped one by default')
    .option(...DEVICE)
    .option('--players <n>', 'seats at the table', whole(2, 4), 2)
    .option('--seat <n>', 'your seat, from 1; 0: a random one', whole(0, 4), 1)
    .option('--level <name>', `how strong it is: ${LEVEL_NAMES.join(', ')}`, oneOf(...LEVEL_NAMES), 'expert')
    .option('--sims <n>', 'simulations a move of the model, in place of a level', whole(1, 1_000_000))
    .option('--seed <n>', 'seed of the deals; a fresh one by default', whole(0, 2 ** 31 - 1))
    .action(async (model, options) => {
      const { play } = await import('./play.js');
      await play(model, options);
    });

  program
    .command('engine')
    .description('speak the engine protocol on standard input and output')
    .option('--model <model>', 'model file, best[:<run>] or latest[:<run>]; the shipped ones by default')
    .option(...DEVICE)
    .action(async ({ model, device }) => {
      const [{ Engine }, { runEngine }, { openThinker }] = await Promise.all([
        import('./engine.js'),
        import('./runEngine.js'),
        import('./openThinker.js'),
      ]);
      await runEngine(
        new Engine(openThinker(model, undefined, device), `Azul Zero ${version}`),
        process.stdin,
        process.stdout,
      );
      process.exit(0);
    });

  program
    .command('bench')
    .description('measure rates and ratios')
    .option('--json', 'print one JSON object', false)
    .option('--quick', 'take less than 40 seconds', false)
    .option('--minutes <n>', 'measure self-play for so long, to see whether memory stays as it is', whole(1, 1000))
    .action(async (options) => {
      const { bench } = await import('./bench.js');
      await bench(options);
    });

  program
    .command('help')
    .description('tell how a command is used')
    .argument('[command]', 'one of those above; all of them by default')
    .action((name?: string) => {
      const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
      if (!command) throw new UsageError(`unknown command '${name}'; azul help tells what there is`);
      command.outputHelp();
    });

  return program;
}
