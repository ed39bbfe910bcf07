import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

const SHOWN_MS = 1500;

/** A button that copies a text and says so for a moment. */
export function CopyButton({ text, children }: { text: () => string; children: ComponentChildren }) {
  const [answer, setAnswer] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setAnswer('Copied');
    } catch {
      // The address is not secure, or copying is not allowed: the person can copy the text by hand.
      prompt('Copy this:', text());
      return;
    }
    setTimeout(() => setAnswer(''), SHOWN_MS);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {answer || children}
    </button>
  );
}
