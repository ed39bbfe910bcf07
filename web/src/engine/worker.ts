/** The worker that searches, so that the page stays responsive. It is the command line's thinker with inference for browsers. */
import { SearchThinker } from '../../../src/arena/searchThinker.js';
import { Rules } from '../../../src/game/rules.js';
import type { Evaluator, Leaves } from '../../../src/mcts/evaluator.js';
import { NetworkEvaluator } from '../../../src/network/networkEvaluator.js';
import { decodeNetwork, encodeForPlay, encodeQuantized } from '../../../src/network/onnxModel.js';
import type { Answer, Request, SentPosition } from './messages.js';
import { PlainInference } from './plainInference.js';
import { hasSimd } from './simd.js';

/** Longest time, in milliseconds, for which a search keeps messages waiting. */
const BREATH_MS = 20;

class Cancelled extends Error {}

const cancelled = new Set<number>();
/** Id of the request that is being answered. */
let current = -1;
let queue = Promise.resolve();
/** The address of the models' folder. */
let models = '';

type Question = Extract<Request, { kind: 'search' | 'evaluate' }>;

const say = (answer: Answer) => postMessage(answer);

/** Receives messages between the batches of a search, and ends the search of a cancelled request. */
class Interruptible implements Evaluator {
  private breath = performance.now();

  constructor(private readonly evaluator: Evaluator) {}

  async evaluate(leaves: Leaves): Promise<void> {
    await this.evaluator.evaluate(leaves);
    if (performance.now() < this.breath + BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.breath = performance.now();
    if (cancelled.has(current)) throw new Cancelled();
  }
}

/** Loads the model for a number of players. If that fails it sends a notice and returns undefined. */
async function open(players: number): Promise<Evaluator | undefined> {
  const notice = (message: string) => say({ kind: 'notice', players, message });
  const file = `azul-${players}p.onnx`;
  try {
    const answer = await fetch(new URL(file, models));
    if (!answer.ok) throw new Error(`${file}: ${answer.status} ${answer.statusText}`.trimEnd());
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const model = decodeNetwork(bytes, file);
    const { network, weights, ranges } = model;
    if (hasSimd()) {
      const { WebInference } = await import('./webInference.js');
      const playing = ranges ? encodeQuantized(network, weights, ranges) : encodeForPlay(network, weights);
      const inference = await WebInference.create(network, playing);
      notice('');
      return new Interruptible(new NetworkEvaluator(network, inference));
    }
    notice(
      'This browser has no WebAssembly SIMD: the model runs in plain JavaScript, and thinks several times as long.',
    );
    return new Interruptible(new NetworkEvaluator(network, new PlainInference(model)));
  } catch (error) {
    notice(
      `The model for ${players} players could not be loaded (${(error as Error).message}). ` +
        'Moves come from a search with random playouts until it is, and are much weaker.',
    );
    missing = true;
    return undefined;
  }
}

let thinker = new SearchThinker(open);
/** Whether a model could not be loaded. The next request tries again. */
let missing = false;

async function answer(request: Question): Promise<void> {
  const { id } = request;
  current = id;
  if (missing) {
    missing = false;
    thinker = new SearchThinker(open);
  }
  try {
    if (cancelled.has(id)) throw new Cancelled();
    if (request.kind === 'evaluate') {
      say({ kind: 'evaluation', id, evaluation: await thinker.evaluate(received(request.position), request.seed) });
    } else {
      const { position, budget, options } = request;
      const progress = (report: Extract<Answer, { kind: 'progress' }>['report']) =>
        say({ kind: 'progress', id, report });
      say({ kind: 'report', id, report: await thinker.search(received(position), budget, options, progress) });
    }
  } catch (error) {
    if (error instanceof Cancelled) say({ kind: 'cancelled', id });
    else say({ kind: 'failed', id, message: (error as Error).message });
  }
  cancelled.delete(id);
}

function received({ players, state }: SentPosition) {
  return { rules: Rules.for(players), state };
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'models') models = data.folder;
  else if (data.kind === 'cancel') cancelled.add(data.id);
  else queue = queue.then(() => answer(data));
});
