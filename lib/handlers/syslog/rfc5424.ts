import { escapeControls } from '../../core/formatting/sanitize.js';

/** Elements of structured data by their SD-ID, each with its parameters. */
export type StructuredData = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The parts of a message that are not the same for all. */
export interface Rfc5424Message {
  /** Facility times eight plus severity. */
  readonly priority: number;
  /** Seconds since 1970. */
  readonly created: number;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  /** What {@link formatStructuredData} gave. */
  readonly structuredData: string;
  readonly message: string;
}

/** The value of an unknown field. */
const NIL = '-';

/**
 * A syslog message by RFC 5424, without framing. Header fields contain only what the standard allows, whatever
 * they are given: anything else reads `_`, and what is too long is cut.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function formatRfc5424(message: Rfc5424Message): string {
  const header = [
    `<${message.priority}>1`,
    timestamp(message.created * 1000),
    headerField(message.hostname, 255),
    headerField(message.appName, 48),
    headerField(message.procId, 128),
    headerField(message.msgId, 32),
    message.structuredData,
  ].join(' ');
  return message.message === '' ? header : `${header} ${message.message}`;
}

/** The first and the last millisecond of years with four digits. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

/** `-` for a time that the standard cannot write: the rest of the message is worth having. */
function timestamp(ms: number): string {
  return ms >= FIRST_MS && ms <= LAST_MS ? new Date(ms).toISOString() : NIL;
}

/** Visible ASCII of so many characters at most; `-` for nothing. */
function headerField(value: string, maxLength: number): string {
  return value.slice(0, maxLength).replaceAll(/[^\x21-\x7e]/g, '_') || NIL;
}

/**
 * Structured data as written in a message, `-` for none. Names are made to fit, values escaped. Elements of one name become
 * one element: the standard refuses a message that has a name twice.
 *
 * @param maxBytes Parameters that would make it longer are left out; default all are written.
 */
export function formatStructuredData(
  elements: Iterable<readonly [id: string, params: Iterable<readonly [string, string]>]>,
  maxBytes: number = Number.POSITIVE_INFINITY,
): string {
  const byName = new Map<string, string>();
  let left = maxBytes;
  for (const [id, params] of elements) {
    const element = sdName(id);
    let text = byName.get(element);
    if (text === undefined) left -= element.length + 2;
    text ??= '';
    for (const [name, value] of params) {
      const param = ` ${sdName(name)}="${sdValue(value)}"`;
      const bytes = Buffer.byteLength(param);
      if (bytes > left) continue;
      left -= bytes;
      text += param;
    }
    byName.set(element, text);
  }
  return [...byName].map(([name, params]) => `[${name}${params}]`).join('') || NIL;
}

/** An SD-NAME: visible ASCII but `=`, `]` and `"`, at most 32 characters. */
function sdName(name: string): string {
  return name.slice(0, 32).replaceAll(/[^\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]/g, '_') || '_';
}

/** A PARAM-VALUE: control characters as visible escapes, then the three that the standard has escaped. */
function sdValue(value: string): string {
  return escapeControls(value, true).replaceAll(/["\\\]]/g, '\\$&');
}
