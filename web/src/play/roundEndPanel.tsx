/** Shows the end of a round step by step. */
import { useContext, useEffect, useState } from 'preact/hooks';
import { MOTIONS, SettingsContext } from '../settings.js';
import { signed } from '../table/move.js';
import type { RoundEndStep } from './roundEnd.js';

const STEP_MS = 1700;

export interface RoundEndPanelProps {
  steps: readonly RoundEndStep[];
  names: readonly string[];
  /** Steps that are done. */
  at: number;
  onStep: (at: number) => void;
  onEnd: () => void;
}

/** Continues by itself until the person pauses or takes a step. */
export function RoundEndPanel({ steps, names, at, onStep, onEnd }: RoundEndPanelProps) {
  const { settings } = useContext(SettingsContext);
  const [running, setRunning] = useState(true);
  const next = () => (at < steps.length ? onStep(at + 1) : onEnd());
  useEffect(() => {
    if (!running) return;
    const pause = STEP_MS * MOTIONS[settings.motion].pauses;
    const timer = setTimeout(next, at === 0 ? pause / 2 : pause);
    return () => clearTimeout(timer);
  }, [running, at]);
  const step = steps[at - 1];
  return (
    <section class="round-end card" aria-label="End of the round">
      <h2>Tiling and scoring</h2>
      <p class="step" aria-live="polite">
        {step ? (
          <>
            <b class={step.points < 0 ? 'bad' : 'good'}>{signed(step.points)}</b> {names[step.seat]}: {step.text}
          </>
        ) : steps.length > 0 ? (
          'Full lines move a tile to the wall, then floor lines cost points.'
        ) : (
          'No line is full, and no floor line has tiles.'
        )}
      </p>
      <div class="buttons">
        <span class="quiet">
          {at} of {steps.length}
        </span>
        <button type="button" onClick={() => setRunning(!running)}>
          {running ? 'Pause' : 'Go on'}
        </button>
        <button
          type="button"
          onClick={() => {
            setRunning(false);
            next();
          }}
        >
          Next step
        </button>
        <button type="button" class="primary" onClick={onEnd}>
          Skip
        </button>
      </div>
    </section>
  );
}
