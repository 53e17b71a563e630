import type { IncomingHttpHeaders } from 'node:http';

/** What is never logged, whatever the lists of an application say. */
const SECRET = /authorization|cookie|api-?_?key|token|secret|passw|credential|session|signature/i;
/** Characters of one value that are logged. */
const MAX_VALUE = 512;

/** Of an allow-list, the names that may be logged, as they are looked up. */
export function loggableNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => !SECRET.test(name));
}

/** The headers on the list that a request has. */
export function pickHeaders(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const picked: [string, string][] = [];
  for (const name of names) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined)
      picked.push([name.toLowerCase(), cut(Array.isArray(value) ? value.join(', ') : value)]);
  }
  return Object.fromEntries(picked);
}

/** The query parameters on the list that a request has; the first of each name. */
export function pickQuery(query: string, names: readonly string[]): Record<string, string> {
  const given = new URLSearchParams(query.slice(0, 8_192));
  return Object.fromEntries(
    names.flatMap((name) => (given.has(name) ? [[name, cut(given.get(name) ?? '')]] : [])),
  );
}

function cut(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE)}…`;
}
