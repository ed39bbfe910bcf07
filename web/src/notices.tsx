/** Messages for the person. Each is shown until its cause is over or the person closes it. */
import { useState } from 'preact/hooks';

type Known = ReadonlyMap<string, { text: string; closed: boolean }>;

export function useNotices() {
  const [known, setKnown] = useState<Known>(new Map());
  /** Sets the message about a subject; '' removes it. A closed message stays closed until its text changes. */
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
