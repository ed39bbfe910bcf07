import { useEffect, useState } from 'preact/hooks';

/** Returns a string that changes when the system's setting or the page's switch makes the page light or dark. */
export function useTheme(): string {
  const [theme, setTheme] = useState(themeNow);
  useEffect(() => {
    const follow = () => setTheme(themeNow());
    const system = matchMedia('(prefers-color-scheme: dark)');
    const page = new MutationObserver(follow);
    system.addEventListener('change', follow);
    page.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
    return () => {
      system.removeEventListener('change', follow);
      page.disconnect();
    };
  }, []);
  return theme;
}

function themeNow(): string {
  const { theme = '' } = document.documentElement.dataset;
  return `${theme} ${matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'}`;
}
