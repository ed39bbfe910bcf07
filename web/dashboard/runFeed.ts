/** What the page knows of the run, kept up to date by the server's events. */
import { useEffect, useState } from 'preact/hooks';
import type { RunDescription } from '../../src/cli/webRun.js';
import type { IterationMetrics } from '../../src/training/metrics.js';
import type { MetricsUpdate } from '../../src/training/metricsTail.js';

export interface RunFeed {
  description: RunDescription | undefined;
  history: readonly IterationMetrics[];
  /** When the history last grew, in the clock of `Date.now`; 0 as long as it is not known. */
  grown: number;
  connected: boolean;
}

const UNKNOWN: RunFeed = { description: undefined, history: [], grown: 0, connected: false };
/** Milliseconds after which a browser that has given up on the server is made to try again. */
const PATIENCE = 2000;

/** Follows the run while the page is looked at: one that lies hidden listens to nothing and goes on where it was. */
export function useRunFeed(): RunFeed {
  const [feed, setFeed] = useState(UNKNOWN);
  useEffect(() => {
    let events: EventSource | undefined;
    let cursor = '';
    let retry = 0;
    const describe = async () => {
      try {
        const answer = await fetch('./api/run', { cache: 'no-store' });
        const description = (await answer.json()) as RunDescription | null;
        if (description) setFeed((feed) => ({ ...feed, description }));
      } catch {
        // The server is gone again; the next connection asks anew.
      }
    };
    const listen = () => {
      clearTimeout(retry);
      events?.close();
      events = new EventSource(`./api/run/events?after=${encodeURIComponent(cursor)}`);
      events.onopen = () => {
        setFeed((feed) => ({ ...feed, connected: true }));
        void describe();
      };
      events.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
        cursor = lastEventId;
        const update = JSON.parse(data) as MetricsUpdate;
        setFeed((feed) => ({
          ...feed,
          history: [...feed.history.slice(0, update.from), ...update.metrics],
          grown: Date.now() - update.age,
        }));
      };
      events.onerror = () => {
        setFeed((feed) => ({ ...feed, connected: false }));
        if (events?.readyState === EventSource.CLOSED) retry = window.setTimeout(listen, PATIENCE);
      };
    };
    const follow = () => {
      if (!document.hidden) return listen();
      clearTimeout(retry);
      events?.close();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      clearTimeout(retry);
      events?.close();
    };
  }, []);
  return feed;
}

/** The time, again every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
