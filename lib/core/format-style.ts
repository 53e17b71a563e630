import { printf } from '../internal/printf.js';
import { str } from '../internal/python-text.js';
import { parseBraceFormat, validateBraceFormat } from '../internal/str-format.js';
import { parseDollarFormat, validateDollarFormat } from '../internal/string-template.js';
import { parsePercentFormat, validatePercentFormat } from '../internal/printf.js';
import { type Placeholder, TemplateError, type TemplatePart } from '../internal/template.js';
import { LoggingError } from './errors.js';
import type { LogRecord } from './log-record.js';
import { type Sanitize, sanitizer } from './sanitize.js';
import { state } from './state.js';

/** Which of Python's three format languages a format string is written in. */
export type FormatStyle = '%' | '{' | '$';

/** A compiled piece: a record in, text out. */
export type RecordRenderer = (record: LogRecord) => string;

interface StyleRules {
  readonly defaultFormat: string;
  parse(format: string): TemplatePart[];
  /** Throws TemplateError if the format does not fit. */
  validate(format: string): void;
  usesTime(format: string): boolean;
}

const STYLES: Readonly<Record<FormatStyle, StyleRules>> = {
  '%': {
    defaultFormat: '%(message)s',
    parse: parsePercentFormat,
    validate: validatePercentFormat,
    usesTime: (format) => format.includes('%(asctime)'),
  },
  '{': {
    defaultFormat: '{message}',
    parse: parseBraceFormat,
    validate: validateBraceFormat,
    usesTime: (format) => format.includes('{asctime'),
  },
  $: {
    defaultFormat: '${message}',
    parse: parseDollarFormat,
    validate: validateDollarFormat,
    usesTime: (format) => format.includes('$asctime') || format.includes('${asctime'),
  },
};

/** What {@link compileFormat} needs to know. */
export interface FormatSpec {
  readonly format: string | undefined;
  readonly style: string;
  readonly validate: boolean;
  readonly defaults: Readonly<Record<string, unknown>> | undefined;
  readonly sanitize: Sanitize;
}

/** A format string made ready. */
export interface CompiledFormat {
  readonly format: string;
  readonly usesTime: boolean;
  readonly render: RecordRenderer;
  /** Names of the fields the format reads. */
  readonly fields: readonly string[];
}

/**
 * Compiles a format string once into closures; no code is generated at run time.
 *
 * @throws {LoggingError} `ERR_LOGGING_FORMAT` for an unknown style, and, if `validate` is on, for a format that does
 * not fit the style. A faulty format with `validate` off fails when a record is formatted, as in Python.
 */
export function compileFormat(spec: FormatSpec): CompiledFormat {
  const rules = Object.hasOwn(STYLES, spec.style) ? STYLES[spec.style as FormatStyle] : undefined;
  if (rules === undefined) {
    throw new LoggingError('ERR_LOGGING_FORMAT', `style: expected one of '%', '{', '$', got ${JSON.stringify(spec.style)}`);
  }
  const format = spec.format || rules.defaultFormat;
  if (spec.validate) {
    try {
      rules.validate(format);
    } catch (error) {
      throw new LoggingError('ERR_LOGGING_FORMAT', `format: ${(error as Error).message} in ${JSON.stringify(format)} for style '${spec.style}'`, { cause: error });
    }
  }
  let parts: TemplatePart[];
  try {
    parts = rules.parse(format);
  } catch (error) {
    // Python finds out when it formats; so do we, every time.
    return { format, usesTime: rules.usesTime(format), render: () => rethrow(error), fields: [] };
  }
  const fields = parts.filter((part) => typeof part !== 'string').map((part) => part.name);
  return { format, usesTime: rules.usesTime(format), render: compileParts(parts, spec), fields };
}

function rethrow(error: unknown): never {
  throw error;
}

/** Literals and fields in turn: `literals[0] fields[0] literals[1] … literals[n]`. */
function compileParts(parts: readonly TemplatePart[], spec: FormatSpec): RecordRenderer {
  const literals: string[] = [''];
  const fields: RecordRenderer[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      literals[literals.length - 1] += part;
    } else {
      fields.push(compileField(part, spec));
      literals.push('');
    }
  }
  return compose(literals, fields);
}

/** Attributes whose text nobody outside the program's own code can influence. */
const TRUSTED = new Set(['asctime', 'levelname', 'levelno', 'lineno', 'created', 'msecs', 'relativeCreated', 'process', 'thread']);

function compileField(part: Placeholder, spec: FormatSpec): RecordRenderer {
  const read = fieldReader(part.name, spec.defaults);
  const clean = part.isNumeric || TRUSTED.has(part.name) ? undefined : sanitizer(spec.sanitize);
  if (part.isPlain) {
    if (clean === undefined) {
      return (record) => {
        const value = read(record);
        return typeof value === 'string' ? value : str(value);
      };
    }
    return (record) => {
      const value = read(record);
      return typeof value === 'number' ? str(value) : clean(typeof value === 'string' ? value : str(value));
    };
  }
  const lookup = (record: LogRecord) => (name: string) => fieldReader(name, spec.defaults)(record);
  if (clean === undefined) return (record) => part.render(read(record), lookup(record));
  return (record) => clean(part.render(read(record), lookup(record)));
}

type FieldReader = (record: LogRecord) => unknown;

/** Readers of the attributes every record has: direct property loads, each its own function for the optimiser. */
const ATTRIBUTE_READERS: Readonly<Record<string, FieldReader>> = {
  __proto__: null as never,
  name: (record) => record.name,
  levelno: (record) => record.levelno,
  levelname: (record) => record.levelname,
  message: (record) => record.message,
  asctime: (record) => record.asctime,
  msg: (record) => record.msg,
  args: (record) => record.args,
  created: (record) => record.created,
  msecs: (record) => record.msecs,
  relativeCreated: (record) => record.relativeCreated,
  pathname: (record) => record.pathname,
  filename: (record) => record.filename,
  module: (record) => record.module,
  lineno: (record) => record.lineno,
  funcName: (record) => record.funcName,
  thread: (record) => record.thread,
  threadName: (record) => record.threadName,
  process: (record) => record.process,
  processName: (record) => record.processName,
  taskName: (record) => record.taskName,
  excInfo: (record) => record.excInfo,
  exc_info: (record) => record.excInfo,
  excText: (record) => record.excText,
  exc_text: (record) => record.excText,
  stackInfo: (record) => record.stackInfo,
  stack_info: (record) => record.stackInfo,
};

function fieldReader(name: string, defaults: FormatSpec['defaults']): FieldReader {
  const attribute = ATTRIBUTE_READERS[name];
  if (attribute !== undefined) return attribute;
  return (record) => {
    const value = record.attribute(name);
    if (value !== undefined) return value;
    if (defaults !== undefined && Object.hasOwn(defaults, name)) return defaults[name];
    const fallback = state.contextDefaults[name];
    if (fallback !== undefined) return fallback;
    if (record.hasAttribute(name)) return undefined;
    throw new TemplateError('ValueError', `Formatting field not found in record: '${name}'`);
  };
}

/**
 * One function out of many: written out for the usual numbers of fields, since a loop over functions costs a third
 * more than straight calls.
 */
function compose(l: readonly string[], f: readonly RecordRenderer[]): RecordRenderer {
  const [l0 = '', l1 = '', l2 = '', l3 = '', l4 = '', l5 = ''] = l;
  const [f0, f1, f2, f3, f4] = f;
  if (f0 === undefined) return () => l0;
  if (f1 === undefined) return l0 === '' && l1 === '' ? f0 : (r) => l0 + f0(r) + l1;
  if (f2 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2;
  if (f3 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3;
  if (f4 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4;
  if (f.length === 5) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4 + f4(r) + l5;
  const rest = compose(l.slice(5), f.slice(5));
  return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4 + f4(r) + rest(r);
}

/** Python's default time text: date, time and milliseconds joined by `default_msec_format`. */
export function joinMilliseconds(format: string | null, text: string, msecs: number): string {
  if (format === null) return text;
  if (format === '%s,%03d') {
    const whole = Math.trunc(msecs);
    return `${text},${whole < 10 ? '00' : whole < 100 ? '0' : ''}${whole}`;
  }
  return printf(format, [text, msecs]);
}
