import type { Game } from '../mcts/game.js';
import { Search } from '../mcts/search.js';

/** Nodes for which memory is always kept: about 16 MB. */
const NODES = 16_384;
/** Milliseconds for which more memory is kept after a search that used a quarter of it. */
const KEPT_MS = 10_000;
/** Bytes to allocate so that V8 frees dropped arrays at once. Memory that is never written costs nothing. */
const COLLECTING = 64 << 20;

/**
 * A search for one position after the other. It keeps its memory from one to the next, and frees it if no search has needed it
 * for a while.
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

  /** Calls `work` with the search. Only one call at a time is allowed. */
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

/** Lets Node end while a timer runs. Browsers do not need it. */
function unref<T>(timer: T): T {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
