import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { readAddress } from './address.js';
import { AnalysePage } from './analyse/analysePage.js';
import { PlayPage } from './play/playPage.js';
import { TileDrawings } from './table/tiles.js';

/** The shell: the tabs, and the page that the address names. */
export function App() {
  const [address, setAddress] = useState(readAddress());
  const Dashboard = useDashboard();
  useEffect(() => {
    const follow = () => setAddress(readAddress());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const tabs = [['play', 'Play'], ['analyse', 'Analyse'], ...(Dashboard ? [['run', 'Run']] : [])] as const;
  return (
    <>
      <TileDrawings />
      <header class="shell">
        <h1>
          <img src="./icon.svg" alt="" />
          Azul Zero
        </h1>
        <nav aria-label="Pages">
          {tabs.map(([tab, title]) => (
            <a key={tab} href={`#${tab}`} aria-current={tab === address.tab ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main class="page">
        {address.tab === 'analyse' ? (
          <AnalysePage />
        ) : address.tab === 'run' && Dashboard ? (
          <Dashboard />
        ) : (
          <PlayPage />
        )}
      </main>
    </>
  );
}

/** The dashboard, once the server has said that a run is there; a static host serves `null` (public/api/run). */
function useDashboard(): ComponentType | undefined {
  const [dashboard, setDashboard] = useState<{ component: ComponentType }>();
  useEffect(() => {
    void (async () => {
      try {
        const answer = await fetch('./api/run');
        if (!answer.ok || (await answer.json()) === null) return;
        setDashboard({ component: (await import('../dashboard/dashboard.js')).Dashboard });
      } catch {
        // No server that knows of a run: the page is complete without it.
      }
    })();
  }, []);
  return dashboard?.component;
}
