import { TemplateError } from '../template.js';

/** A format spec of `str.format` and `format()`, taken apart. */
export interface FormatSpec {
  readonly fill: string;
  /** Empty where not given: text goes left, numbers go right. */
  readonly align: '' | '<' | '>' | '=' | '^';
  readonly sign: '' | '+' | '-' | ' ';
  /** `z`: a result of -0 loses its sign. */
  readonly isZeroCoerced: boolean;
  readonly isAlternate: boolean;
  /** A `0` ahead of the width: numbers take it as `=` alignment. */
  readonly isZeroPadded: boolean;
  /** -1: none. */
  readonly width: number;
  readonly grouping: '' | ',' | '_';
  /** -1: none. */
  readonly precision: number;
  /** Empty where not given. */
  readonly type: string;
}

/** Greatest width and precision, for the reason given at `MAX_WIDTH` of the `%` templates. */
const MAX_AMOUNT = 1_048_576;

/** A first character counts as fill only where an alignment follows it. */
const FILL_AND_ALIGN = /^(.)([<>=^])/su;
const ALIGN = /^()([<>=^])/;
const AFTER_FILL = /^([-+ ])?(z)?(#)?(0)?(\d+)?/;

/**
 * Reads `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
 *
 * @throws TemplateError (ValueError) with Python's wording
 * @see https://docs.python.org/3/library/string.html#format-specification-mini-language
 */
export function parseFormatSpec(text: string): FormatSpec {
  const [aligned = '', fillText = '', align = ''] = FILL_AND_ALIGN.exec(text) ?? ALIGN.exec(text) ?? [];
  const hasFill = fillText !== '';
  let rest = text.slice(aligned.length);
  const [head = '', sign = '', zeroCoerced, alternate, zero, widthDigits] = AFTER_FILL.exec(rest) ?? [];
  // After an explicit fill a zero is no padding flag but the width's first digit.
  const isZeroPadded = zero !== undefined && !hasFill;
  const digits = hasFill && zero !== undefined ? zero + (widthDigits ?? '') : widthDigits;
  const width = digits === undefined ? -1 : toAmount(digits);
  rest = rest.slice(head.length);

  const grouping = readGrouping(rest);
  rest = rest.slice(grouping.length);
  const precisionDigits = /^\.(\d*)/.exec(rest)?.[1];
  if (precisionDigits === '') throw invalid('Format specifier missing precision');
  const precision = precisionDigits === undefined ? -1 : toAmount(precisionDigits);
  const type = precisionDigits === undefined ? rest : rest.slice(precisionDigits.length + 1);
  if ([...type].length > 1) throw invalid(`Invalid format specifier '${text}'`);
  return {
    fill: fillText || (isZeroPadded ? '0' : ' '),
    align: align as FormatSpec['align'],
    sign: sign as FormatSpec['sign'],
    isZeroCoerced: zeroCoerced !== undefined,
    isAlternate: alternate !== undefined,
    isZeroPadded,
    width,
    grouping,
    precision,
    type,
  };
}

function readGrouping(rest: string): '' | ',' | '_' {
  const first = rest.charAt(0);
  if (first !== ',' && first !== '_') return '';
  const second = rest.charAt(1);
  if ((second === ',' || second === '_') && second !== first)
    throw invalid("Cannot specify both ',' and '_'.");
  return first;
}

function toAmount(digits: string): number {
  const amount = Number(digits);
  if (amount <= MAX_AMOUNT) return amount;
  throw invalid('Too many decimal digits in format string');
}

function invalid(message: string): TemplateError {
  return new TemplateError('ValueError', message);
}
