import { useEffect, useState } from 'preact/hooks';

const KEY = 'azul-theme';

/** Switches between the light and the dark theme. The first theme is the system's. */
export function ThemeButton() {
  const [theme, setTheme] = useState(
    () => chosen() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  );
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const other = theme === 'dark' ? 'light' : 'dark';
  const change = () => {
    try {
      localStorage.setItem(KEY, other);
    } catch {
      // The browser stores nothing: the theme lasts until the page is closed.
    }
    setTheme(other);
  };
  return (
    <button type="button" class="theme" aria-label={`${other} theme`} title={`${other} theme`} onClick={change}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="2" />
        <path d="M10 3A7 7 0 0 1 10 17Z" fill="currentColor" />
      </svg>
    </button>
  );
}

/** The theme chosen on an earlier visit. */
function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
