import { ReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { LoggingError } from '../core/errors.js';
import { escapeControls, sanitizer } from '../core/formatting/sanitize.js';
import { isAtOrBelow } from '../core/loggers/logger-names.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { parseLevel } from './explain.command.js';
import { type JsonLine, parseJsonLine } from './json-line.js';
import { levelStyle, type Painter, painterFor, type Terminal } from './terminal.js';

/** Options of `pretty`. */
export interface PrettySettings extends LineFilterSettings {
  /** JSON lines that pass come as they are, and nothing else does. */
  readonly json?: boolean;
}

/** Characters of a line without an end before it is shown as it is. */
const MAX_LINE = 4 * 1024 * 1024;

/**
 * Shows JSON lines from standard input for people, as they come; other lines as they are, but for what could act on
 * the terminal.
 *
 * Ends with its input, or when nobody reads its output. An interrupt is left to the program whose lines it
 * shows: the last of them are often the ones that matter. Of a file or a terminal there is no such program.
 */
export async function pretty(settings: PrettySettings, terminal: Terminal): Promise<number> {
  const shows = lineFilter(settings);
  const paint = painterFor('stdout', terminal);
  const toText = (text: string): string | undefined => {
    const line = parseJsonLine(text.trim());
    if (line === undefined) return settings.json ? undefined : escapeControls(text, true);
    if (!shows(line)) return undefined;
    return settings.json ? text : prettyLine(line, paint);
  };
  if (terminal.stdin.isTTY)
    terminal.stderr.write('reading standard input; pipe a log into this: | nestjs-logging pretty\n');
  const output = new Output(terminal.stdout);
  const ignore = () => undefined;
  const isOfProgram = !terminal.stdin.isTTY && !(terminal.stdin instanceof ReadStream);
  if (isOfProgram) process.on('SIGINT', ignore);
  try {
    for await (const lines of lineBatches(terminal.stdin)) {
      const texts = lines.map(toText).filter((text) => text !== undefined);
      if (texts.length > 0) await output.write(`${texts.join('\n')}\n`);
      if (output.isClosed) break;
    }
  } finally {
    process.off('SIGINT', ignore);
  }
  return 0;
}

/** The lines of a stream, as many together as there are. */
async function* lineBatches(stream: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() as string;
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = '';
    }
    yield lines.map((line) => line.replace(/\r$/, ''));
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

/** A stream that waits for its reader, and knows when the reader is gone. */
class Output {
  isClosed = false;
  readonly #stream: NodeJS.WritableStream;
  #goOn: (() => void) | undefined;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    // EPIPE: `| head` has seen enough.
    stream.on('error', () => {
      this.isClosed = true;
      this.#goOn?.();
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      if (this.#stream.write(text)) resolve();
      else this.#stream.once('drain', resolve);
    });
  }
}

const toLines = sanitizer('escape') as (text: string) => string;

/** A line for people: time, level, logger, message, `key=value`, and tracebacks below. Nothing in it can forge another. */
function prettyLine(line: JsonLine, paint: Painter): string {
  const { time, levelname, levelno = 0, logger, message, traces, fields } = line;
  const parts = [
    ...(time === undefined ? [] : [paint(clean(time), 'dim')]),
    ...(levelname === undefined ? [] : [paint(clean(levelname).padEnd(8), levelStyle(levelno))]),
    ...(logger === undefined ? [] : [paint(clean(logger), 'dim')]),
    ...(message === '' ? [] : [toLines(message)]),
    ...Object.entries(fields).map(([key, value]) => `${paint(`${clean(key)}=`, 'dim')}${fieldText(value)}`),
  ];
  const below = traces.map((trace) => `\n    ${toLines(trace)}`);
  return parts.join(' ') + below.join('');
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return clean(JSON.stringify(value));
  return /^[^\s="]+$/.test(value) ? clean(value) : clean(JSON.stringify(value));
}

function clean(text: string): string {
  return escapeControls(text, true);
}

/** Which lines `pretty` shows. */
export interface LineFilterSettings {
  readonly level?: string;
  readonly logger?: readonly string[];
  readonly field?: readonly string[];
}

/**
 * Whether a line is to be shown.
 *
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`, `ERR_LOGGING_ARGUMENT` for what cannot be read.
 */
function lineFilter({ level, logger = [], field = [] }: LineFilterSettings): (line: JsonLine) => boolean {
  const least = level === undefined ? undefined : parseLevel(level);
  const wanted = field.map(parseField);
  return (line) =>
    (least === undefined || (line.levelno !== undefined && line.levelno >= least)) &&
    (logger.length === 0 ||
      logger.some((name) => isAtOrBelow(line.logger ?? '', name.replace(/\.\*$/, '')))) &&
    wanted.every(({ path, value }) => matches(line.all, path, value));
}

function parseField(text: string): { path: string; value: string } {
  const at = text.indexOf('=');
  if (at > 0) return { path: text.slice(0, at), value: text.slice(at + 1) };
  throw new LoggingError('ERR_LOGGING_ARGUMENT', `--field: expected NAME=VALUE, got "${text}"`);
}

function matches(line: Readonly<Record<string, unknown>>, path: string, value: string): boolean {
  const found = Object.hasOwn(line, path) ? line[path] : follow(line, path.split('.'));
  if (found === undefined) return false;
  return (typeof found === 'object' && found !== null ? JSON.stringify(found) : String(found)) === value;
}

function follow(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (isPlainObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}
