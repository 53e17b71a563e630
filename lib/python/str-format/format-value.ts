import { codePointLength, firstCodePoints } from '../code-points.js';
import {
  type FloatStyle,
  floatOf,
  floatText,
  floatTextWithPoint,
  groupDigits,
  integerText,
  numberText,
} from '../number-format.js';
import { typeName } from '../python-text.js';
import { TemplateError } from '../template.js';
import type { FormatSpec } from './format-spec.js';

/**
 * `format(value, spec)` of Python, for a spec that is not empty. An integral JavaScript number is an integer
 * or a float, whichever the spec asks for.
 *
 * @throws TemplateError where Python raises; a value that is neither text nor a number takes no spec
 */
export function formatValue(value: unknown, spec: FormatSpec): string {
  switch (typeof value) {
    case 'string':
      return formatText(value, spec);
    case 'number':
      return isFloatSpec(spec) || !Number.isInteger(value) || isOnlyForFloats(spec)
        ? formatFloat(value, spec)
        : formatInteger(value, spec);
    case 'bigint':
      return isFloatSpec(spec) ? formatFloat(floatOf(value), spec) : formatInteger(value, spec);
    case 'boolean':
      return isFloatSpec(spec) ? formatFloat(Number(value), spec) : formatInteger(Number(value), spec);
    default:
      throw new TemplateError(
        'TypeError',
        `unsupported format string passed to ${typeName(value)}.__format__`,
      );
  }
}

/** True for the types that make a float of any number. */
function isFloatSpec({ type }: FormatSpec): boolean {
  return type !== '' && 'eEfFgG%'.includes(type);
}

/** True for a spec that has no meaning for integers. */
function isOnlyForFloats({ type, precision, isZeroCoerced }: FormatSpec): boolean {
  return (type === '' || type === 'n') && (precision >= 0 || isZeroCoerced);
}

function formatText(text: string, spec: FormatSpec): string {
  checkText(spec);
  const shown = spec.precision < 0 ? text : firstCodePoints(text, spec.precision);
  const missing = spec.width < 0 ? 0 : spec.width - codePointLength(shown);
  return missing <= 0 ? shown : pad(shown, missing, spec.fill, spec.align || '<');
}

function checkText(spec: FormatSpec): void {
  checkGrouping(spec, spec.type || 's');
  if (spec.type !== '' && spec.type !== 's') throw unknownType(spec, 'str');
  if (spec.sign === ' ') throw invalid('Space not allowed in string format specifier');
  if (spec.sign !== '') throw invalid('Sign not allowed in string format specifier');
  if (spec.isZeroCoerced) {
    throw invalid('Negative zero coercion (z) not allowed in string format specifier');
  }
  if (spec.isAlternate) throw invalid('Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') throw invalid("'=' alignment not allowed in string format specifier");
}

function pad(text: string, missing: number, fill: string, align: string): string {
  if (align === '<') return text + fill.repeat(missing);
  if (align !== '^') return fill.repeat(missing) + text;
  const left = Math.floor(missing / 2);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16, d: 10, n: 10 };

function formatInteger(value: number | bigint, spec: FormatSpec): string {
  const type = spec.type || 'd';
  checkGrouping(spec, type);
  if (type === 'c') return formatCharacter(value, spec);
  const radix = RADIX[type];
  if (radix === undefined) throw unknownType(spec, 'int');
  checkInteger(spec);

  const text = typeof value === 'number' ? integerText(value, radix) : value.toString(radix);
  const isNegative = text.startsWith('-');
  const magnitude = isNegative ? text.slice(1) : text;
  const prefix = spec.isAlternate && radix !== 10 ? `0${type}` : '';
  return layOut(spec, {
    isNegative,
    prefix,
    whole: type === 'X' ? magnitude.toUpperCase() : magnitude,
    groupSize: radix === 10 ? 3 : 4,
    rest: '',
  });
}

function checkInteger(spec: FormatSpec): void {
  if (spec.precision >= 0) throw invalid('Precision not allowed in integer format specifier');
  if (spec.isZeroCoerced) {
    throw invalid('Negative zero coercion (z) not allowed in integer format specifier');
  }
}

function formatCharacter(value: number | bigint, spec: FormatSpec): string {
  checkInteger(spec);
  if (spec.sign !== '') throw invalid("Sign not allowed with integer format specifier 'c'");
  if (spec.isAlternate) throw invalid("Alternate form (#) not allowed with integer format specifier 'c'");
  const code = Number(value);
  if (code < 0 || code > 0x10ffff) throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
  return layOut(spec, {
    isNegative: false,
    prefix: '',
    whole: '',
    groupSize: 3,
    rest: String.fromCodePoint(code),
  });
}

function formatFloat(value: number, spec: FormatSpec): string {
  checkGrouping(spec, spec.type);
  const text = floatBody(value, spec);
  const isNegative = value < 0 || Object.is(value, -0);
  const end = text.search(/[^0-9]/);
  const whole = end < 0 ? text : text.slice(0, end);
  return layOut(spec, {
    isNegative: isNegative && !(spec.isZeroCoerced && isZeroText(text)),
    prefix: '',
    whole,
    groupSize: 3,
    rest: text.slice(whole.length),
  });
}

function floatBody(value: number, spec: FormatSpec): string {
  const { type, precision, isAlternate } = spec;
  switch (type) {
    case '':
      if (precision >= 0) return floatTextWithPoint(value, precision, isAlternate);
      return shortestBody(value, isAlternate);
    case 'n':
      return floatText(value, 'g', precision < 0 ? 6 : precision, isAlternate);
    case '%':
      return `${floatText(value * 100, 'f', precision < 0 ? 6 : precision, isAlternate)}%`;
    case 'e':
    case 'f':
    case 'g':
      return floatText(value, type, precision < 0 ? 6 : precision, isAlternate);
    case 'E':
    case 'F':
    case 'G': {
      const style = type.toLowerCase() as FloatStyle;
      return floatText(value, style, precision < 0 ? 6 : precision, isAlternate).toUpperCase();
    }
    default:
      throw unknownType(spec, 'float');
  }
}

function shortestBody(value: number, isAlternate: boolean): string {
  const text = numberText(Math.abs(value));
  if (!isAlternate || text.includes('.') || !Number.isFinite(value)) return text;
  return text.includes('e') ? text.replace('e', '.e') : `${text}.`;
}

function isZeroText(text: string): boolean {
  return /^[0.]+(?:[eE]|%|$)/.test(text);
}

/** A number's text in its pieces. */
interface NumberPieces {
  readonly isNegative: boolean;
  readonly prefix: string;
  /** The digits ahead of the point, to be grouped; may be empty. */
  readonly whole: string;
  readonly groupSize: number;
  readonly rest: string;
}

function layOut(spec: FormatSpec, { isNegative, prefix, whole, groupSize, rest }: NumberPieces): string {
  const start = (isNegative ? '-' : spec.sign === '-' ? '' : spec.sign) + prefix;
  const align = spec.align || (spec.isZeroPadded ? '=' : '>');
  const outerWidth = start.length + codePointLength(rest);
  // Zeros between sign and digits are digits: they are grouped too.
  const minWidth = align === '=' && spec.fill === '0' ? spec.width - outerWidth : 0;
  const digits = whole === '' ? '' : groupDigits(whole, spec.grouping, groupSize, minWidth);
  const missing = spec.width - outerWidth - digits.length;
  if (missing <= 0) return start + digits + rest;
  if (align === '=') return start + spec.fill.repeat(missing) + digits + rest;
  return pad(start + digits + rest, missing, spec.fill, align);
}

function checkGrouping({ grouping, type }: FormatSpec, actualType: string): void {
  if (grouping === '' || actualType === '' || 'defgEG%F'.includes(actualType)) return;
  if (grouping === '_' && 'boxX'.includes(actualType)) return;
  throw invalid(`Cannot specify '${grouping}' with '${characterText(type || actualType)}'.`);
}

function unknownType({ type }: FormatSpec, name: string): TemplateError {
  return invalid(`Unknown format code '${characterText(type)}' for object of type '${name}'`);
}

/** A character as Python's messages show it. */
export function characterText(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 32 && code < 128 ? character : `\\x${code.toString(16)}`;
}

function invalid(message: string): TemplateError {
  return new TemplateError('ValueError', message);
}
