import { escapeControls, sanitizer } from '../core/sanitize.js';
import type { JsonLine } from './json-line.js';
import { levelStyle, type Painter } from './terminal.js';

const toLines = sanitizer('escape') as (text: string) => string;

/** A line for people: time, level, logger, message, `key=value`, and tracebacks below. Nothing in it can forge another. */
export function prettyLine(line: JsonLine, paint: Painter): string {
  const { time, levelname, levelno = 0, logger, message, traces, fields } = line;
  const parts = [
    ...(time === undefined ? [] : [paint(clean(time), 'dim')]),
    ...(levelname === undefined ? [] : [paint(clean(levelname).padEnd(8), levelStyle(levelno))]),
    ...(logger === undefined ? [] : [paint(clean(logger), 'dim')]),
    ...(message === '' ? [] : [toLines(message)]),
    ...Object.entries(fields).map(([key, value]) => `${paint(`${clean(key)}=`, 'dim')}${fieldText(value)}`),
  ];
  const below = traces.map((trace) => `\n    ${toLines(trace)}`);
  return parts.join(' ') + below.join('');
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return clean(JSON.stringify(value));
  return /^[^\s="]+$/.test(value) ? clean(value) : clean(JSON.stringify(value));
}

function clean(text: string): string {
  return escapeControls(text, true);
}
