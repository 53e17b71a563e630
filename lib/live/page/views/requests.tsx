import { useEffect, useState } from 'preact/hooks';
import { ask, type Entry, type RequestRow, type Session } from '../api.js';
import { Labelled, Trouble, useAsked, useSettled } from '../parts.js';
import { RecordRow } from '../record-row.js';
import { durationText, timeText, valueText, visible } from '../text.js';

/** One row a request, the newest on top. */
export function RequestsView({
  session,
  showLive,
}: {
  readonly session: Session | undefined;
  readonly showLive: (id: string) => void;
}) {
  const [text, setText] = useState('');
  const [isFailed, setFailed] = useState(false);
  const [open, setOpen] = useState<number | undefined>(undefined);
  const query = new URLSearchParams({ limit: '200' });
  const settled = useSettled(text, 300);
  if (settled !== '') query.set('text', settled);
  if (isFailed) query.set('level', 'WARNING');
  const { value: rows = [], error } = useAsked<readonly RequestRow[]>(`requests?${query}`, 2_000);
  return (
    <section aria-label="Requests">
      <search>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Labelled label="Text" class="wide">
            <input
              type="search"
              value={text}
              placeholder="path, user, id"
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </Labelled>
          <Labelled label="Failed only" class="check">
            <input
              type="checkbox"
              checked={isFailed}
              onChange={(event) => setFailed(event.currentTarget.checked)}
            />
          </Labelled>
        </form>
      </search>
      <Trouble text={error} />
      <table class="requests">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Status</th>
            <th scope="col">Request</th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col" class="rare">
              User
            </th>
            <th scope="col" class="rare">
              Id
            </th>
          </tr>
        </thead>
        {rows.map((row) => (
          <tbody key={row.seq}>
            <tr>
              <td class="mono">{timeText(row.time)}</td>
              <td>
                <span class={`code s${String(row.status).slice(0, 1)}`}>
                  {valueText(row.status ?? (row.aborted ? 'aborted' : ''))}
                </span>
              </td>
              <td>
                <button
                  type="button"
                  class="message"
                  aria-expanded={open === row.seq}
                  onClick={() => setOpen(open === row.seq ? undefined : row.seq)}
                >
                  <b>{valueText(row.method ?? '')}</b> {valueText(row.path ?? row.route ?? '')}
                </button>
              </td>
              <td class="number mono">{durationText(row.duration_ms)}</td>
              <td class="rare">{row.user === null ? '' : valueText(row.user)}</td>
              <td class="rare mono">
                {row.request_id === null ? '' : visible(String(row.request_id).slice(0, 8))}
              </td>
            </tr>
            {open === row.seq ? (
              <tr>
                <td colSpan={6}>
                  <OneRequest row={row} traceUrl={session?.traceUrl ?? null} showLive={showLive} />
                </td>
              </tr>
            ) : null}
          </tbody>
        ))}
      </table>
      {rows.length === 0 ? <p class="empty">{emptyText(settled !== '' || isFailed, session)}</p> : null}
    </section>
  );
}

function emptyText(isFiltered: boolean, session: Session | undefined): string {
  const text = isFiltered ? 'No request matches.' : 'No request yet.';
  return session?.records.keepsAlways === false
    ? `${text} Records are kept from when somebody looks; for earlier ones see what the handlers wrote.`
    : text;
}

function OneRequest({
  row,
  traceUrl,
  showLive,
}: {
  readonly row: RequestRow;
  readonly traceUrl: string | null;
  readonly showLive: (id: string) => void;
}) {
  const id = typeof row.request_id === 'string' ? row.request_id : undefined;
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [error, setError] = useState('');
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => {
    if (id === undefined) return;
    const query = new URLSearchParams({ limit: '500', field: `request_id=${id}` });
    ask<Entry[]>(`records?${query}`).then(setEntries, (reason: Error) => setError(reason.message));
  }, [id]);
  const start = Math.min(row.time - Number(row.duration_ms ?? 0), ...entries.map(({ time }) => time));
  const trace = traceAddress(traceUrl, row.trace_id);
  const toggle = (seq: number): void =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(seq)) next.add(seq);
      return next;
    });
  return (
    <div class="details">
      <Trouble text={error} />
      {row.error === null ? null : <pre class="traceback">{valueText(row.error)}</pre>}
      {row.reason === null ? null : <p>{valueText(row.reason)}</p>}
      <div class="actions">
        {id === undefined ? null : (
          <button type="button" onClick={() => showLive(id)}>
            Follow this request
          </button>
        )}
        {trace === undefined ? null : (
          <a href={trace} target="_blank" rel="noreferrer noopener">
            Open its trace
          </a>
        )}
      </div>
      <ol class="records" aria-label="Records of this request">
        {entries.map((entry) => (
          <RecordRow
            key={entry.seq}
            entry={entry}
            when={`+${(entry.time - start).toFixed(1)} ms`}
            isOpen={open.has(entry.seq)}
            toggle={toggle}
          />
        ))}
      </ol>
    </div>
  );
}

/** Only an address of the web: a template is configuration, and an id comes from outside. */
function traceAddress(template: string | null, id: unknown): string | undefined {
  if (template === null || typeof id !== 'string') return undefined;
  const address = template.replace('{trace_id}', () => encodeURIComponent(id));
  return /^https?:\/\//i.test(address) ? address : undefined;
}
