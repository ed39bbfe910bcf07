/** The command line: options and help of each command. The command itself is in the file of its name. */
import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LEVELS } from '../arena/levels.js';
import { MAX_SIMULATIONS } from '../arena/thinker.js';
import { readJson } from '../files.js';
import { DEVICES } from '../network/devices.js';
import { INPUTS } from '../network/inference.js';
import { packageRoot } from '../paths.js';
import { PLAYER_SPECS, SPEC_HELP } from '../players/playerKinds.js';
import { PRESET_NAMES } from '../training/config/presetNames.js';
import { UsageError } from '../usageError.js';
import { fail, oneLine, outliveOutput, watchStreams } from './errors.js';
import { beforeSignal, heedNohup } from './interruption.js';

const { version } = readJson(new URL('package.json', packageRoot)) as { version: string };

/** Runs one command as in a shell: `azul(['train', '--preset', 'quick'])`. An error ends the process. */
export async function azul(args: readonly string[]): Promise<void> {
  heedNohup();
  watchStreams();
  process.on('uncaughtException', fail);
  try {
    await commandLine().parseAsync(args.map(notAnOption), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error);
    // Commander has printed its message. Help and version are no errors.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}

/** Adds `position` before a position whose first factory is empty, which would look like an option. */
function notAnOption(arg: string): string {
  return arg.startsWith('-/') ? `position ${arg}` : arg;
}

/** Returns an argument parser for whole numbers from min to max. */
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

/** Adds the options of the web server. A port or host implies `--web` for the commands that have it. */
function serving(command: Command): Command {
  const port = new Option('--port <n>', 'port to serve on; 0: any free port').argParser(whole(0, 65_535)).default(2985);
  const host = new Option(
    '--host <address>',
    'address to serve on; with 0.0.0.0 other machines can open the page too',
  ).default('127.0.0.1');
  return command.addOption(port.implies({ web: true })).addOption(host.implies({ web: true }));
}

/** Option of the commands that compute a network. */
const DEVICE = [
  '--device <name>',
  `device on which ONNX Runtime computes: ${DEVICES.join(', ')}`,
  oneOf(...DEVICES),
] as const;

/** Option of the commands that take a network of another program. */
const INPUT_MEANING = [
  '--inputs <name>',
  `the model is a network of another program that takes these inputs: ${INPUTS.join(', ')} (docs/networks.md)`,
  oneOf(...INPUTS),
] as const;

/** Option of the commands that play against the opponents of a stored configuration. */
const ALLOW_ENGINES = [
  '--allow-engines',
  'allow a stored configuration to start programs as opponents (engine:<command>)',
  false,
] as const;

/** Option of the commands that train a run. */
const MLFLOW = [
  '--mlflow <folder>',
  'also write metrics, settings and models to this MLflow file store; resuming the run continues there',
] as const;

/** The options of the commands that play on a fleet. */
const FLEET = ['--fleet <url>', 'play on the workers of a fleet, for example nats://learner:4222'] as const;
const CREDS = [
  '--creds <file>',
  'credentials for the fleet; or set NATS_USER and NATS_PASSWORD, or NATS_TOKEN',
] as const;

const collect = (text: string, before: string[] = []) => [...before, text];

function commandLine(): Command {
  // A command inherits these settings when it is added to the program.
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
            .replace(/\.$/, '')}; azul help lists the commands\n`,
        ),
    });

  serving(program.command('train').option('--web', 'serve the live dashboard of the run in the browser', false))
    .description('train a network by self-play, from random weights or from a model')
    .option(
      '--preset <name>',
      `configuration to start from: ${PRESET_NAMES.join(', ')}`,
      oneOf(...PRESET_NAMES),
      'laptop',
    )
    .option('--config <file>', 'YAML or JSON file with settings that replace those of the preset')
    .option('--set <field=value>', 'change one setting, for example training.batchSize=256; can be repeated', collect)
    .option(...DEVICE)
    .option('--backend <name>', 'library that trains: onnx or tensorflow', oneOf('onnx', 'tensorflow'))
    .option('--run <folder>', 'folder of the run; a new one in runs/ by default')
    .option('--from <model>', 'model whose weights the run starts from: a file, best:<run> or latest:<run>')
    .option(...MLFLOW)
    .option(...FLEET)
    .option(...CREDS)
    .option(...ALLOW_ENGINES)
    .option('--print-config', 'print the configuration and explain its settings, without training')
    .action(async ({ web, ...options }) => {
      const { printConfig, train } = await import('./train.js');
      if (options.printConfig) return printConfig(options);
      outliveOutput();
      await train({ ...options, web: web ? options : undefined });
    });

  serving(program.command('resume').option('--web', 'serve the live dashboard of the run in the browser', false))
    .description('continue a run exactly where it stopped')
    .argument('[run]', 'folder of the run; the newest one in runs/ by default')
    .option(...MLFLOW)
    .option(...FLEET)
    .option(...CREDS)
    .option(...ALLOW_ENGINES)
    .action(async (run, { web, ...options }) => {
      outliveOutput();
      const { resume } = await import('./train.js');
      await resume(run, { ...options, web: web ? options : undefined });
    });

  program
    .command('worker')
    .description('play games for the runs and matches of a fleet, until it is stopped')
    .argument('<url>', 'address of the fleet, for example nats://learner:4222')
    .option('--threads <n>', 'threads that play', whole(1, 4096), availableParallelism())
    .option('--name <word>', 'name that the fleet shows; made of the host name by default')
    .option(...CREDS)
    .action(async (url: string, options) => {
      outliveOutput();
      const { worker } = await import('./fleet/worker.js');
      await worker(url, options);
    });

  program
    .command('fleet')
    .description('show who is in a fleet: workers, their rates, what they play, and the runs')
    .argument('<url>', 'address of the fleet, for example nats://learner:4222')
    .option(...CREDS)
    .option('--json', 'print JSON instead of text', false)
    .action(async (url: string, options) => {
      const { fleet } = await import('./fleet/fleet.js');
      await fleet(url, options);
    });

  program
    .command('fit')
    .description(
      'train a network on the games of a run, without self-play, until the held-out loss stops falling; the same command continues an interrupted fit',
    )
    .argument('<replay>', 'folder of a run, or a replay.db file')
    .option('--out <file>', 'model file to write, from the best epoch so far', 'fit.onnx')
    .option('--epochs <n>', 'maximum number of passes over the games', whole(1, 1_000_000), 20)
    .option(
      '--patience <n>',
      'epochs in a row without a better held-out number before training stops; monitor.patience or 3 by default',
      whole(1, 1_000_000),
    )
    .option(
      '--min-delta <n>',
      'smallest improvement of that number that counts; monitor.minDelta or 0.001 by default',
      atLeastZero,
    )
    .option('--config <file>', 'YAML or JSON file with settings that replace those of the run, or of the preset laptop')
    .option('--set <field=value>', 'change one setting, for example network=large; can be repeated', collect)
    .option('--compare <field=values>', 'train with each of several values, for example training.schedule=cosine,step')
    .option('--seeds <n>', 'number of seeds to train with; results get their 95 % interval', whole(1, 100), 1)
    .action(async (source, options) => {
      outliveOutput();
      const { fit } = await import('./fit/fit.js');
      await fit(source, options);
    });

  program
    .command('dataset')
    .description('write the positions of a run or a record as Parquet or NumPy files, for other programs to learn from')
    .argument('<source>', 'folder of a run, a replay.db file, or a record')
    .requiredOption('--out <folder>', 'folder to write, which must be new or empty')
    .option('--form <name>', 'form of the files: parquet or npz', oneOf('parquet', 'npz'), 'parquet')
    .action(async (source, options) => {
      const { dataset } = await import('./dataset.js');
      await dataset(source, options);
    });

  serving(program.command('web'))
    .description('play, analyse and watch a run in the browser; --host opens it to other machines')
    .argument('[run]', 'folder of a run to watch')
    .action(async (run, options) => {
      outliveOutput();
      const { web } = await import('./web.js');
      await web(run, options);
    });

  program
    .command('report')
    .description(
      'write the curves of a run or a fit, with explanations, to one HTML file; several are drawn over one another',
    )
    .argument('[runs...]', 'folders of runs, or .history.json files of azul fit; the newest run in runs/ by default')
    .option('--out <file>', 'file to write; by default report.html in the folder of the run, or <model>.html for a fit')
    .option('--png', 'draw loss, accuracy, learning rate and gradient norm as a picture too', false)
    .option('--text', 'print these four curves as text, and write nothing', false)
    .action(async (runs: string[], options) => {
      const { report } = await import('./pages/report.js');
      await report(runs, options);
    });

  program
    .command('evaluate')
    .description(`play matches between players and rate them. A player is one of: ${PLAYER_SPECS.join('  ')}`)
    .argument('<players...>', 'two or more players')
    .addHelpText('after', `\n${SPEC_HELP}`)
    .option('--pairs <n>', 'deals per pairing; each deal is played once from every seat', whole(1, 1_000_000), 100)
    .option('--players <n>', 'seats at the table', whole(2, 4), 2)
    .option('--seed <n>', 'seed of the deals', whole(0, 2 ** 31 - 1), 1)
    .option(
      '--gauntlet',
      'play only the first player against each of the others; by default every two players meet',
      false,
    )
    .option(
      '--sprt <elo>',
      'stop a pairing once a sequential test decides between 0 and <elo> Elo for its first player (5 % errors)',
      whole(1, 1000),
    )
    .option('--out <folder>', 'folder for games and results; the same command continues an interrupted tournament')
    .option(...FLEET)
    .option(...CREDS)
    .option('--json', 'print JSON instead of text', false)
    .action(async (specs: string[], options) => {
      if (specs.length < 2) throw new UsageError('evaluate takes two players or more; azul help evaluate lists them');
      if (options.out !== undefined) outliveOutput();
      const finish = beforeSignal(() =>
        console.error(
          options.out === undefined
            ? 'stopped, and no game was saved; --out <folder> saves games, and the same command then continues'
            : `stopped; the same command continues the tournament in ${options.out}`,
        ),
      );
      const { evaluate } = await import('./evaluate.js');
      await evaluate(specs, options);
      finish();
    });

  program
    .command('export')
    .description('copy a model for use elsewhere, calibrated for 8-bit integers, with a manifest')
    .argument('<model>', 'model file, best[:<run>] or latest[:<run>]')
    .argument('<file>', 'file to write, <name>.onnx; an existing file is replaced')
    .option('--licence <name>', 'licence to name in the manifest', 'MIT')
    .option(...INPUT_MEANING)
    .action(async (model: string, file: string, { licence, inputs }) => {
      const { exportModel } = await import('../training/run/export.js');
      const { modelFile } = await import('../players/players.js');
      const { sha256, architecture } = await exportModel(modelFile(model), file, licence, inputs);
      console.log(`${file}: ${architecture.parameters} parameters, SHA-256 ${sha256}`);
    });

  program
    .command('merge')
    .description(
      'combine models into one network that returns the mean of their outputs; its width is the sum of theirs',
    )
    .argument('<models...>', 'two or more with the same number of blocks: model files, best[:<run>] or latest[:<run>]')
    .option('--out <file>', 'model file to write', 'merged.onnx')
    .action(async (models: string[], { out }) => {
      if (models.length < 2) throw new UsageError('merge takes two models or more; azul help merge explains it');
      const { merge } = await import('./merge.js');
      merge(models, out);
    });

  program
    .command('replay')
    .description('show the games of a record and check them against the rules')
    .argument('<file>', 'record with one or more games')
    .option('--moves', 'show one line per round instead of the table after each move', false)
    .option('--game <n>', 'show only this game, counted from 1', whole(1, 100_000_000))
    .action(async (file: string, options) => {
      const { replay } = await import('./replay.js');
      replay(file, options);
    });

  program
    .command('import')
    .description('turn a replay saved from Board Game Arena into a record, checked against the rules')
    .argument('<file>', 'saved page of the replay, its JSON, or the export of a tool')
    .option('--out <file>', 'record to write, such as games.azul; standard output by default')
    .action(async (file: string, { out }) => {
      const { importGame } = await import('./importGame.js');
      importGame(file, out);
    });

  program
    .command('analyse')
    .description('show the best moves of a position, or rate every move of a recorded game and list the costliest')
    .argument('<subject...>', 'position in notation (or “start 2 moves …”), a file with a position, or a record')
    .option('--model <model>', 'model file, best[:<run>] or latest[:<run>]; the shipped model by default')
    .option(...DEVICE)
    .option(...INPUT_MEANING)
    .option('--sims <n>', 'simulations per search', whole(1, MAX_SIMULATIONS), 400)
    .option('--lines <n>', 'number of moves to show', whole(1, 500), 5)
    .option('--game <n>', 'game to analyse in a record with several, counted from 1', whole(1, 100_000_000))
    .option('--seed <n>', 'seed of the searches', whole(0, 2 ** 31 - 1), 0)
    .option('--json', 'print JSON instead of text', false)
    .action(async (subject: string[], options) => {
      const { analyse } = await import('./analyse.js');
      await analyse(subject.join(' '), options);
    });

  program
    .command('play')
    .description('play in the terminal against a model')
    .argument('[model]', 'model file, best[:<run>] or latest[:<run>]; the shipped model by default')
    .option(...DEVICE)
    .option(...INPUT_MEANING)
    .option('--players <n>', 'seats at the table', whole(2, 4), 2)
    .option('--seat <n>', 'your seat, counted from 1; 0: a random seat', whole(0, 4), 1)
    .option('--level <name>', `strength of the model: ${LEVEL_NAMES.join(', ')}`, oneOf(...LEVEL_NAMES), 'expert')
    .option('--sims <n>', 'simulations per move of the model, instead of a level', whole(1, 1_000_000))
    .option('--seed <n>', 'seed of the deals; random by default', whole(0, 2 ** 31 - 1))
    .action(async (model, options) => {
      const { play } = await import('./play.js');
      await play(model, options);
    });

  program
    .command('engine')
    .description('speak the engine protocol on standard input and output')
    .option('--model <model>', 'model file, best[:<run>] or latest[:<run>]; the shipped model by default')
    .option(...DEVICE)
    .option(...INPUT_MEANING)
    .action(async (named) => {
      const [{ Engine }, { runEngine }, { openThinker }] = await Promise.all([
        import('./engine/engine.js'),
        import('./engine/runEngine.js'),
        import('./openThinker.js'),
      ]);
      await runEngine(new Engine(openThinker(named), `Azul Zero ${version}`), process.stdin, process.stdout);
      process.exit(0);
    });

  program
    .command('analysis')
    .description('analyse many positions at once: requests as lines of JSON on standard input, answers in any order')
    .option('--model <model>', 'model file, best[:<run>] or latest[:<run>]; the shipped model by default')
    .option(...DEVICE)
    .option(...INPUT_MEANING)
    .option('--threads <n>', 'threads that search; one for each core by default', whole(1, 1024))
    .action(async ({ model, inputs, ...options }) => {
      const [{ runAnalysis }, { modelFile, openModel }] = await Promise.all([
        import('./analysis.js'),
        import('../players/players.js'),
      ]);
      const path = model === undefined ? undefined : modelFile(model);
      if (path !== undefined) openModel(path, undefined, inputs);
      await runAnalysis(process.stdin, process.stdout, { path, inputs, ...options });
    });

  program
    .command('bench')
    .description('measure the speed of search, network, training and self-play')
    .option('--json', 'print one JSON object instead of a table', false)
    .option('--quick', 'measure for less than 40 seconds in all', false)
    .option('--minutes <n>', 'minutes to measure self-play, to see whether memory use grows', whole(1, 1000))
    .action(async (options) => {
      const { bench } = await import('./bench.js');
      await bench(options);
    });

  program
    .command('help')
    .description('explain a command')
    .argument('[command]', 'name of a command; without it, azul lists the commands')
    .action((name?: string) => {
      const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
      if (!command) throw new UsageError(`unknown command '${name}'; azul help lists the commands`);
      command.outputHelp();
    });

  return program;
}
