import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { NotationError } from '../../src/game/tileNotation.js';
import { type Address, printAddress, readAddress } from './address.js';
import { AnalysePage } from './analyse/analysePage.js';
import { parseStudy } from './analyse/study.js';
import { Engine } from './engine/engine.js';
import { Library } from './games/library.js';
import { useNotices } from './notices.js';
import { freshSeed, newGame, PERSON, parseGame } from './play/game.js';
import { PlayPage } from './play/playPage.js';
import { SettingsButton, SettingsContext, useSettings } from './settings.js';
import { TileDrawings } from './table/tiles.js';
import { ThemeButton } from './themeButton.js';

/** The shell: tabs, notices, and the page that the address names. */
export function App() {
  // An address that a person enters or follows opens its page again. One that a page writes does not.
  const [opened, setOpened] = useState(() => ({ address: readAddress(), count: 0 }));
  const { notices, note } = useNotices();
  const engine = useMemo(() => new Engine(note), []);
  const library = useMemo(() => new Library((message) => note('stored games', message)), []);
  const { settings, change } = useSettings();
  const Dashboard = useDashboard();
  /** The last address of each tab. */
  const left = useRef(new Map<string, string>());
  useEffect(() => {
    const follow = () => {
      setOpened(({ count }) => ({ address: readAddress(), count: count + 1 }));
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const { address, count } = opened;
  const write = (tab: string) => (query: URLSearchParams) => {
    const text = printAddress({ tab, query });
    left.current.set(tab, text);
    history.replaceState(null, '', text);
  };
  const tabs = [['play', 'Play'], ['analyse', 'Analyse'], ...(Dashboard ? [['run', 'Run']] : [])] as [string, string][];
  return (
    <SettingsContext.Provider value={{ settings, change }}>
      <TileDrawings />
      <header class="shell">
        <h1>
          <img src="./icon.svg" alt="" />
          <span>Azul Zero</span>
        </h1>
        <nav aria-label="Pages">
          {tabs.map(([tab, title]) => (
            <a
              key={tab}
              href={`#${tab}`}
              aria-current={tab === address.tab ? 'page' : undefined}
              onClick={(event) => {
                // The open tab stays as it is. Another tab continues at its last address.
                const back = tab === address.tab ? location.hash : left.current.get(tab);
                if (back === undefined) return;
                event.preventDefault();
                location.hash = back;
              }}
            >
              {title}
            </a>
          ))}
        </nav>
        <SettingsButton settings={settings} change={change} />
        <ThemeButton />
      </header>
      <main class="page">
        {notices}
        {address.tab === 'analyse' ? (
          <Analyse key={count} engine={engine} library={library} address={address} onChange={write('analyse')} />
        ) : address.tab === 'run' && Dashboard ? (
          <Dashboard />
        ) : (
          <Play key={count} engine={engine} library={library} address={address} onChange={write('play')} />
        )}
      </main>
    </SettingsContext.Provider>
  );
}

/** Properties of a page that reads an address. The address may be wrong. */
interface FromAddress {
  engine: Engine;
  library: Library;
  address: Address;
  onChange: (query: URLSearchParams) => void;
}

function Play({ address, ...props }: FromAddress) {
  const fresh = () => newGame([PERSON, 'club'], freshSeed());
  const [game, fault] = useMemo(() => readOr(fresh, () => parseGame(address.query) ?? props.library.last()), []);
  return (
    <>
      <AddressFault fault={fault} />
      <PlayPage initial={game} {...props} />
    </>
  );
}

function Analyse({ address, ...props }: FromAddress) {
  const [study, fault] = useMemo(
    () =>
      readOr(
        () => parseStudy(new URLSearchParams()),
        () => parseStudy(address.query),
      ),
    [],
  );
  return (
    <>
      <AddressFault fault={fault} />
      <AnalysePage initial={study} review={address.query.has('review')} {...props} />
    </>
  );
}

function readOr<T>(otherwise: () => T, read: () => T | undefined): [T, string] {
  try {
    return [read() ?? otherwise(), ''];
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    return [otherwise(), error.message];
  }
}

function AddressFault({ fault }: { fault: string }) {
  const [closed, setClosed] = useState(false);
  if (!fault || closed) return null;
  return (
    <p class="fault notice card" role="alert">
      The address can’t be shown: {fault}. Here is a new start.
      <button type="button" onClick={() => setClosed(true)}>
        Close
      </button>
    </p>
  );
}

/** The dashboard, once the server has answered that there is a run. A static host serves `null` (public/api/run). */
function useDashboard(): ComponentType | undefined {
  const [dashboard, setDashboard] = useState<{ component: ComponentType }>();
  useEffect(() => {
    void (async () => {
      try {
        const answer = await fetch('./api/run');
        if (!answer.ok || (await answer.json()) === null) return;
        setDashboard({ component: (await import('../dashboard/dashboard.js')).Dashboard });
      } catch {
        // There is no server with a run. The page is complete without one.
      }
    })();
  }, []);
  return dashboard?.component;
}
