import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Labelled, Trouble, useSettled } from '../parts.js';
import { type FeedState, MAX_ROWS, RecordFeed, SECONDS, type Wanted } from '../record-feed.js';
import { RecordRow } from '../record-row.js';
import { LEVELS } from '../text.js';

const NOTHING: FeedState = {
  rows: [],
  seconds: new Map(),
  isConnected: false,
  waiting: 0,
  dropped: 0,
  error: '',
};

interface LiveProps {
  readonly wanted: Wanted;
  readonly setWanted: (wanted: Wanted) => void;
}

/** Records as they come, the newest on top. */
export function LiveView({ wanted, setWanted }: LiveProps) {
  const [state, setState] = useState(NOTHING);
  const [isPaused, setPaused] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const feed = useRef<RecordFeed | undefined>(undefined);
  const settled = useSettled(wanted, 300);
  useEffect(() => {
    const current = new RecordFeed(settled, setState);
    feed.current = current;
    setPaused(false);
    setOpen(new Set());
    setState(NOTHING);
    return () => current.close();
  }, [settled]);
  const pause = (next: boolean): void => {
    setPaused(next);
    feed.current?.pause(next);
  };
  const toggle = (seq: number): void => {
    const isOpening = !open.has(seq);
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(seq)) next.add(seq);
      return next;
    });
    // What somebody reads must not move.
    if (isOpening) pause(true);
  };
  // Rows keep the functions that they were drawn with.
  const latest = useRef({ toggle, wanted, setWanted });
  latest.current = { toggle, wanted, setWanted };
  const set = (change: Partial<Wanted>): void =>
    latest.current.setWanted({ ...latest.current.wanted, ...change });
  return (
    <section aria-label="Live records">
      <Filters wanted={wanted} set={set}>
        <button type="button" class="primary" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" onClick={() => feed.current?.clear()}>
          Clear
        </button>
      </Filters>
      <Histogram seconds={state.seconds} />
      <p class="status">
        <span class={state.isConnected && !isPaused ? 'dot on' : 'dot'} aria-hidden="true" />
        <span role="status">{stateText(state.isConnected, isPaused)}</span>
        <span>
          {state.rows.length === MAX_ROWS ? `the newest ${MAX_ROWS} records` : `${state.rows.length} records`}
          {state.waiting > 0 ? `, ${state.waiting} new` : ''}
          {state.dropped > 0 ? `, ${state.dropped} left out: this browser was too slow` : ''}
        </span>
      </p>
      <Trouble text={state.error} />
      <ol class="records">
        {state.rows.map((entry) => (
          <RecordRow
            key={entry.seq}
            entry={entry}
            isOpen={open.has(entry.seq)}
            toggle={(seq) => latest.current.toggle(seq)}
            showRequest={(id) => set({ fields: `request_id="${id}"`, text: '', logger: '', level: '' })}
            showLogger={(logger) => set({ logger })}
          />
        ))}
      </ol>
      {state.rows.length === 0 ? <p class="empty">No record matches yet.</p> : null}
    </section>
  );
}

function stateText(isConnected: boolean, isPaused: boolean): string {
  if (!isConnected) return 'connecting';
  return isPaused ? 'paused' : 'live';
}

function Filters(props: {
  readonly wanted: Wanted;
  readonly set: (change: Partial<Wanted>) => void;
  readonly children: ComponentChildren;
}) {
  const { wanted, set } = props;
  const isEmpty = Object.values(wanted).every((value) => value === '');
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Labelled label="Level">
          <select value={wanted.level} onChange={(event) => set({ level: event.currentTarget.value })}>
            <option value="">all</option>
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {level}
              </option>
            ))}
          </select>
        </Labelled>
        <Labelled label="Logger and below">
          <input
            value={wanted.logger}
            spellcheck={false}
            placeholder="shop.orders"
            onInput={(event) => set({ logger: event.currentTarget.value.trim() })}
          />
        </Labelled>
        <Labelled label="Text" class="wide">
          <input
            type="search"
            value={wanted.text}
            spellcheck={false}
            placeholder="anywhere in the record"
            onInput={(event) => set({ text: event.currentTarget.value })}
          />
        </Labelled>
        <Labelled label="Fields" class="wide">
          <input
            type="search"
            value={wanted.fields}
            spellcheck={false}
            placeholder="user_id=7"
            onInput={(event) => set({ fields: event.currentTarget.value })}
          />
        </Labelled>
        <div class="buttons">
          {props.children}
          <button
            type="button"
            disabled={isEmpty}
            onClick={() => set({ level: '', logger: '', text: '', fields: '' })}
          >
            All records
          </button>
        </div>
      </form>
    </search>
  );
}

/** Records by second and kind of level. */
function Histogram({ seconds }: { readonly seconds: FeedState['seconds'] }) {
  const newest = Math.max(0, ...seconds.keys());
  const totals = [...seconds.values()].map(
    ({ debug, info, warning, error }) => debug + info + warning + error,
  );
  const most = Math.max(1, ...totals);
  const bars = [...seconds.values()].flatMap((counts) => {
    let top = 40;
    return (['debug', 'info', 'warning', 'error'] as const).flatMap((kind) => {
      const height = (counts[kind] / most) * 40;
      top -= height;
      if (height === 0) return [];
      const x = SECONDS - 1 - (newest - counts.second);
      return [
        <rect key={`${counts.second}${kind}`} class={kind} x={x + 0.1} y={top} width={0.8} height={height} />,
      ];
    });
  });
  return (
    <figure class="histogram">
      <svg viewBox={`0 0 ${SECONDS} 40`} preserveAspectRatio="none" aria-hidden="true">
        {bars}
      </svg>
      <figcaption>
        {SECONDS} seconds, at most {most} a second
      </figcaption>
    </figure>
  );
}
