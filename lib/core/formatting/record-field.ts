import { str } from '../../python/python-text.js';
import { type Placeholder, TemplateError } from '../../python/template.js';
import type { LogRecord } from '../records/log-record.js';
import { state } from '../state.js';
import { type Sanitize, sanitizer } from './sanitize.js';

/** A compiled piece of a format: a record in, text out. */
export type RecordRenderer = (record: LogRecord) => string;

/** Returns a function for the finished text of a field, for example to colour it; `undefined` for none. */
export type FieldPainter = (name: string) => ((text: string, record: LogRecord) => string) | undefined;

/** What a placeholder's text depends on besides the record. */
export interface FieldContext {
  readonly style: string;
  readonly defaults: Readonly<Record<string, unknown>> | undefined;
  readonly sanitize: Sanitize;
  /** What further lines of a text begin with; default blanks. */
  readonly continuation?: string | undefined;
  readonly paint?: FieldPainter | undefined;
}

/** Attributes with few values: the text of each is made once. */
const REPEATED: ReadonlySet<string> = new Set(['levelname', 'name']);

/** Whether a placeholder's text depends on nothing but the logger and the level of a record. */
export function isRepeated(part: Placeholder, context: FieldContext): boolean {
  // In `{` style a spec may hold other fields, which are not the same each time.
  if (!REPEATED.has(part.name) || !(part.isPlain || context.style !== '{')) return false;
  return context.paint?.(part.name) === undefined;
}

/** Compiles one placeholder of a format. */
export function compileField(part: Placeholder, context: FieldContext): RecordRenderer {
  const render = compilePlain(part, context);
  const paint = context.paint?.(part.name);
  return paint === undefined ? render : (record) => paint(render(record), record);
}

function compilePlain(part: Placeholder, context: FieldContext): RecordRenderer {
  const read = fieldReader(part.name, context.defaults);
  // Numbers need no escaping, and the formatter itself writes the time.
  const clean =
    part.isNumeric || part.name === 'asctime' ? undefined : sanitizer(context.sanitize, context.continuation);
  if (part.isPlain) return plainField(read, clean);
  const render = rendering(part, context);
  const safe: ValueRenderer = clean === undefined ? render : (value, record) => clean(render(value, record));
  return (record) => safe(read(record), record);
}

type FieldReader = (record: LogRecord) => unknown;
type ValueRenderer = (value: unknown, record: LogRecord) => string;
type Clean = ((text: string) => string) | undefined;

function plainField(read: FieldReader, clean: Clean): RecordRenderer {
  if (clean === undefined) {
    return (record) => {
      const value = read(record);
      return typeof value === 'string' ? value : str(value);
    };
  }
  return (record) => {
    const value = read(record);
    if (typeof value === 'string') return clean(value);
    return typeof value === 'number' ? str(value) : clean(str(value));
  };
}

/** The placeholder's own rendering; in `{` style its spec may name further fields. */
function rendering(part: Placeholder, context: FieldContext): ValueRenderer {
  if (context.style !== '{') return (value) => part.render(value, noField);
  let current: LogRecord | undefined;
  const lookup = (name: string): unknown => fieldReader(name, context.defaults)(current as LogRecord);
  return (value, record) => {
    // Restored afterwards: formatting a value may itself log through this formatter.
    const outer = current;
    current = record;
    try {
      return part.render(value, lookup);
    } finally {
      current = outer;
    }
  };
}

function noField(): undefined {
  return undefined;
}

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

function fieldReader(name: string, defaults: FieldContext['defaults']): FieldReader {
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
