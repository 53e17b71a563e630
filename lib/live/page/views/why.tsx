import { useEffect, useState } from 'preact/hooks';
import { ask, type Explanation, type HandlerVerdict, type Loggers } from '../api.js';
import { Labelled, Trouble, useAsked, useSettled } from '../parts.js';
import { LEVELS, visible } from '../text.js';

const WORDS = { yes: 'gets it', no: 'does not', maybe: 'perhaps' } as const;

/** Where a record of a logger would go, and why not elsewhere. */
export function WhyView() {
  const [logger, setLogger] = useState('root');
  const [level, setLevel] = useState('INFO');
  const [found, setFound] = useState<Explanation | undefined>(undefined);
  const [error, setError] = useState('');
  const { value } = useAsked<Loggers>('loggers', 10_000);
  const settled = useSettled(logger, 250);
  useEffect(() => {
    let isOver = false;
    ask<Explanation>(`explain?${new URLSearchParams({ logger: settled, level })}`).then(
      (answer) => {
        if (isOver) return;
        setFound(answer);
        setError('');
      },
      (reason: Error) => {
        if (!isOver) setError(reason.message);
      },
    );
    return () => {
      isOver = true;
    };
  }, [settled, level, value]);
  return (
    <section aria-label="Why">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Labelled label="Logger" class="wide">
          <input
            value={logger}
            list="logger-names"
            spellcheck={false}
            maxLength={256}
            onInput={(event) => setLogger(event.currentTarget.value.trim())}
          />
        </Labelled>
        <datalist id="logger-names">
          {(value?.loggers ?? []).map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Labelled label="Level">
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
            {LEVELS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Labelled>
      </form>
      <Trouble text={error} />
      {found === undefined ? null : <Answer found={found} level={level} />}
    </section>
  );
}

function Answer({ found, level }: { readonly found: Explanation; readonly level: string }) {
  return (
    <div aria-live="polite">
      <p class={found.isEnabled ? 'verdict yes' : 'verdict no'}>
        {found.isEnabled
          ? `A record of ${visible(found.logger)} at ${level} is made.`
          : `No record of ${visible(found.logger)} at ${level} is made: ${visible(found.whyNot ?? '')}.`}
      </p>
      <ol class="way">
        {found.way.map(({ logger, handlers }) => (
          <li key={logger}>
            <b>{visible(logger)}</b>
            {handlers.length === 0 ? <span class="quiet"> no handlers</span> : <Verdicts list={handlers} />}
          </li>
        ))}
      </ol>
      {found.stopsAt === undefined ? null : (
        <p>The way ends at {visible(found.stopsAt)}: it does not propagate.</p>
      )}
      {found.elsewhere.length === 0 ? null : (
        <>
          <h2>Elsewhere</h2>
          <Verdicts list={found.elsewhere} />
        </>
      )}
    </div>
  );
}

function Verdicts({ list }: { readonly list: readonly HandlerVerdict[] }) {
  return (
    <ul class="verdicts">
      {list.map(({ handler, class: type, verdict, reason }) => (
        <li key={`${handler} ${reason}`}>
          <span class={`verdict ${verdict}`}>{WORDS[verdict]}</span> {visible(handler)}{' '}
          <span class="quiet">{visible(type)}</span>
          {reason === '' ? null : <span class="reason">{visible(reason)}</span>}
        </li>
      ))}
    </ul>
  );
}
