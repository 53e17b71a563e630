import { Component } from 'preact';
import { cutText } from '../../runtime/cut-text.js';
import type { Entry } from './api.js';
import { Copy, LevelMark } from './parts.js';
import { kindOf, timeText, valueText, visible } from './text.js';

/** Characters of a message in its row; all of it is in the details. */
const MAX_MESSAGE = 1_000;
/** Fields with a place of their own. */
const PLACED = new Set(['message', 'exception', 'stack']);

/** What can be done from a row. */
export interface RowActions {
  /** Opens or closes it. */
  readonly toggle: (seq: number) => void;
  readonly showRequest?: ((id: string) => void) | undefined;
  readonly showLogger?: ((name: string) => void) | undefined;
}

interface RowProps extends RowActions {
  readonly entry: Entry;
  readonly isOpen: boolean;
  /** Shown in place of the time of day. */
  readonly when?: string;
}

/** A record: one line, and its details when it is open. Records never change: it is drawn once. */
export class RecordRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (
      next.isOpen !== this.props.isOpen ||
      next.entry.seq !== this.props.entry.seq ||
      next.when !== this.props.when
    );
  }

  override render({ entry, isOpen, when, toggle, showRequest, showLogger }: RowProps) {
    const { record, levelno, seq, time } = entry;
    const message = cutText(valueText(record.message ?? ''), MAX_MESSAGE, '…');
    const failure = record.exception === undefined ? '' : failureOf(record.exception);
    const id = record.request_id;
    return (
      <li class={`record ${kindOf(levelno)}`}>
        <div class="line">
          <time dateTime={new Date(time).toISOString()}>{when ?? timeText(time)}</time>
          <LevelMark name={visible(String(record.level))} kind={kindOf(levelno)} />
          <span class="logger" title={visible(String(record.logger))}>
            {visible(String(record.logger))}
          </span>
          <button type="button" class="message" aria-expanded={isOpen} onClick={() => toggle(seq)}>
            {message}
            {failure === '' ? null : <span class="failure"> {failure}</span>}
          </button>
          {typeof id === 'string' && showRequest !== undefined ? (
            <button
              type="button"
              class="id"
              title={`Only request ${visible(id)}`}
              onClick={() => showRequest(id)}
            >
              {visible(cutText(id, 8, '…'))}
            </button>
          ) : null}
        </div>
        {isOpen ? <Details entry={entry} showRequest={showRequest} showLogger={showLogger} /> : null}
      </li>
    );
  }
}

/** Class and message of a failure: the first line of a stack as Node writes it, the last one of Python's traceback. */
function failureOf(exception: unknown): string {
  const lines = valueText(exception).trim().split('\n');
  return cutText(lines.at(lines[0]?.startsWith('Traceback') ? -1 : 0) ?? '', 200, '…');
}

function Details({ entry, showRequest, showLogger }: { readonly entry: Entry } & Omit<RowActions, 'toggle'>) {
  const { record } = entry;
  const fields = Object.entries(record).filter(([name]) => !PLACED.has(name));
  const id = record.request_id;
  const message = valueText(record.message ?? '');
  return (
    <div class="details">
      <div class="actions">
        <Copy text={JSON.stringify(record, null, 2)} label="Copy as JSON" />
        {typeof id === 'string' && showRequest !== undefined ? (
          <button type="button" onClick={() => showRequest(id)}>
            Only this request
          </button>
        ) : null}
        {showLogger !== undefined ? (
          <button type="button" onClick={() => showLogger(String(record.logger))}>
            Only this logger
          </button>
        ) : null}
      </div>
      {message.length > MAX_MESSAGE || message.includes('\n') ? <pre>{message}</pre> : null}
      {record.exception === undefined ? null : <pre class="traceback">{valueText(record.exception)}</pre>}
      {record.stack === undefined ? null : <pre class="traceback">{valueText(record.stack)}</pre>}
      <dl>
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{visible(name)}</dt>
            <dd>{valueText(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
