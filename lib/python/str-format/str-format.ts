import { lazyPattern } from '../../runtime/lazy.js';
import { ascii, repr, str } from '../python-text.js';
import { type Placeholder, TemplateError, type TemplatePart } from '../template.js';
import {
  type Access,
  type BraceField,
  followAccesses,
  parseBraces,
  splitExpression,
  toIndex,
} from './brace-parse.js';
import { parseFormatSpec } from './format-spec.js';
import { characterText, formatValue } from './format-value.js';

/** Gives the field of a name; a number is a positional argument. */
type Lookup = (name: string) => unknown;
type Format = (value: unknown, lookup: Lookup) => string;

/** How deep specs may hold fields: `{a:{b}}`, but not `{a:{b:{c}}}`. */
const MAX_NESTING = 2;

/**
 * The parts of a `{name}` format of a record formatter: the whole of `str.format`, with `!r`, attribute and
 * index look-ups, format specs and fields inside specs. A positional field fails when it is rendered.
 *
 * @throws TemplateError (ValueError) on a malformed format
 * @see https://docs.python.org/3/library/string.html#format-string-syntax
 */
export function parseBraceFormat(format: string): TemplatePart[] {
  return parseFields(format, MAX_NESTING, nameKeyword);
}

/**
 * `format.format(*args, **kwargs)` of Python. Of `kwargs`, own properties count.
 *
 * Differs from Python: a malformed format is refused before its fields are looked up.
 *
 * @throws TemplateError where Python raises, with its wording
 */
export function strFormat(format: string, args: readonly unknown[], kwargs: object = {}): string {
  const lookup = (name: string): unknown => {
    if (isDigits(name)) {
      if (Number(name) < args.length) return args[Number(name)];
      throw positionalMissing(name);
    }
    if (Object.hasOwn(kwargs, name)) return (kwargs as Record<string, unknown>)[name];
    throw new TemplateError('KeyError', repr(name));
  };
  return renderParts(parseFields(format, MAX_NESTING, automaticNumbering()), lookup);
}

/** The same for names and digits of ASCII: making those of Unicode takes as long as reading a whole configuration. */
const ASCII_NAME = /^\w+(?:\.\w+|\[[^\]]+\])*$/;
const ASCII_SPEC = /^(?:.?[<=>^])?[+ -]?#?0?(?:\d+|\{\w+\})?[,_]?(?:\.(?:\d+|\{\w+\}))?[bcdefgnosx%]?$/i;
const fieldName = lazyPattern(String.raw`^(?:\p{Nd}+|[\p{L}\p{N}_]+)(?:\.[\p{L}\p{N}_]+|\[[^\]]+\])*$`, 'u');
const fieldSpec = lazyPattern(
  String.raw`^(?:.?[<=>^])?[+ -]?#?0?(?:\p{Nd}+|\{[\p{L}\p{N}_]+\})?[,_]?(?:\.(?:\p{Nd}+|\{[\p{L}\p{N}_]+\}))?[bcdefgnosx%]?$`,
  'iu',
);

/**
 * Checks a `{name}` format as `StrFormatStyle.validate` of Python: well-formed, with at least one field, and
 * conversions and specs that numbers and text can have.
 *
 * @throws TemplateError (ValueError)
 */
export function validateBraceFormat(format: string): void {
  let fieldCount = 0;
  try {
    for (const part of parseBraces(format)) {
      if (typeof part === 'string') continue;
      checkField(part);
      if (part.expression !== '') fieldCount++;
    }
  } catch (error) {
    throw error instanceof TemplateError ? invalid(`invalid format: ${error.message}`) : error;
  }
  if (fieldCount === 0) throw invalid('invalid format: no fields');
}

function checkField({ expression, conversion, spec }: BraceField): void {
  if (expression !== '' && !ASCII_NAME.test(expression) && !fieldName().test(expression)) {
    throw invalid(`invalid field name/expression: ${repr(expression)}`);
  }
  if (!'rsa'.includes(conversion)) throw invalid(`invalid conversion: ${repr(conversion)}`);
  if (!ASCII_SPEC.test(spec) && !fieldSpec().test(spec)) throw invalid(`bad specifier: ${repr(spec)}`);
}

/** Turns a first name as written, possibly empty, into the name to look up. */
type Naming = (first: string) => string;

const nameKeyword: Naming = (first) => first || '0';

/** Numbers empty names from 0 on; a format has either numbers or empty names. */
function automaticNumbering(): Naming {
  let next = 0;
  let hasNumbers = false;
  return (first) => {
    if (first !== '' && !isDigits(first)) return first;
    if (first === '') {
      if (!hasNumbers) return String(next++);
      throw invalid('cannot switch from manual field specification to automatic field numbering');
    }
    if (next > 0) {
      throw invalid('cannot switch from automatic field numbering to manual field specification');
    }
    hasNumbers = true;
    return String(toIndex(first));
  };
}

function isDigits(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

function parseFields(format: string, nesting: number, naming: Naming): TemplatePart[] {
  if (nesting === 0) throw invalid('Max string recursion exceeded');
  const parts: TemplatePart[] = [];
  for (const part of parseBraces(format)) {
    parts.push(typeof part === 'string' ? part : toPlaceholder(part, nesting, naming));
  }
  return parts;
}

function toPlaceholder(field: BraceField, nesting: number, naming: Naming): Placeholder {
  const { first, accesses } = splitExpression(field.expression);
  const name = naming(first);
  const convert = converter(field.conversion);
  const format = formatter(field, nesting, naming);
  const isPositional = naming === nameKeyword && isDigits(name);
  return {
    name,
    render: isPositional ? () => failPositional(name) : chain(accesses, convert, format),
    isPlain: !isPositional && accesses.length === 0 && format === undefined && (convert ?? str) === str,
    isNumeric: convert === undefined && !field.isSpecNested && /[bdoxXeEfFgGn%]$/.test(field.spec),
  };
}

/** In logging only names are given, so that the tuple of positional arguments is empty. */
function failPositional(name: string): never {
  throw positionalMissing(name);
}

function positionalMissing(index: string): TemplateError {
  return new TemplateError('IndexError', `Replacement index ${index} out of range for positional args tuple`);
}

function chain(
  accesses: readonly Access[],
  convert: ((value: unknown) => string) | undefined,
  format: Format | undefined,
): Format {
  return (value, lookup) => {
    const reached = accesses.length === 0 ? value : followAccesses(value, accesses);
    const converted = convert === undefined ? reached : convert(reached);
    return format === undefined ? str(converted) : format(converted, lookup);
  };
}

function converter(conversion: string): ((value: unknown) => string) | undefined {
  switch (conversion) {
    case '':
      return undefined;
    case 's':
      return str;
    case 'r':
      return repr;
    case 'a':
      return ascii;
    default:
      throw invalid(`Unknown conversion specifier ${characterText(conversion)}`);
  }
}

/** Undefined where the spec is empty, and `str` does. */
function formatter(field: BraceField, nesting: number, naming: Naming): Format | undefined {
  if (field.spec === '') return undefined;
  if (!field.isSpecNested) {
    const spec = parseFormatSpec(field.spec);
    return (value) => formatValue(value, spec);
  }
  const parts = parseFields(field.spec, nesting - 1, naming);
  return (value, lookup) => {
    const spec = renderParts(parts, lookup);
    return spec === '' ? str(value) : formatValue(value, parseFormatSpec(spec));
  };
}

function renderParts(parts: readonly TemplatePart[], lookup: Lookup): string {
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : part.render(lookup(part.name), lookup);
  }
  return text;
}

function invalid(message: string): TemplateError {
  return new TemplateError('ValueError', message);
}
