import { codePointLength, firstCodePoints } from '../code-points.js';
import { type FloatStyle, floatOf, floatText, integerText } from '../number-format.js';
import { ascii, repr, str, typeName } from '../python-text.js';
import { TemplateError } from '../template.js';
import type { Conversion } from './printf-parse.js';

/** Renders one argument. */
export type Render = (value: unknown) => string;

/**
 * The function that renders an argument as `conversion` says; its width and precision are those written, a
 * `*` must have been replaced before.
 */
export function renderer(conversion: Conversion): Render {
  switch (conversion.type) {
    case 's':
      return textRenderer(conversion, str);
    case 'r':
      return textRenderer(conversion, repr);
    case 'a':
      return textRenderer(conversion, ascii);
    case 'd':
    case 'i':
    case 'u':
      return decimalRenderer(conversion);
    case 'o':
    case 'x':
    case 'X':
      return radixRenderer(conversion);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return floatRenderer(conversion);
    case 'c':
      return (value) => padText(character(value), conversion);
    default:
      return () => {
        throw unsupportedType(conversion);
      };
  }
}

/** True for the characters that name a conversion. */
export function isKnownType(type: string): boolean {
  return isNumericType(type) || (type !== '' && 'srac'.includes(type));
}

/** The error of a conversion whose type is unknown. */
export function unsupportedType({ type, typeIndex }: Conversion): TemplateError {
  const code = type.codePointAt(0) ?? 0;
  const shown = code >= 31 && code < 127 ? type : '?';
  return new TemplateError(
    'ValueError',
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${typeIndex}`,
  );
}

/** True for the conversions whose text is a number's. */
export function isNumericType(type: string): boolean {
  return type !== '' && 'diuoxXeEfFgG'.includes(type);
}

/** True for `%s` with nothing between the two characters. */
export function isPlainText(conversion: Conversion): boolean {
  return conversion.type === 's' && conversion.width < 0 && conversion.precision < 0;
}

function textRenderer(conversion: Conversion, toText: Render): Render {
  const { width, precision } = conversion;
  if (width < 0 && precision < 0) return toText;
  return (value) => {
    const text = toText(value);
    return padText(precision < 0 ? text : firstCodePoints(text, precision), conversion);
  };
}

function padText(text: string, { width, isLeftJustified }: Conversion): string {
  // A string of `width` code points or more needs no padding; it has at least as many UTF-16 units.
  const missing = width - (width <= 0 ? 0 : codePointLength(text));
  if (missing <= 0) return text;
  return isLeftJustified ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function decimalRenderer(conversion: Conversion): Render {
  const { type } = conversion;
  const isBare = isUnadorned(conversion);
  return (value) => {
    const text = decimalText(value, type);
    return isBare ? text : padInteger(text, '', conversion);
  };
}

function isUnadorned({ width, precision, hasPlus, hasBlank }: Conversion): boolean {
  return width < 0 && precision < 0 && !hasPlus && !hasBlank;
}

function decimalText(value: unknown, type: string): string {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return integerText(Math.trunc(value));
    if (Number.isNaN(value)) throw new TemplateError('ValueError', 'cannot convert float NaN to integer');
    throw new TemplateError('OverflowError', 'cannot convert float infinity to integer');
  }
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  throw new TemplateError('TypeError', `%${type} format: a real number is required, not ${typeName(value)}`);
}

function radixRenderer(conversion: Conversion): Render {
  const { type, isAlternate } = conversion;
  const radix = type === 'o' ? 8 : 16;
  const prefix = isAlternate ? `0${type}` : '';
  return (value) => {
    const digits = radixText(value, radix, type);
    return padInteger(type === 'X' ? digits.toUpperCase() : digits, prefix, conversion);
  };
}

function radixText(value: unknown, radix: number, type: string): string {
  if (typeof value === 'bigint') return value.toString(radix);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' && Number.isInteger(value)) return integerText(value, radix);
  throw new TemplateError('TypeError', `%${type} format: an integer is required, not ${typeName(value)}`);
}

/** `text` has its sign; precision is the least number of digits. */
function padInteger(text: string, prefix: string, conversion: Conversion): string {
  const isNegative = text.charCodeAt(0) === 0x2d;
  const digits = isNegative ? text.slice(1) : text;
  const wanted = conversion.precision;
  return padNumber(
    isNegative,
    prefix,
    digits.length < wanted ? digits.padStart(wanted, '0') : digits,
    conversion,
  );
}

function padNumber(isNegative: boolean, prefix: string, digits: string, conversion: Conversion): string {
  const start = signOf(isNegative, conversion) + prefix;
  const missing = conversion.width - start.length - digits.length;
  if (missing <= 0) return start + digits;
  if (conversion.isLeftJustified) return start + digits + ' '.repeat(missing);
  if (conversion.isZeroPadded) return start + '0'.repeat(missing) + digits;
  return ' '.repeat(missing) + start + digits;
}

function signOf(isNegative: boolean, { hasPlus, hasBlank }: Conversion): string {
  if (isNegative) return '-';
  if (hasPlus) return '+';
  return hasBlank ? ' ' : '';
}

function floatRenderer(conversion: Conversion): Render {
  const style = conversion.type.toLowerCase() as FloatStyle;
  const isUpper = style !== conversion.type;
  const precision = conversion.precision < 0 ? 6 : conversion.precision;
  return (value) => {
    const number = toFloat(value);
    const text = floatText(number, style, precision, conversion.isAlternate);
    const isNegative = number < 0 || Object.is(number, -0);
    return padNumber(isNegative, '', isUpper ? text.toUpperCase() : text, conversion);
  };
}

function toFloat(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'bigint') {
    throw new TemplateError('TypeError', `must be real number, not ${typeName(value)}`);
  }
  return floatOf(value);
}

function character(value: unknown): string {
  if (typeof value === 'string') {
    if (codePointLength(value) === 1) return value;
    throw new TemplateError('TypeError', '%c requires int or char');
  }
  if (typeof value !== 'bigint' && typeof value !== 'boolean' && !Number.isInteger(value)) {
    throw new TemplateError('TypeError', '%c requires int or char');
  }
  const code = Number(value);
  if (code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
  throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
}
