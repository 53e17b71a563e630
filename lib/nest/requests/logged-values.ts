import type { IncomingHttpHeaders } from 'node:http';
import { reportNotice } from '../../core/reports/diagnostics.js';
import { redactText } from '../../redaction/redact-text.js';
import { secretKeys } from '../../redaction/secret-keys.js';
import { cutText } from '../../runtime/cut-text.js';

/** Characters of one value that are logged. */
const MAX_VALUE = 512;
/** Characters of one value in which secrets are looked for: a client must not make that expensive. */
const MAX_SEARCHED = 2_048;
/** Characters of the query that are looked at. */
const MAX_QUERY = 8_192;

/**
 * The names of an allow-list that may be logged: never those that redaction treats as secrets, whatever the application
 * sets. A notice names those.
 *
 * @param option The option that lists them.
 */
export function loggableNames(option: string, names: readonly string[]): readonly string[] {
  const keys = secretKeys();
  return names.filter((name) => {
    if (!keys.isSecret(name)) return true;
    reportNotice(
      `LoggingModule: ${option}: '${name}' is the name of a secret and is never logged; remove it`,
    );
    return false;
  });
}

/** A value without what looks like a secret: a `referer` may have a token in its query. */
function loggable(value: string): string {
  return cutText(redactText(value.slice(0, MAX_SEARCHED)), MAX_VALUE, '…');
}

/** The headers on the list that a request has. */
export function pickHeaders(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const picked: [string, string][] = [];
  for (const name of names) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined)
      picked.push([name.toLowerCase(), loggable(Array.isArray(value) ? value.join(', ') : value)]);
  }
  return Object.fromEntries(picked);
}

/** The query parameters on the list that a request has; the first of each name. */
export function pickQuery(query: string, names: readonly string[]): Record<string, string> {
  const given = new URLSearchParams(query.slice(0, MAX_QUERY));
  return Object.fromEntries(
    names.flatMap((name) => (given.has(name) ? [[name, loggable(given.get(name) ?? '')]] : [])),
  );
}
