import { codePointLength } from '../code-points.js';
import type { TemplateErrorKind } from '../template.js';

/**
 * Greatest width and precision. Python allows 2**31 and more; a log line has no use for that, and `*` lets
 * an argument choose.
 */
export const MAX_WIDTH = 1_048_576;

/** What is wrong with a conversion; raised when formatting reaches it, so that errors come in Python's order. */
export interface ConversionProblem {
  readonly kind: TemplateErrorKind;
  readonly message: string;
}

/** One conversion of a `%` template, as written. */
export interface Conversion {
  /** True where it starts with `%(`. */
  readonly isKeyed: boolean;
  /** The key in parentheses. */
  readonly key: string | undefined;
  readonly isLeftJustified: boolean;
  readonly hasPlus: boolean;
  readonly hasBlank: boolean;
  readonly isAlternate: boolean;
  readonly isZeroPadded: boolean;
  /** -1: none. */
  readonly width: number;
  /** -1: none. */
  readonly precision: number;
  readonly isWidthArgument: boolean;
  readonly isPrecisionArgument: boolean;
  /** The conversion character; empty where the template ends before it. */
  readonly type: string;
  /** The position of the type, in code points, as Python's messages count. */
  readonly typeIndex: number;
  readonly problem: ConversionProblem | undefined;
}

/** A conversion and the literal text between it and the next one. */
export interface ParsedStep {
  readonly conversion: Conversion;
  readonly after: string;
}

/** A `%` template, taken apart. It ends at the first conversion that is malformed. */
export interface ParsedPercent {
  readonly head: string;
  readonly steps: readonly ParsedStep[];
}

/** Takes a `%` template apart. Never throws: what is malformed is a step that says so. */
export function parsePercent(template: string): ParsedPercent {
  const cursor: Cursor = { text: template, at: 0, countedTo: 0, codePoints: 0 };
  let head = '';
  const steps: { conversion: Conversion; after: string }[] = [];
  while (true) {
    const start = cursor.at;
    const percent = template.indexOf('%', start);
    const literal = template.slice(start, percent < 0 ? template.length : percent);
    const last = steps.at(-1);
    if (last === undefined) head += literal;
    else last.after += literal;
    if (percent < 0) return { head, steps };

    cursor.at = percent + 1;
    if (template.charAt(cursor.at) === '%') {
      cursor.at++;
      if (last === undefined) head += '%';
      else last.after += '%';
      continue;
    }
    const conversion = readConversion(cursor);
    steps.push({ conversion, after: '' });
    if (conversion.problem !== undefined) return { head, steps };
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  /** How far code points were counted, and how many there were: to count from the start each time would be quadratic. */
  countedTo: number;
  codePoints: number;
}

/** The position `at` in code points. @param at Not before that of the last call. */
function codePointIndex(cursor: Cursor, at: number): number {
  cursor.codePoints += codePointLength(cursor.text.slice(cursor.countedTo, at));
  cursor.countedTo = at;
  return cursor.codePoints;
}

function readConversion(cursor: Cursor): Conversion {
  const isKeyed = cursor.text.charAt(cursor.at) === '(';
  const key = isKeyed ? readKey(cursor) : undefined;
  if (isKeyed && key === undefined) {
    return { ...NOTHING_READ, isKeyed, problem: { kind: 'ValueError', message: 'incomplete format key' } };
  }
  const flags = readFlags(cursor);
  const width = readAmount(cursor, 'width too big');
  const hasPrecision = cursor.text.charAt(cursor.at) === '.';
  if (hasPrecision) cursor.at++;
  const precision = hasPrecision ? readAmount(cursor, 'precision too big') : NO_AMOUNT;
  if (/[hlL]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
  const type = readType(cursor);
  const problem = width.problem ?? precision.problem ?? (type === '' ? INCOMPLETE : undefined);
  return {
    isKeyed,
    key,
    ...flags,
    width: width.value,
    precision: hasPrecision && precision.value < 0 ? 0 : precision.value,
    isWidthArgument: width.isArgument,
    isPrecisionArgument: precision.isArgument,
    type,
    typeIndex: problem === undefined ? codePointIndex(cursor, cursor.at - type.length) : 0,
    problem,
  };
}

const INCOMPLETE: ConversionProblem = { kind: 'ValueError', message: 'incomplete format' };

const NOTHING_READ: Conversion = {
  isKeyed: false,
  key: undefined,
  isLeftJustified: false,
  hasPlus: false,
  hasBlank: false,
  isAlternate: false,
  isZeroPadded: false,
  width: -1,
  precision: -1,
  isWidthArgument: false,
  isPrecisionArgument: false,
  type: '',
  typeIndex: 0,
  problem: undefined,
};

/** The text up to the parenthesis that closes the one at the cursor; undefined where none does. */
function readKey(cursor: Cursor): string | undefined {
  const start = cursor.at + 1;
  let depth = 0;
  for (let at = cursor.at; at < cursor.text.length; at++) {
    const character = cursor.text.charAt(at);
    if (character === '(') depth++;
    else if (character === ')') depth--;
    if (depth === 0) {
      cursor.at = at + 1;
      return cursor.text.slice(start, at);
    }
  }
  return undefined;
}

function readFlags(cursor: Cursor) {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && '-+ #0'.includes(cursor.text.charAt(cursor.at))) cursor.at++;
  const flags = cursor.text.slice(start, cursor.at);
  return {
    isLeftJustified: flags.includes('-'),
    hasPlus: flags.includes('+'),
    hasBlank: flags.includes(' '),
    isAlternate: flags.includes('#'),
    isZeroPadded: flags.includes('0'),
  };
}

interface Amount {
  readonly value: number;
  readonly isArgument: boolean;
  readonly problem: ConversionProblem | undefined;
}

const NO_AMOUNT: Amount = { value: -1, isArgument: false, problem: undefined };

/** A width or precision: digits, `*`, or nothing. */
function readAmount(cursor: Cursor, tooBig: string): Amount {
  if (cursor.text.charAt(cursor.at) === '*') {
    cursor.at++;
    return { value: -1, isArgument: true, problem: undefined };
  }
  const start = cursor.at;
  while (isDigit(cursor.text.charCodeAt(cursor.at))) cursor.at++;
  if (cursor.at === start) return NO_AMOUNT;
  const value = Number(cursor.text.slice(start, cursor.at));
  const problem: ConversionProblem | undefined =
    value > MAX_WIDTH ? { kind: 'ValueError', message: tooBig } : undefined;
  return { value, isArgument: false, problem };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** One character, which may be two UTF-16 units. */
function readType(cursor: Cursor): string {
  const code = cursor.text.codePointAt(cursor.at);
  if (code === undefined) return '';
  const type = String.fromCodePoint(code);
  cursor.at += type.length;
  return type;
}
