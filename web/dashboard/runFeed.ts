/** The state of the run on the page, updated by the server's events. */
import { useEffect, useState } from 'preact/hooks';
import type { RunEvent, SessionEvent } from '../../src/cli/pages/runEvents.js';
import type { RunDescription } from '../../src/cli/pages/webRun.js';
import type { IterationMetrics } from '../../src/training/run/metrics.js';

export interface RunFeed {
  description: RunDescription | undefined;
  history: readonly IterationMetrics[];
  /** Time at which the history last grew, in ms since 1970; 0: unknown. */
  grown: number;
  /** Whether a process works on the run; undefined: unknown. */
  session: SessionEvent | undefined;
  connected: boolean;
}

const UNKNOWN: RunFeed = { description: undefined, history: [], grown: 0, session: undefined, connected: false };
/** Milliseconds before a new connection, after the browser has stopped reconnecting. */
const PATIENCE = 2000;

/** Follows the run while the page is visible. A hidden page closes its connection, and later continues where it stopped. */
export function useRunFeed(): RunFeed {
  const [feed, setFeed] = useState(UNKNOWN);
  useEffect(() => {
    let events: EventSource | undefined;
    let cursor = '';
    let retry = 0;
    // A long history arrives in several events, faster than the charts can be drawn.
    let arrived: (RunEvent & { grown: number })[] = [];
    const takeIn = () => {
      const updates = arrived;
      arrived = [];
      setFeed((feed) => {
        const history = [...feed.history];
        for (const { from, metrics } of updates) history.splice(from, history.length, ...metrics);
        return { ...feed, history, grown: updates.at(-1)!.grown };
      });
    };
    const describe = async () => {
      try {
        const answer = await fetch('./api/run', { cache: 'no-store' });
        const description = (await answer.json()) as RunDescription | null;
        if (description) setFeed((feed) => ({ ...feed, description }));
      } catch {
        // The server does not answer. The next connection asks again.
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
        const update = JSON.parse(data) as RunEvent;
        if (arrived.push({ ...update, grown: Date.now() - update.age }) === 1) requestAnimationFrame(takeIn);
      };
      events.addEventListener('session', ({ data }: MessageEvent<string>) => {
        setFeed((feed) => ({ ...feed, session: JSON.parse(data) as SessionEvent }));
      });
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

/** Returns the time, updated every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
