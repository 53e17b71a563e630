import { type BrokenDownTime, isLeapYear, mktime } from './broken-down-time.js';
import type { LocalZone } from './local-zone.js';

/** Writes one directive of a time. */
export type Render = (time: BrokenDownTime) => string;

/** One directive as written in a format: `%`, flags, width, modifier, character. */
export interface DirectiveSpec {
  readonly source: string;
  /** The last of `_`, `-` and `0` among the flags, or ''. */
  readonly pad: string;
  /** The flag `^`. */
  readonly upper: boolean;
  /** The flag `#`. */
  readonly swapCase: boolean;
  /** At least so many characters; 0 without a width. */
  readonly width: number;
  /** 'E', 'O' or ''. */
  readonly modifier: string;
  /** Empty at the end of a format. */
  readonly character: string;
}

/**
 * The writer of one directive. An unknown one, or one whose modifier does not fit, writes its own source.
 *
 * @param compile Compiles the formats that `%c`, `%D` and the like expand to.
 */
export function compileDirective(
  spec: DirectiveSpec,
  zone: LocalZone,
  compile: (format: string) => Render,
): Render {
  const { character, modifier } = spec;
  const directive = DIRECTIVES[character];
  if (directive === undefined || (modifier !== '' && !directive.modifiers.includes(modifier))) {
    // Two habits of the C library: behind a modifier it takes `%` for the start of the directive it copies, and
    // `#` reaches months before their modifier is looked at.
    const source = character === '%' ? '%' : spec.source;
    const letters = spec.swapCase && /[bBh]/.test(character) ? 'upper' : undefined;
    return () => fitText(source, spec, letters);
  }
  switch (directive.kind) {
    case 'number':
      return (time) => fitNumber(directive.value(time), directive.digits, directive.pad ?? '', spec);
    case 'text': {
      const letters = spec.swapCase ? directive.swapTo : directive.letters;
      return (time) => fitText(directive.value(time), spec, letters);
    }
    case 'format': {
      const inner = compile(directive.format);
      return (time) => fitText(inner(time), spec);
    }
    case 'offset':
      return (time) => fitOffset(time.utcOffsetSeconds, spec);
    case 'epoch':
      return (time) => fitText(String(mktime(time, zone)), spec);
  }
}

type Letters = 'upper' | 'lower';

type Directive = { readonly modifiers: string } & (
  | { kind: 'number'; digits: number; pad?: '_'; value: (time: BrokenDownTime) => number }
  | { kind: 'text'; letters?: Letters; swapTo?: Letters; value: (time: BrokenDownTime) => string }
  | { kind: 'format'; format: string }
  | { kind: 'offset' }
  | { kind: 'epoch' }
);

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const dayName = (time: BrokenDownTime) => DAYS[time.weekday] ?? '?';
const monthName = (time: BrokenDownTime) => MONTHS[time.month - 1] ?? '?';
const hour12 = (time: BrokenDownTime) => time.hour % 12 || 12;
const lastTwoDigits = (year: number) => ((year % 100) + 100) % 100;

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  '%': text(() => '%', ''),
  a: text((time) => dayName(time).slice(0, 3), '', 'upper'),
  A: text(dayName, '', 'upper'),
  b: text((time) => monthName(time).slice(0, 3), 'O', 'upper'),
  B: text(monthName, 'O', 'upper'),
  c: format('%a %b %e %H:%M:%S %Y', 'E'),
  C: number(1, (time) => Math.floor(time.year / 100), 'EO'),
  d: number(2, (time) => time.day),
  D: format('%m/%d/%y', ''),
  e: number(2, (time) => time.day, 'O', '_'),
  F: format('%Y-%m-%d', ''),
  g: number(2, (time) => lastTwoDigits(isoWeek(time).year)),
  G: number(1, (time) => isoWeek(time).year),
  h: text((time) => monthName(time).slice(0, 3), 'O', 'upper'),
  H: number(2, (time) => time.hour),
  I: number(2, hour12),
  j: number(3, (time) => time.yearDay),
  k: number(2, (time) => time.hour, 'O', '_'),
  l: number(2, hour12, 'O', '_'),
  m: number(2, (time) => time.month),
  M: number(2, (time) => time.minute),
  n: text(() => '\n', 'EO'),
  p: text((time) => (time.hour < 12 ? 'AM' : 'PM'), 'EO', 'lower'),
  P: {
    kind: 'text',
    modifiers: 'EO',
    letters: 'lower',
    swapTo: 'lower',
    value: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  },
  r: format('%I:%M:%S %p', 'EO'),
  R: format('%H:%M', 'EO'),
  s: { kind: 'epoch', modifiers: 'EO' },
  S: number(2, (time) => time.second),
  t: text(() => '\t', 'EO'),
  T: format('%H:%M:%S', 'EO'),
  u: number(1, (time) => time.weekday || 7, 'EO'),
  U: number(2, (time) => weekOfYear(time, time.weekday)),
  V: number(2, (time) => isoWeek(time).week),
  w: number(1, (time) => time.weekday),
  W: number(2, (time) => weekOfYear(time, (time.weekday + 6) % 7)),
  x: format('%m/%d/%y', 'E'),
  X: format('%H:%M:%S', 'E'),
  y: number(2, (time) => lastTwoDigits(time.year), 'EO'),
  Y: number(1, (time) => time.year, 'E'),
  z: { kind: 'offset', modifiers: 'EO' },
  Z: text((time) => time.zoneName, 'EO', 'lower'),
};

function number(
  digits: number,
  value: (time: BrokenDownTime) => number,
  modifiers = 'O',
  pad?: '_',
): Directive {
  return { kind: 'number', digits, value, modifiers, ...(pad && { pad }) };
}

function text(value: (time: BrokenDownTime) => string, modifiers: string, swapTo?: Letters): Directive {
  return { kind: 'text', value, modifiers, ...(swapTo && { swapTo }) };
}

function format(inner: string, modifiers: string): Directive {
  return { kind: 'format', format: inner, modifiers };
}

/** Number of the week whose first day is `daysIntoWeek` before `time`; days before the first such week are week 0. */
function weekOfYear(time: BrokenDownTime, daysIntoWeek: number): number {
  return Math.floor((time.yearDay - 1 - daysIntoWeek + 7) / 7);
}

/** ISO 8601: a week belongs to the year that has its Thursday. */
function isoWeek(time: BrokenDownTime): { year: number; week: number } {
  const thursday = time.yearDay + 4 - (time.weekday || 7);
  const daysInYear = isLeapYear(time.year) ? 366 : 365;
  if (thursday < 1) {
    const daysBefore = isLeapYear(time.year - 1) ? 366 : 365;
    return { year: time.year - 1, week: Math.ceil((thursday + daysBefore) / 7) };
  }
  if (thursday > daysInYear) return { year: time.year + 1, week: 1 };
  return { year: time.year, week: Math.ceil(thursday / 7) };
}

function fitOffset(utcOffsetSeconds: number, spec: DirectiveSpec): string {
  const minutes = Math.trunc(Math.abs(utcOffsetSeconds) / 60);
  const digits = Math.trunc(minutes / 60) * 100 + (minutes % 60);
  // The C library gives the width to the sign and again to the digits.
  return fitText(utcOffsetSeconds < 0 ? '-' : '+', spec) + fitNumber(digits, 4, '', spec);
}

function fitNumber(value: number, digits: number, pad: string, spec: DirectiveSpec): string {
  const sign = value < 0 ? '-' : '';
  const figures = String(Math.abs(value));
  const length = Math.max(digits, spec.width);
  const padding = spec.pad || pad;
  if (padding === '-') return fitText(sign + figures, spec);
  if (padding === '_') return (sign + figures).padStart(length);
  return sign + figures.padStart(length - sign.length, '0');
}

function fitText(text: string, spec: DirectiveSpec, letters?: Letters): string {
  const padded = text.padStart(spec.width, spec.pad === '0' ? '0' : ' ');
  if (letters === 'lower') return padded.toLowerCase();
  return letters === 'upper' || spec.upper ? padded.toUpperCase() : padded;
}
