/** The person's settings, which the browser stores. */
import { createContext } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Store } from './games/store.js';

/** Kinds of motion: factors of the durations of flights and of pauses. Without motion nothing flies. */
export const MOTIONS = {
  off: { flights: 0, pauses: 1 },
  slow: { flights: 2, pauses: 1.6 },
  normal: { flights: 1, pauses: 1 },
  fast: { flights: 0.5, pauses: 0.35 },
} as const;

export interface Settings {
  motion: keyof typeof MOTIONS;
  /** Whether a move counts only after it is confirmed. */
  confirm: boolean;
  sounds: boolean;
  /** Whether the model says what it thinks during a game. */
  thinkAlong: boolean;
  /** Whether each own move is graded. */
  coach: boolean;
}

const KEY = 'azul-settings';

const DEFAULTS: Settings = { motion: 'normal', confirm: false, sounds: false, thinkAlong: false, coach: false };

export const SettingsContext = createContext<{ settings: Settings; change: (some: Partial<Settings>) => void }>({
  settings: DEFAULTS,
  change: () => {},
});

/** The settings, and a function that changes some of them. */
export function useSettings() {
  const [store] = useState(() => new Store(() => {}));
  const [settings, setSettings] = useState(() => ({
    ...DEFAULTS,
    ...(matchMedia('(prefers-reduced-motion: reduce)').matches && { motion: 'off' as const }),
    ...stored(store),
  }));
  useEffect(() => {
    document.documentElement.dataset.motion = settings.motion;
  }, [settings.motion]);
  const change = (some: Partial<Settings>) => {
    const next = { ...settings, ...some };
    store.write(KEY, JSON.stringify(next));
    setSettings(next);
  };
  return { settings, change };
}

/** Stored settings with valid values. */
function stored(store: Store): Partial<Settings> {
  try {
    const found = JSON.parse(store.read(KEY) ?? '{}') as Record<string, unknown>;
    const known = Object.entries(found).filter(([name, value]) =>
      name === 'motion' ? String(value) in MOTIONS : name in DEFAULTS && typeof value === 'boolean',
    );
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

export interface SettingsButtonProps {
  settings: Settings;
  change: (some: Partial<Settings>) => void;
}

/** A button of the header with the dialog of the settings. */
export function SettingsButton({ settings, change }: SettingsButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        class="theme"
        aria-label="settings"
        title="settings"
        onClick={() => dialog.current?.showModal()}
      >
        <svg
          viewBox="0 0 20 20"
          width="18"
          height="18"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          aria-hidden="true"
        >
          <path d="M3 6H17M3 14H17" />
          <circle cx="7" cy="6" r="2.4" fill="var(--panel)" />
          <circle cx="13" cy="14" r="2.4" fill="var(--panel)" />
        </svg>
      </button>
      <dialog ref={dialog} aria-labelledby="settings-title">
        <h2 id="settings-title">Settings</h2>
        <fieldset>
          <legend>Motion</legend>
          {(Object.keys(MOTIONS) as Settings['motion'][]).map((motion) => (
            <label key={motion}>
              <input
                type="radio"
                name="motion"
                checked={settings.motion === motion}
                onChange={() => change({ motion })}
              />
              {motion}
            </label>
          ))}
        </fieldset>
        <label class="switch">
          <input
            type="checkbox"
            checked={settings.confirm}
            onChange={({ currentTarget }) => change({ confirm: currentTarget.checked })}
          />
          Confirm moves
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={settings.sounds}
            onChange={({ currentTarget }) => change({ sounds: currentTarget.checked })}
          />
          Sounds
        </label>
        <footer>
          <button type="button" class="primary" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </footer>
      </dialog>
    </>
  );
}
