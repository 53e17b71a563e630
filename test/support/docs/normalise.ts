import { stripVTControlCharacters } from 'node:util';

/**
 * Output with what differs from run to run put to fixed values: times, durations, ids, ports, process ids.
 * The shape of each stays, so that a changed time format is still a difference.
 */
export function normalise(text: string): string {
  return (
    shortenStacks(text)
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?/g, zeros)
      .replaceAll(/\b\d\d([./])\d\d\1\d{4}\b/g, zeros)
      // Nest's, whose hour has one digit until ten o'clock.
      .replaceAll(/\b\d{1,2}:\d\d:\d\d [AP]M\b/g, '00:00:00 AM')
      .replaceAll(/\b\d\d:\d\d:\d\d\b/g, zeros)
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'ID')
      .replaceAll(/\b(?:[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{32})\b/g, 'ID')
      .replaceAll(/("?request_id"?[:=] ?"?)[\w-]{8,}/g, '$1ID')
      .replaceAll(/(\[)[\w-]{20,36}(\])/g, '$1ID$2')
      .replaceAll(/\b\d+(\.\d+)?( ?ms\b)/g, '0$2')
      .replaceAll(/(duration_ms"?[:=])\d+(\.\d+)?/g, '$10')
      // Nest's, pino's and winston's.
      .replaceAll(/(\[Nest\] )\d+/g, '$10')
      .replaceAll(/("(?:time|pid|responseTime|remotePort|reqId)":)\d+/g, '$10')
      .replaceAll(/("req":\{"id":)\d+/g, '$10')
      .replaceAll(/("remoteAddress":")[^"]*"/g, '$1::1"')
      .replaceAll(/(\?token=)[\w-]{32}(?![\w-])/g, '$1TOKEN')
      .replaceAll(/(localhost|127\.0\.0\.1|\[::1\]):\d+/g, '$1:0')
      .replaceAll(/\b(port )\d+/g, '$10')
      // Python 3.11 and newer mark the place in the line.
      .replaceAll(/^ +[~^]+\n/gm, '')
      .trimEnd()
  );
}

/** Stacks with their frames shortened to one line that names no file: which there are depends on where the program stands. */
export function shortenStacks(text: string): string {
  // Nest's logger colours its contexts wherever it writes; a page shows none of it.
  const inJson = stripVTControlCharacters(text).replaceAll(
    /"(exception|stack)":(\[?)"((?:[^"\\]|\\.)*)"/g,
    (_, key: string, bracket: string, stack: string) => `"${key}":${bracket}"${collapse(stack, '\\n')}"`,
  );
  return collapse(inJson, '\n');
}

function zeros(time: string): string {
  return time.replaceAll(/\d/g, '0');
}

function collapse(text: string, newline: string): string {
  const lines: string[] = [];
  for (const line of text.split(newline)) {
    const frame = /^\s+(at |…)/.test(line) ? line.replace(/^(\s+)(at |…).*$/, '$1at …') : line;
    if (frame !== lines.at(-1) || !frame.endsWith('at …')) lines.push(frame);
  }
  return lines.join(newline);
}
