/**
 * An engine that moves to the floor line where it can, and behaves as its first argument says. It writes its process id to
 * the file that the second argument names, if any.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [behaviour = 'good', pids, after = '3'] = process.argv.slice(2);
if (pids) appendFileSync(pids, `${process.pid}\n`);
const say = (line) => process.stdout.write(`${line}\n`);
const forever = () => setInterval(() => {}, 1000);

let position = '';
let moves = 0;

function move() {
  const [factories, centre] = position.split(' ');
  const piles = factories.split('/');
  const factory = piles.findIndex((pile) => pile !== '-');
  return factory < 0 ? `c${centre.replace('1', '')[0]}f` : `${factory + 1}${piles[factory][0]}f`;
}

const misbehave = {
  silent: forever,
  crashing: () => process.exit(3),
  killed: () => process.kill(process.pid, 'SIGSEGV'),
  illegal: () => say('bestmove 9W5'),
  garbage: () => say('I think, therefore I lose'),
  erring: () => say('error no idea'),
  twice: () => say(`bestmove ${move()}\nbestmove ${move()}`),
  stubborn: () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
    forever();
  },
  leaving: () => {
    say(`bestmove ${move()}`);
    setTimeout(() => process.exit(0), 50);
  },
  slow: () => setTimeout(() => say(`bestmove ${move()}`), 5000),
  mute: () => process.stdout.end(forever),
  flooding: () => {
    const line = `info string ${'x'.repeat(1 << 16)}`;
    const flood = () => process.stdout.write(`${line}\n`, flood);
    flood();
  },
  endless: () => {
    const flood = () => process.stdout.write('x'.repeat(1 << 16), flood);
    flood();
  },
};

function go() {
  moves++;
  if (behaviour in misbehave && moves >= Number(after)) return misbehave[behaviour]();
  say(`info sims 1 time 1 nps 1000 value 0 0 pv ${move()}`);
  say(`bestmove ${move()}${behaviour === 'talkative' ? ' ponder 1B1' : ''}`);
}

if (behaviour === 'talkative') say('Fake 1.0, an engine that says more than it has to');
const answers = {
  azi: () => {
    if (behaviour === 'mumbling') say('hello');
    else if (behaviour === 'refusing') say('error unknown command "azi"');
    else say('id name Fake\noption seed 0\naziok');
  },
  isready: () => {
    if (behaviour === 'unready') forever();
    else say(behaviour === 'talkative' ? 'loaded a model of 3 MB\nreadyok' : 'readyok');
  },
  position: (rest) => {
    position = rest;
  },
  go,
  quit: () => behaviour === 'staying' || process.exit(0),
};

if (behaviour === 'staying') forever();
createInterface({ input: process.stdin }).on('line', (line) => {
  const [name] = line.split(' ');
  answers[name]?.(line.slice(name.length + 1));
});
