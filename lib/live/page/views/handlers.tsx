import { useEffect, useRef, useState } from 'preact/hooks';
import { change, type ShownHandler } from '../api.js';
import { Trouble, useAsked } from '../parts.js';
import { timeText, valueText, visible } from '../text.js';

/** How often counters are requested, in milliseconds. */
const EVERY_MS = 2_000;
/** Points of the plot of a queue. */
const POINTS = 90;

/** What became of the records of each handler. */
export function HandlersView() {
  const { value, error, again } = useAsked<readonly ShownHandler[]>('handlers', EVERY_MS);
  const [said, setSaid] = useState('');
  const depths = useRef(new Map<string, number[]>());
  useEffect(() => {
    const names = new Set(value?.map(keyOf));
    for (const name of depths.current.keys()) if (!names.has(name)) depths.current.delete(name);
    for (const handler of value ?? []) {
      const points = depths.current.get(keyOf(handler)) ?? [];
      points.push(handler.queued + handler.spooled);
      depths.current.set(keyOf(handler), points.slice(-POINTS));
    }
  }, [value]);
  const flush = (name: string): void => {
    change('POST', `handlers/${encodeURIComponent(name)}/flush`, {}).then(
      () => {
        setSaid(`${name} is flushed.`);
        again();
      },
      (reason: Error) => setSaid(`${name}: ${reason.message}`),
    );
  };
  return (
    <section aria-label="Handlers">
      <Trouble text={error} />
      <p class="status" role="status">
        {visible(said)}
      </p>
      <ul class="handlers">
        {(value ?? []).map((handler) => (
          <li key={keyOf(handler)}>
            <header>
              <h2>{visible(handler.name ?? handler.type)}</h2>
              <span class="quiet">
                {visible(
                  [
                    ...(handler.name === null ? [] : [handler.type]),
                    handler.level ?? '',
                    handler.formatter ?? '',
                    ...handler.filters,
                  ]
                    .filter(Boolean)
                    .join(' · '),
                )}
              </span>
              <button
                type="button"
                aria-label={`Flush ${visible(handler.name ?? handler.type)}`}
                onClick={() => flush(handler.name ?? handler.type)}
              >
                Flush
              </button>
            </header>
            <div class="numbers">
              <dl class="counts">
                {(['delivered', 'filtered', 'dropped', 'queued', 'spooled'] as const).map((name) => (
                  <div key={name} class={name === 'dropped' && handler.dropped > 0 ? 'bad' : ''}>
                    <dt>{name}</dt>
                    <dd>{handler[name].toLocaleString()}</dd>
                  </div>
                ))}
              </dl>
              <Depth points={depths.current.get(keyOf(handler)) ?? []} />
            </div>
            {handler.dropped === 0 ? null : (
              <p class="quiet">
                dropped:{' '}
                {Object.entries(handler.droppedBy)
                  .map(([why, count]) => `${visible(why)} ${count}`)
                  .join(', ')}
              </p>
            )}
            {handler.lastError === null ? null : (
              <p class="last-error">
                {timeText(handler.lastError.at)} {valueText(handler.lastError.type)}:{' '}
                {valueText(handler.lastError.message)}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function keyOf({ name, type }: ShownHandler): string {
  return `${type} ${name}`;
}

/** What waited, over the last minutes. */
function Depth({ points }: { readonly points: readonly number[] }) {
  // Nothing ever waited: there is nothing to plot.
  if (!points.some((point) => point > 0)) return null;
  const most = Math.max(...points);
  const line = points
    .map((point, at) => `${POINTS - points.length + at},${20 - (point / most) * 19}`)
    .join(' ');
  return (
    <figure class="depth">
      <svg viewBox={`0 0 ${POINTS} 20`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={line} />
      </svg>
      <figcaption class="unseen">At most {most} waited in the last minutes.</figcaption>
    </figure>
  );
}
