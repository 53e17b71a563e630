import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from './api.js';
import { Trouble, useAsked } from './parts.js';
import type { Wanted } from './record-feed.js';
import { visible } from './text.js';
import { HandlersView } from './views/handlers.js';
import { LiveView } from './views/live.js';
import { LoggersView } from './views/loggers.js';
import { RequestsView } from './views/requests.js';
import { WhyView } from './views/why.js';

const VIEWS = { live: 'Live', requests: 'Requests', loggers: 'Loggers', why: 'Why?', handlers: 'Handlers' };
const ALL: Wanted = { level: '', logger: '', text: '', fields: '' };

type View = keyof typeof VIEWS;

function viewOf(hash: string): View {
  const name = hash.slice(1);
  return Object.hasOwn(VIEWS, name) ? (name as View) : 'live';
}

function Page() {
  const [view, setView] = useState(() => viewOf(location.hash));
  const [wanted, setWanted] = useState(ALL);
  const { value: session, error } = useAsked<Session>('session', 15_000);
  useEffect(() => {
    const follow = (): void => setView(viewOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  // The server's clock decides when a level ends.
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    if (session !== undefined) setOffset(session.now - Date.now());
  }, [session]);
  useEffect(() => {
    document.title = `${VIEWS[view]} · ${session?.instance.name ?? 'Logging'}`;
  }, [view, session]);
  const showLive = (id: string): void => {
    setWanted({ ...ALL, fields: `request_id="${id}"` });
    location.hash = 'live';
  };
  return (
    <>
      <header class="top">
        <h1>Logging</h1>
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([name, title]) => (
            <a key={name} href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="instance quiet">{visible(session?.instance.name ?? '')}</span>
      </header>
      <main>
        <Trouble text={error === '' ? '' : `The application does not answer: ${error}`} />
        {view === 'live' ? <LiveView wanted={wanted} setWanted={setWanted} /> : null}
        {view === 'requests' ? <RequestsView session={session} showLive={showLive} /> : null}
        {view === 'loggers' ? <LoggersView session={session} offset={offset} /> : null}
        {view === 'why' ? <WhyView /> : null}
        {view === 'handlers' ? <HandlersView /> : null}
      </main>
    </>
  );
}

// The token of the address is in a cookie by now: it is not to stay where it is read, copied and kept.
if (location.search !== '') history.replaceState(null, '', location.pathname + location.hash);
render(<Page />, document.getElementById('page') as HTMLElement);
