import { repr, typeName } from '../python-text.js';
import { TemplateError } from '../template.js';

/** A replacement field `{name!conversion:spec}`, as written. */
export interface BraceField {
  /** The whole field name, attribute and index look-ups included; empty where the field is automatic. */
  readonly expression: string;
  /** `r`, `s` or `a`; empty where there is none. Not checked. */
  readonly conversion: string;
  readonly spec: string;
  /** True where the spec holds fields of its own. */
  readonly isSpecNested: boolean;
}

/** One look-up after a field's first name. */
export interface Access {
  readonly kind: 'attribute' | 'index';
  /** An index that is all digits is a number. */
  readonly key: string | number;
}

/**
 * Takes a `str.format` template apart into literal text and fields, as `string.Formatter().parse` of Python:
 * piece by piece, so that what is wrong is found in its order.
 *
 * @throws TemplateError (ValueError) on unbalanced braces and malformed fields
 */
export function* parseBraces(format: string): Generator<string | BraceField> {
  const cursor: Cursor = { text: format, at: 0 };
  let literal = '';
  while (cursor.at < format.length) {
    literal += readLiteral(cursor);
    if (cursor.at >= format.length) break;
    const brace = format.charAt(cursor.at++);
    if (format.charAt(cursor.at) === brace) {
      literal += brace;
      cursor.at++;
      continue;
    }
    if (brace === '}' || cursor.at >= format.length) {
      throw invalid(`Single '${brace}' encountered in format string`);
    }
    if (literal !== '') yield literal;
    literal = '';
    yield readField(cursor);
  }
  if (literal !== '') yield literal;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function readLiteral(cursor: Cursor): string {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && !isBrace(cursor.text.charAt(cursor.at))) cursor.at++;
  return cursor.text.slice(start, cursor.at);
}

function isBrace(character: string): boolean {
  return character === '{' || character === '}';
}

/** Reads a field from after its opening brace to after its closing one. */
function readField(cursor: Cursor): BraceField {
  const { text } = cursor;
  const expression = readExpression(cursor);
  const end = text.charAt(cursor.at++);
  if (end === '}') return { expression, conversion: '', spec: '', isSpecNested: false };
  if (end === '') throw invalid("expected '}' before end of string");
  if (end === ':') return { expression, conversion: '', ...readSpec(cursor) };

  const conversion = String.fromCodePoint(text.codePointAt(cursor.at) ?? 0);
  if (cursor.at >= text.length) throw invalid('end of string while looking for conversion specifier');
  cursor.at += conversion.length;
  const next = text.charAt(cursor.at++);
  if (next === '}') return { expression, conversion, spec: '', isSpecNested: false };
  if (next === '') throw invalid("unmatched '{' in format spec");
  if (next !== ':') throw invalid("expected ':' after conversion specifier");
  return { expression, conversion, ...readSpec(cursor) };
}

/** The field name: up to `}`, `:` or `!`, which lose their meaning between square brackets. */
function readExpression(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  while (cursor.at < text.length) {
    const character = text.charAt(cursor.at);
    if (character === '{') throw invalid("unexpected '{' in field name");
    if (character === '}' || character === ':' || character === '!') break;
    if (character === '[') {
      const close = text.indexOf(']', cursor.at);
      cursor.at = close < 0 ? text.length : close;
    } else {
      cursor.at++;
    }
    if (text.charAt(cursor.at) === ']') cursor.at++;
  }
  return text.slice(start, cursor.at);
}

function readSpec(cursor: Cursor): { spec: string; isSpecNested: boolean } {
  const start = cursor.at;
  let depth = 1;
  let isSpecNested = false;
  while (cursor.at < cursor.text.length) {
    const character = cursor.text.charAt(cursor.at++);
    if (character === '{') {
      depth++;
      isSpecNested = true;
    } else if (character === '}') {
      depth--;
      if (depth === 0) return { spec: cursor.text.slice(start, cursor.at - 1), isSpecNested };
    }
  }
  throw invalid("unmatched '{' in format spec");
}

/**
 * Splits a field name into its first name and the look-ups after it: `user.tags[0]`.
 *
 * @throws TemplateError (ValueError) where a look-up is malformed
 */
export function splitExpression(expression: string): { first: string; accesses: Access[] } {
  const end = expression.search(/[.[]/);
  if (end < 0) return { first: expression, accesses: [] };
  const accesses: Access[] = [];
  let rest = expression.slice(end);
  while (rest !== '') {
    const length = rest.startsWith('.') ? attributeLength(rest) : indexLength(rest);
    accesses.push(toAccess(rest.slice(0, length)));
    rest = rest.slice(length);
  }
  return { first: expression.slice(0, end), accesses };
}

function attributeLength(rest: string): number {
  const next = rest.slice(1).search(/[.[]/);
  return next < 0 ? rest.length : next + 1;
}

function indexLength(rest: string): number {
  if (!rest.startsWith('[')) throw invalid("Only '.' or '[' may follow ']' in format field specifier");
  const close = rest.indexOf(']');
  if (close < 0) throw invalid("Missing ']' in format string");
  return close + 1;
}

function toAccess(text: string): Access {
  const isAttribute = text.startsWith('.');
  const key = isAttribute ? text.slice(1) : text.slice(1, -1);
  if (key === '') throw invalid('Empty attribute in format string');
  if (isAttribute) return { kind: 'attribute', key };
  return { kind: 'index', key: /^[0-9]+$/.test(key) ? toIndex(key) : key };
}

/** A number written in digits. */
export function toIndex(digits: string): number {
  const index = Number(digits);
  if (Number.isSafeInteger(index)) return index;
  throw invalid('Too many decimal digits in format string');
}

function invalid(message: string): TemplateError {
  return new TemplateError('ValueError', message);
}

/**
 * Follows `.name` and `[key]` from a value. A name reaches own properties and what a class gives its
 * instances, never what every object inherits (`constructor`, `__proto__`…); a key reaches an entry of an
 * array, a string or a Map, or an own property.
 *
 * @throws TemplateError (AttributeError, KeyError, IndexError, TypeError) where there is none
 */
export function followAccesses(value: unknown, accesses: readonly Access[]): unknown {
  let current = value;
  for (const access of accesses) {
    current =
      access.kind === 'attribute' ? attribute(current, String(access.key)) : item(current, access.key);
  }
  return current;
}

function attribute(value: unknown, name: string): unknown {
  if (value !== null && value !== undefined) {
    const holder = new Object(value) as Record<string, unknown>;
    if (Object.hasOwn(holder, name) || (name in holder && !(name in Object.prototype))) return holder[name];
  }
  throw new TemplateError('AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
}

function item(value: unknown, key: string | number): unknown {
  if (typeof value === 'string') return sequenceItem([...value], key, 'string', "integers, not 'str'");
  if (Array.isArray(value)) return sequenceItem(value, key, 'list', 'integers or slices, not str');
  if (value instanceof Map) {
    if (value.has(key)) return value.get(key);
    if (typeof key === 'number' && value.has(String(key))) return value.get(String(key));
    throw new TemplateError('KeyError', repr(key));
  }
  if (typeof value !== 'object' || value === null) {
    throw new TemplateError('TypeError', `'${typeName(value)}' object is not subscriptable`);
  }
  if (Object.hasOwn(value, key)) return (value as Record<string | number, unknown>)[key];
  throw new TemplateError('KeyError', repr(key));
}

function sequenceItem(
  values: readonly unknown[],
  key: string | number,
  what: string,
  wants: string,
): unknown {
  if (typeof key !== 'number') throw new TemplateError('TypeError', `${what} indices must be ${wants}`);
  if (key < values.length) return values[key];
  throw new TemplateError('IndexError', `${what} index out of range`);
}
