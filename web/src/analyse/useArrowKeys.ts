import { useEffect } from 'preact/hooks';

const STEPS = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Calls `onStep` with the number of steps that an arrow key, Home or End asks for. */
export function useArrowKeys(onStep: (steps: number) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((event.target as Element).closest('input, textarea, select, dialog')) return;
      const steps = STEPS[event.key as keyof typeof STEPS];
      if (steps === undefined) return;
      event.preventDefault();
      onStep(steps);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [onStep]);
}
