import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

const TOLD_MS = 1500;

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, children }: { text: () => string; children: ComponentChildren }) {
  const [told, setTold] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setTold('Copied');
    } catch {
      // Not a secure address, or not allowed: the person can still take it by hand.
      prompt('Copy this:', text());
      return;
    }
    setTimeout(() => setTold(''), TOLD_MS);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {told || children}
    </button>
  );
}
