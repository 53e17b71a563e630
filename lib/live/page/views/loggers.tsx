import { useState } from 'preact/hooks';
import {
  change,
  type Loggers,
  type Session,
  type ShownLogger,
  type ShownOverride,
  type ShownReplicas,
} from '../api.js';
import { Labelled, LevelMark, rememberedName, Trouble, useAsked, useNow } from '../parts.js';
import { spanText, visible } from '../text.js';
import { Instances } from './instances.js';
import { RequestToken } from './request-token.js';
import { SetLevel } from './set-level.js';

/** How often levels and instances are requested, in milliseconds. */
const EVERY_MS = 2_000;

/** The tree of loggers with their levels, and the active overrides. */
export function LoggersView({
  session,
  offset,
}: {
  readonly session: Session | undefined;
  readonly offset: number;
}) {
  const { value, error, again } = useAsked<Loggers>('loggers', EVERY_MS);
  const { value: replicas } = useAsked<ShownReplicas>('replicas', EVERY_MS);
  const [text, setText] = useState('');
  const [target, setTarget] = useState<string | undefined>(undefined);
  const [isToken, setToken] = useState(false);
  const [refused, setRefused] = useState('');
  const now = useNow() + offset;
  const end = (id: string): void => {
    const by = rememberedName();
    change('DELETE', `overrides/${encodeURIComponent(id)}?${new URLSearchParams({ by })}`).then(
      () => {
        setRefused('');
        again();
      },
      (reason: Error) => setRefused(reason.message),
    );
  };
  const loggers = (value?.loggers ?? []).filter(({ name }) =>
    name.toLowerCase().includes(text.toLowerCase()),
  );
  const above = new Map((value?.loggers ?? []).map(({ name, parent }) => [name, parent]));
  const groups = Object.entries(value?.groups ?? {});
  return (
    <section aria-label="Loggers">
      <Trouble text={refused === '' ? error : refused} />
      <Overrides overrides={value?.overrides ?? []} now={now} end={end} />
      <Instances replicas={replicas} now={now} />
      <search>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Labelled label="Logger" class="wide">
            <input
              type="search"
              value={text}
              spellcheck={false}
              placeholder="part of a name"
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </Labelled>
          <button type="button" onClick={() => setToken(true)}>
            A level for requests
          </button>
        </form>
      </search>
      <table class="loggers">
        <thead>
          <tr>
            <th scope="col">Logger</th>
            <th scope="col">Level</th>
            <th scope="col" class="rare">
              Handlers and filters
            </th>
            <th scope="col">
              <span class="unseen">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {loggers.map((logger) => (
            <LoggerRow
              key={logger.name}
              logger={logger}
              depth={text === '' ? depthOf(logger, above) : 0}
              set={setTarget}
            />
          ))}
        </tbody>
      </table>
      {groups.length === 0 ? null : (
        <>
          <h2>Groups</h2>
          <ul class="groups">
            {groups.map(([name, members]) => (
              <li key={name}>
                <b>{visible(name)}</b> <span class="quiet">{members.map(visible).join(', ')}</span>
                <button
                  type="button"
                  aria-label={`Set level of ${visible(name)}`}
                  onClick={() => setTarget(name)}
                >
                  Set level
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {isToken ? <RequestToken close={() => setToken(false)} /> : null}
      {target === undefined ? null : (
        <SetLevel
          target={target}
          instance={session?.instance.name ?? ''}
          replicas={replicas}
          close={(isSet) => {
            setTarget(undefined);
            if (isSet) again();
          }}
        />
      )}
    </section>
  );
}

function LoggerRow({
  logger,
  depth,
  set,
}: {
  readonly logger: ShownLogger;
  readonly depth: number;
  readonly set: (name: string) => void;
}) {
  const { name, parent, level, effectiveLevel, levelOf, override, disabled, propagate, handlers, filters } =
    logger;
  const notes = [
    ...(disabled ? ['disabled'] : []),
    ...(propagate || parent === null ? [] : ['does not propagate']),
  ];
  const origin = override !== null ? `override of ${levelOf}` : level === null ? `of ${levelOf}` : 'own';
  return (
    <tr class={override === null ? '' : 'overridden'}>
      <th scope="row" class={`depth${depth}`}>
        {visible(name)} {notes.length === 0 ? null : <span class="quiet">{notes.join(', ')}</span>}
      </th>
      <td>
        <LevelMark name={effectiveLevel} />{' '}
        <span class="quiet">
          {visible(origin)}
          {override !== null && level !== null ? `, own ${level}` : ''}
        </span>
      </td>
      <td class="rare quiet">{[...handlers, ...filters].map(visible).join(', ')}</td>
      <td class="number">
        <button type="button" aria-label={`Set level of ${visible(name)}`} onClick={() => set(name)}>
          Set level
        </button>
      </td>
    </tr>
  );
}

function Overrides({
  overrides,
  now,
  end,
}: {
  readonly overrides: readonly ShownOverride[];
  readonly now: number;
  readonly end: (id: string) => void;
}) {
  if (overrides.length === 0) return null;
  return (
    <>
      <h2>Levels for a while</h2>
      <ul class="overrides">
        {overrides.map((override) => (
          <li key={override.id}>
            <b>{visible(override.target)}</b> <LevelMark name={override.level} />
            <span class="left mono">{spanText(override.expiresAt - now)} left</span>
            <span class="quiet">{visible(notesOf(override).join(' · '))}</span>
            <Acknowledged by={override.acknowledgements} />
            <button
              type="button"
              aria-label={`End the level of ${visible(override.target)}`}
              onClick={() => end(override.id)}
            >
              End
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function notesOf({ scope, budgetLeft, by, reason }: ShownOverride): string[] {
  return [
    scopeText(scope),
    ...(budgetLeft === null ? [] : [`${budgetLeft} records left`]),
    ...(by === null ? [] : [`by ${by}`]),
    ...(reason === null ? [] : [reason]),
  ];
}

function scopeText(scope: ShownOverride['scope']): string {
  if (scope.kind === 'all') return 'all instances';
  return scope.kind === 'instance' ? scope.name : `${scope.name}=${scope.value}`;
}

/** Which instances have applied an override, and which have not. */
function Acknowledged({ by }: { readonly by: ShownOverride['acknowledgements'] }) {
  if (by === null) return null;
  const { applied, pending, down } = by;
  const count = applied.length + pending.length + down.length;
  return (
    <span class={pending.length + down.length === 0 ? 'quiet' : 'behind'}>
      {visible(
        [
          `applied by ${applied.length} of ${count}`,
          ...(pending.length === 0 ? [] : [`waiting for ${pending.join(', ')}`]),
          ...(down.length === 0 ? [] : [`down: ${down.join(', ')}`]),
        ].join(' · '),
      )}
    </span>
  );
}

/** Loggers above it. */
function depthOf({ parent }: ShownLogger, above: ReadonlyMap<string, string | null>): number {
  let depth = 0;
  for (let name = parent; name !== null && depth < 8; name = above.get(name) ?? null) depth += 1;
  return depth;
}
