import { state } from '../core/state.js';
import { isPlainObject } from '../runtime/plain-object.js';

/** A log line in JSON, from any logger, under the names of our records. */
export interface JsonLine {
  /** As written, or in ISO 8601 where it was a number. */
  readonly time: string | undefined;
  readonly levelname: string | undefined;
  /** On Python's scale; `undefined` if the line has none. */
  readonly levelno: number | undefined;
  readonly logger: string | undefined;
  readonly message: string;
  /** Tracebacks and stacks. */
  readonly traces: readonly string[];
  /** Everything else. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** All of it, as parsed. */
  readonly all: Readonly<Record<string, unknown>>;
}

const TIME = ['timestamp', '@timestamp', 'time', 'asctime', 'ts', 'datetime', 'eventTime'];
const LEVEL = ['level', 'levelname', 'severity', 'log.level', 'lvl', 'log_level'];
const LOGGER = ['logger', 'logger_name', 'log.logger', 'name', 'context', 'component'];
const MESSAGE = ['message', 'msg', 'event'];
const TRACE = [
  'exception',
  'exc_info',
  'exc_text',
  'stack',
  'stack_info',
  'error.stack_trace',
  'stack_trace',
  'stacktrace',
];
const ERROR = ['err', 'error'];

/** Other names of levels, on Python's scale. */
const OTHER_LEVELS: ReadonlyMap<string, number> = new Map([
  ...([
    ['TRACE', 5],
    ['SILLY', 5],
    ['VERBOSE', 15],
    ['HTTP', 15],
    ['NOTICE', 25],
    ['LOG', 20],
  ] as const),
  ...([
    ['ERR', 40],
    ['ALERT', 50],
    ['EMERG', 50],
    ['EMERGENCY', 50],
    ['PANIC', 50],
  ] as const),
]);

/** Reads a line; `undefined` if it is not a JSON object. */
export function parseJsonLine(text: string): JsonLine | undefined {
  if (!text.startsWith('{')) return undefined;
  let all: unknown;
  try {
    all = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isPlainObject(all)) return undefined;
  const fields = { ...all };
  const take = (names: readonly string[], fits: (value: unknown) => boolean): unknown => {
    const name = names.find((each) => Object.hasOwn(fields, each) && fits(fields[each]));
    if (name === undefined) return undefined;
    const value = fields[name];
    Reflect.deleteProperty(fields, name);
    return value;
  };
  const time = take(TIME, isText);
  const level = take(LEVEL, isText);
  const named = levelOf(level, all);
  return {
    time: timeText(time),
    levelname: named.name,
    levelno: named.number ?? (take(['levelno'], (value) => typeof value === 'number') as number | undefined),
    logger: take(LOGGER, (value) => typeof value === 'string') as string | undefined,
    message: String(take(MESSAGE, isText) ?? ''),
    traces: takeTraces(fields),
    fields,
    all,
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** Numbers since 1970: seconds, milliseconds, microseconds or nanoseconds, by their size. */
function timeText(time: unknown): string | undefined {
  if (typeof time !== 'number') return time === undefined ? undefined : String(time);
  const powers = Math.max(0, Math.floor((Math.log10(Math.abs(time) || 1) - 8) / 3));
  const date = new Date(time * 10 ** (3 - 3 * powers));
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}

function levelOf(level: unknown, line: Record<string, unknown>): { name?: string; number?: number } {
  if (typeof level === 'string') {
    const upper = level.toUpperCase();
    const number = state.nameToLevel.get(upper) ?? OTHER_LEVELS.get(upper);
    return { name: upper, ...(number === undefined ? {} : { number }) };
  }
  if (typeof level !== 'number') return {};
  // pino and bunyan count ten higher than Python, and both write the process and the host.
  const number = 'pid' in line && 'hostname' in line ? level - 10 : level;
  return { name: state.levelToName.get(number) ?? (number < 10 ? 'TRACE' : `Level ${number}`), number };
}

/** Takes each traceback and stack out of the fields, once: ours have that of `err` in `exception` too. */
function takeTraces(fields: Record<string, unknown>): string[] {
  const found: string[] = [];
  for (const name of [...TRACE, ...ERROR]) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const text = traceText(value);
    if (text === undefined) continue;
    found.push(text);
    Reflect.deleteProperty(fields, name);
    const others = Object.entries(isPlainObject(value) ? value : {}).filter(
      ([key, item]) => !(IN_STACK.has(key) && text.includes(String(item))),
    );
    if (others.length > 0) fields[name] = Object.fromEntries(others);
  }
  return found.filter(
    (text, at) =>
      found.indexOf(text) === at && !found.some((other) => other !== text && other.startsWith(text)),
  );
}

/** What is usually in the stack of an error too. */
const IN_STACK: ReadonlySet<string> = new Set(['name', 'type', 'message', 'stack']);

/** A text of several lines, a list of lines, or an error written as an object with its stack. */
function traceText(value: unknown): string | undefined {
  if (typeof value === 'string')
    return /\n/.test(value) || /^\w*(Error|Exception)\b/.test(value) ? value : undefined;
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'string') ? value.join('\n') : undefined;
  return isPlainObject(value) && typeof value.stack === 'string' ? value.stack : undefined;
}
