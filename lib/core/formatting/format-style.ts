import { parsePercentFormat, validatePercentFormat } from '../../python/printf/printf.js';
import { parseBraceFormat, validateBraceFormat } from '../../python/str-format/str-format.js';
import { parseDollarFormat, validateDollarFormat } from '../../python/string-template.js';
import type { TemplatePart } from '../../python/template.js';
import { LoggingError } from '../errors.js';
import { compileField, type FieldContext, isRepeated, type RecordRenderer } from './record-field.js';
import { keepByLoggerAndLevel } from './repeated-text.js';
import { continuationOf } from './sanitize.js';

/** Which of Python's three format languages a format string is written in. */
export type FormatStyle = '%' | '{' | '$';

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

/** The input of {@link compileFormat}. */
export interface FormatSpec extends FieldContext {
  readonly format: string | undefined;
  readonly validate: boolean;
}

/** A compiled format string. */
export interface CompiledFormat {
  readonly format: string;
  readonly usesTime: boolean;
  readonly render: RecordRenderer;
  /** Names of the fields the format reads. */
  readonly fields: readonly string[];
  /** What further lines of a record begin with. */
  readonly continuation: string;
}

/**
 * Compiles a format string once into closures; no code is generated at run time.
 *
 * @throws {LoggingError} `ERR_LOGGING_FORMAT` for an unknown style, and, if `validate` is on, for a format that does
 * not fit the style. An invalid format with `validate` off fails when a record is formatted, as in Python.
 */
export function compileFormat(spec: FormatSpec): CompiledFormat {
  const rules = Object.hasOwn(STYLES, spec.style) ? STYLES[spec.style as FormatStyle] : undefined;
  if (rules === undefined) {
    throw new LoggingError(
      'ERR_LOGGING_FORMAT',
      `style: expected one of '%', '{', '$', got ${JSON.stringify(spec.style)}`,
    );
  }
  const format = spec.format || rules.defaultFormat;
  if (spec.validate) {
    try {
      rules.validate(format);
    } catch (error) {
      const reason = `${(error as Error).message} in ${JSON.stringify(format)} for style '${spec.style}'`;
      throw new LoggingError('ERR_LOGGING_FORMAT', `format: ${reason}`, { cause: error });
    }
  }
  let parts: TemplatePart[];
  try {
    parts = rules.parse(format);
  } catch (error) {
    // Python fails when it formats; so do we, every time.
    const render = () => rethrow(error);
    return {
      format,
      usesTime: rules.usesTime(format),
      render,
      fields: [],
      continuation: continuationOf(false),
    };
  }
  const fields = parts.filter((part) => typeof part !== 'string').map((part) => part.name);
  const continuation = continuationOf(beginsBlank(parts[0]));
  const render = compileParts(parts, { ...spec, continuation });
  return { format, usesTime: rules.usesTime(format), render, fields, continuation };
}

/** Whether a record may begin with blanks: by its format, or by a field that is filled up on the left. */
function beginsBlank(first: TemplatePart | undefined): boolean {
  if (typeof first === 'string') return /^\s/.test(first);
  if (first === undefined || first.isPlain) return false;
  return ['x', 1].some((short) => {
    try {
      return /^\s/.test(first.render(short, () => 1));
    } catch {
      // A number where a text is expected, or the reverse.
      return false;
    }
  });
}

function rethrow(error: unknown): never {
  throw error;
}

function compileParts(parts: readonly TemplatePart[], spec: FormatSpec): RecordRenderer {
  const pieces: Piece[] = [];
  let run: Piece[] = [];
  let repeats = false;
  const endRun = (): void => {
    if (repeats) pieces.push(keepByLoggerAndLevel(concatenate(run)));
    else pieces.push(...run);
    run = [];
    repeats = false;
  };
  for (const part of parts) {
    if (typeof part === 'string') {
      run.push(part);
    } else if (isRepeated(part, spec)) {
      run.push(compileField(part, spec));
      repeats = true;
    } else {
      endRun();
      pieces.push(compileField(part, spec));
    }
  }
  endRun();
  return concatenate(pieces);
}

/** Literal text, or a function from a record to text. */
type Piece = string | RecordRenderer;

/** Literals and fields in turn: `literals[0] fields[0] literals[1] … literals[n]`. */
function concatenate(pieces: readonly Piece[]): RecordRenderer {
  const literals: string[] = [''];
  const fields: RecordRenderer[] = [];
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      literals[literals.length - 1] += piece;
    } else {
      fields.push(piece);
      literals.push('');
    }
  }
  return compose(literals, fields);
}

/**
 * Combines the functions into one: written out for the usual numbers of fields, because a loop over functions costs a
 * third more than straight calls.
 */
function compose(l: readonly string[], f: readonly RecordRenderer[]): RecordRenderer {
  const [l0 = '', l1 = '', l2 = '', l3 = '', l4 = '', l5 = ''] = l;
  const [f0, f1, f2, f3, f4] = f;
  // The usual format: its literals are part of the text that is the same for every record of a logger and level.
  if (f2 !== undefined && f3 === undefined && l.every((literal) => literal === ''))
    return (r) => f0!(r) + f1!(r) + f2(r);
  if (f0 === undefined) return () => l0;
  if (f1 === undefined) return l0 === '' && l1 === '' ? f0 : (r) => l0 + f0(r) + l1;
  if (f2 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2;
  if (f3 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3;
  if (f4 === undefined) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4;
  if (f.length === 5) return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4 + f4(r) + l5;
  const rest = compose(l.slice(5), f.slice(5));
  return (r) => l0 + f0(r) + l1 + f1(r) + l2 + f2(r) + l3 + f3(r) + l4 + f4(r) + rest(r);
}
