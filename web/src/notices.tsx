/** What a person should know: each thing until it is over, or closed. */
import { useState } from 'preact/hooks';

type Known = ReadonlyMap<string, { text: string; closed: boolean }>;

export function useNotices() {
  const [known, setKnown] = useState<Known>(new Map());
  /** Sets what is to be known about something; '' where that is over. What was closed stays closed until it changes. */
  const note = (about: string, text: string) =>
    setKnown((known) => {
      if (known.get(about)?.text === text) return known;
      const next = new Map(known);
      if (text) next.set(about, { text, closed: false });
      else next.delete(about);
      return next;
    });
  const close = (about: string, text: string) => setKnown((known) => new Map(known).set(about, { text, closed: true }));
  const shown = [...known].filter(([, { closed }]) => !closed);
  const notices = shown.map(([about, { text }]) => (
    <p key={about} class="notice card" role="status">
      {text}
      <button type="button" onClick={() => close(about, text)}>
        Close
      </button>
    </p>
  ));
  return { notices, note };
}
