import type { Game } from '../mcts/game.js';
import { Search } from '../mcts/search.js';

/** Nodes that a search always keeps room for: some 16 MB. */
const NODES = 16_384;
/** Milliseconds for which more room is kept after a search that needed a quarter of it. */
const KEPT_MS = 10_000;
/** V8 frees dropped arrays at once when this much is allocated beside its heap. Memory that is never written costs nothing. */
const COLLECTING = 64 << 20;

/**
 * A search for one position after the other. Its memory stays from one to the next, and is given back once none has
 * needed it for a while.
 */
export class KeptSearch {
  private search: Search;
  private neededAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly game: Game,
    private readonly keptMs = KEPT_MS,
  ) {
    this.search = new Search(game, NODES);
  }

  /** Calls `work` with the search; one call at a time. */
  async use<T>(work: (search: Search) => Promise<T>): Promise<T> {
    clearTimeout(this.timer);
    try {
      return await work(this.search);
    } finally {
      const { nodes, nodeCapacity } = this.search.tree;
      const now = performance.now();
      if (4 * nodes > nodeCapacity) this.neededAt = now;
      if (nodeCapacity > NODES) {
        if (now > this.neededAt + this.keptMs) this.shrink();
        else this.timer = unref(setTimeout(() => this.shrink(), this.keptMs));
      }
    }
  }

  private shrink(): void {
    this.search = new Search(this.game, NODES);
    void new ArrayBuffer(COLLECTING);
  }
}

/** Lets Node end while a timer runs; browsers have no need of it. */
function unref<T>(timer: T): T {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
