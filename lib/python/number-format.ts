import { exponentDigits, fixedDigits, shortestDigits, shortestText } from './decimal-digits.js';
import { TemplateError } from './template.js';

/** How a float is written: by its exponent, with fixed digits, or whichever is shorter. */
export type FloatStyle = 'e' | 'f' | 'g';

/**
 * The text of a float without its sign, as C's and Python's `e`, `f` and `g` write it.
 *
 * @param value any number; NaN and the infinities give `nan` and `inf`
 * @param precision digits after the point (`e`, `f`) or significant digits (`g`, where 0 means 1)
 * @param isAlternate `#`: always a point, and `g` keeps trailing zeros
 */
export function floatText(value: number, style: FloatStyle, precision: number, isAlternate: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  const magnitude = Math.abs(value);
  if (style === 'f') {
    const text = fixedDigits(magnitude, precision);
    return isAlternate && precision === 0 ? `${text}.` : text;
  }
  if (style === 'e') {
    const { digits, exponent } = exponentDigits(magnitude, precision);
    return withExponent(digits, exponent, isAlternate);
  }
  return generalText(magnitude, precision || 1, isAlternate, 0);
}

/**
 * What Python's `format(value, '.4')`, without a type, gives: `g` that keeps at least one digit past the
 * point, and so switches to the exponent one digit earlier.
 *
 * @param value any number; the sign is left out
 * @param precision significant digits; 0 means 1
 */
export function floatTextWithPoint(value: number, precision: number, isAlternate: boolean): string {
  if (!Number.isFinite(value)) return floatText(value, 'g', precision, isAlternate);
  const text = generalText(Math.abs(value), precision || 1, isAlternate, 1);
  return text.includes('.') || text.includes('e') ? text : `${text}.0`;
}

function generalText(value: number, precision: number, isAlternate: boolean, pointDigits: number): string {
  const { digits, exponent } = exponentDigits(value, precision - 1);
  const kept = isAlternate ? digits : stripTrailingZeros(digits);
  if (exponent < -4 || exponent >= precision - pointDigits) return withExponent(kept, exponent, isAlternate);
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${kept}`;
  const padded = kept.padEnd(exponent + 1, '0');
  return withPoint(padded.slice(0, exponent + 1), padded.slice(exponent + 1), isAlternate);
}

function withExponent(digits: string, exponent: number, isAlternate: boolean): string {
  const mantissa = withPoint(digits.charAt(0), digits.slice(1), isAlternate);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function withPoint(whole: string, fraction: string, isAlternate: boolean): string {
  return fraction === '' && !isAlternate ? whole : `${whole}.${fraction}`;
}

function stripTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}

/**
 * Python's `str` of a number. JavaScript has one number type, so an integral number prints as an integer, with
 * all its digits; from 1e21 on, where Python's float and JavaScript agree, with an exponent (`1e+21`).
 */
export function numberText(value: number): string {
  const magnitude = value < 0 ? -value : value;
  if (magnitude < 1e21) return magnitude >= 1e-4 || value === 0 ? plainText(value) : tinyText(value);
  if (magnitude === Number.POSITIVE_INFINITY) return value < 0 ? '-inf' : 'inf';
  return Number.isNaN(value) ? 'nan' : String(value);
}

function plainText(value: number): string {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
    ? shortestText(value)
    : integerText(value);
}

/** The shortest digits are the same in both languages; Python switches to the exponent earlier. */
function tinyText(value: number): string {
  const { digits, exponent } = shortestDigits(Math.abs(value));
  return (value < 0 ? '-' : '') + withExponent(digits, exponent, false);
}

/** Every digit of an integral number, with its sign: `1e300` has 301 of them. `-0` gives `0`. */
export function integerText(value: number, radix = 10): string {
  return Number.isSafeInteger(value) ? value.toString(radix) : BigInt(value).toString(radix);
}

/**
 * Digits in groups, as `1,234,567` or `dead_beef`, filled up with zeros to `minWidth`; a separator never
 * comes first, so the result may be one wider, as in Python.
 *
 * @param digits at least one
 * @param separator `,`, `_`, or empty to fill up only
 * @param groupSize 3, or 4 for binary, octal and hexadecimal digits
 */
export function groupDigits(digits: string, separator: string, groupSize: number, minWidth: number): string {
  if (separator === '') return digits.padStart(minWidth, '0');
  let grouped = '';
  let end = digits.length;
  let widthLeft = minWidth;
  while (true) {
    const size = Math.min(groupSize, Math.max(end, widthLeft, 1));
    const group = digits.slice(Math.max(0, end - size), end).padStart(size, '0');
    grouped = grouped === '' ? group : `${group}${separator}${grouped}`;
    end = Math.max(0, end - size);
    widthLeft -= size;
    if (end === 0 && widthLeft <= 0) return grouped;
    widthLeft -= separator.length;
  }
}

/** An integer as a float. @throws {TemplateError} `OverflowError` if it is too large. */
export function floatOf(value: bigint): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new TemplateError('OverflowError', 'int too large to convert to float');
}
