/** Texts by key: in localStorage, or in memory while the browser forbids that or has no room left. */
export class Store {
  private readonly memory = new Map<string, string>();

  /** `onNotice` gets a message for the person when nothing more can be stored, and '' once it can. */
  constructor(private readonly onNotice: (message: string) => void) {}

  read(key: string): string | undefined {
    return this.memory.get(key) ?? reading(() => localStorage.getItem(key) ?? undefined);
  }

  keys(): string[] {
    return [...new Set([...this.memory.keys(), ...(reading(() => Object.keys(localStorage)) ?? [])])];
  }

  write(key: string, text: string): void {
    try {
      localStorage.setItem(key, text);
      this.memory.delete(key);
      this.onNotice('');
    } catch (error) {
      this.memory.set(key, text);
      this.onNotice(
        error instanceof DOMException && error.name === 'QuotaExceededError'
          ? 'The browser has no room left for your games. What you play now is kept until the page is closed. ' +
              'Export your games, then delete old ones.'
          : 'The browser stores nothing for this page. Your games are kept until the page is closed. Export them to keep them.',
      );
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    reading(() => localStorage.removeItem(key));
  }
}

/** The result of an access to localStorage; undefined if the browser forbids it. */
function reading<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
