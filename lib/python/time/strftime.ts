import { type BrokenDownTime, gmTime, localTime, type TimeConverter } from './broken-down-time.js';
import { LocalZone } from './local-zone.js';
import { compileDirective, type DirectiveSpec, type Render } from './strftime-directives.js';

/**
 * Makes a formatter of times out of a strftime format.
 *
 * Knows all of the GNU C library's directives in the C locale, with its flags (`_ - 0 ^ #`), widths and
 * modifiers (`E`, `O`). Unknown directives are copied unchanged, `%f` included, as `time.strftime` does.
 * The text of the last second asked for is kept, so a log that writes many lines a second formats its time once.
 *
 * Never throws: a time that `Date` cannot hold gives 'Invalid Date'. As in Python, a text longer than 256 times
 * its format (1,024 characters for a short one) comes out empty, which bounds what a width can cost.
 *
 * @param zone 'local' is the process's zone (TZ), 'utc' has no summer time and prints `%Z` as 'GMT'; a function shows
 * the time in its own way.
 * @returns Takes seconds since 1970; a fraction is dropped.
 * @see https://docs.python.org/3/library/time.html#time.strftime
 */
export function compileStrftime(
  format: string,
  zone: 'local' | 'utc' | TimeConverter,
): (epochSeconds: number) => string {
  const localZone = new LocalZone();
  const capacity = pythonBufferLength(format);
  const parts = parse(format, localZone, capacity);
  let lastSecond = Number.NaN;
  let lastText = '';
  return (epochSeconds) => {
    const second = Math.floor(epochSeconds);
    if (second !== lastSecond) {
      const time = convert(second, zone, localZone);
      lastText = Number.isNaN(time.year) ? 'Invalid Date' : join(parts, time, capacity);
      lastSecond = second;
    }
    return lastText;
  };
}

/** One time in one format; {@link compileStrftime} is for more than one. */
export function strftime(format: string, epochSeconds: number, zone: 'local' | 'utc'): string {
  return compileStrftime(format, zone)(epochSeconds);
}

function convert(
  second: number,
  zone: 'local' | 'utc' | TimeConverter,
  localZone: LocalZone,
): BrokenDownTime {
  if (typeof zone === 'function') return zone(second);
  return zone === 'utc' ? gmTime(second) : localTime(second, localZone);
}

type Part = string | Render;

// The last group takes whatever follows, so that an unknown directive is found too; it is empty at the end.
const DIRECTIVE = /%([_\-0^#]*)(\d*)([EO]?)(.?)/gsu;

function parse(format: string, zone: LocalZone, capacity: number): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    const [source, flags = '', width = '', modifier = '', character = ''] = match;
    if (match.index > position) parts.push(format.slice(position, match.index));
    position = match.index + source.length;
    const spec = {
      source,
      modifier,
      character,
      ...parseFlags(flags),
      width: Math.min(Number(width), capacity),
    };
    parts.push(compileDirective(spec, zone, (inner) => compileInner(inner, zone, capacity)));
  }
  if (position < format.length) parts.push(format.slice(position));
  return parts;
}

function parseFlags(flags: string): Pick<DirectiveSpec, 'pad' | 'upper' | 'swapCase'> {
  return {
    pad: flags.replace(/[\^#]/g, '').at(-1) ?? '',
    upper: flags.includes('^'),
    swapCase: flags.includes('#'),
  };
}

function compileInner(format: string, zone: LocalZone, capacity: number): Render {
  const parts = parse(format, zone, capacity);
  return (time) => join(parts, time, capacity);
}

function join(parts: readonly Part[], time: BrokenDownTime, capacity: number): string {
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : part(time);
    if (text.length >= capacity) return '';
  }
  return text;
}

/** `time.strftime` doubles its buffer from 1,024 characters until it is 256 times the format, then gives up. */
function pythonBufferLength(format: string): number {
  let length = 1024;
  while (length < 256 * format.length) length *= 2;
  return length;
}
