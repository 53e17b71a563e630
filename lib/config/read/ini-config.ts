import { LiteralError, parsePythonLiteral } from '../../python/python-literal-parser.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { isInheritedName } from '../plan/converters.js';
import type { ConfigIssue, Place } from './config-origin.js';
import { IniReader, type IniSectionReader } from './ini-reader.js';
import { argumentNames, findPythonName, fullClassName } from './python-names.js';

/** How an INI file is read. */
export interface IniConfigOptions {
  /** The file, as errors name it; default `<text>`. */
  readonly file?: string | undefined;
  /** Values that every section has, as in `[DEFAULT]`. */
  readonly defaults?: Readonly<Record<string, string>> | undefined;
}

/** The dictionary of an INI file. */
export interface IniConfig {
  readonly value: Record<string, unknown>;
  readonly issues: readonly ConfigIssue[];
  /** Keys and sections that nothing reads: Python passes over them. */
  readonly warnings: readonly ConfigIssue[];
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Turns Python's INI format into a dictionary for `dictConfig`; nothing in it is evaluated.
 *
 * Keys and sections that Python passes over are passed over, with a warning.
 *
 * @see https://docs.python.org/3/library/logging.config.html#configuration-file-format
 */
export function parseIniConfig(text: string, options: IniConfigOptions = {}): IniConfig {
  const reader = new IniReader(text, options.file ?? '<text>', options.defaults ?? {});
  const value = {
    version: 1,
    formatters: entries(reader, 'formatters', 'formatter', readFormatter),
    handlers: entries(reader, 'handlers', 'handler', readHandler),
    ...readLoggers(reader),
  };
  warnOfUnused(reader, value.handlers);
  return { value, issues: reader.issues, warnings: reader.warnings.sort(byLine), places: reader.places };
}

function byLine(a: ConfigIssue, b: ConfigIssue): number {
  return (a.line ?? 0) - (b.line ?? 0);
}

const FORMATTER_KEYS = ['class', 'format', 'datefmt', 'style', 'defaults'];
const HANDLER_KEYS = ['class', 'level', 'formatter', 'args', 'kwargs', 'target'];
const LOGGER_KEYS = ['level', 'handlers', 'qualname', 'propagate'];

/** Sections of other programs, which may share the file, are not ours. */
function warnOfUnused(reader: IniReader, handlers: Record<string, unknown>): void {
  const listed = new Map(
    ['logger', 'handler', 'formatter'].map((kind) => [kind, reader.listed(`${kind}s`)] as const),
  );
  reader.warnOfSections(listed);
  for (const kind of ['loggers', 'handlers', 'formatters']) reader.warnOfKeys(kind, kind, ['keys']);
  for (const name of listed.get('formatter') ?? []) {
    reader.warnOfKeys(`formatter_${name}`, `formatters.${name}`, FORMATTER_KEYS, (key) =>
      key === 'fmt' ? '; did you mean "format"?' : undefined,
    );
  }
  for (const name of listed.get('handler') ?? []) {
    const entry = handlers[name] as { class?: unknown } | undefined;
    const names = argumentNames(String(entry?.class ?? '')) ?? [];
    reader.warnOfKeys(`handler_${name}`, `handlers.${name}`, HANDLER_KEYS, (key) => {
      const argument = names.find((one) => one.toLowerCase() === key);
      return argument && `; give it in args, or by name: kwargs={'${argument}': …}`;
    });
  }
  for (const name of listed.get('logger') ?? []) {
    const path = name === 'root' ? 'root' : `loggers.${name}`;
    reader.warnOfKeys(`logger_${name}`, path, LOGGER_KEYS);
  }
}

type ReadEntry = (section: IniSectionReader, path: string) => Record<string, unknown>;

/** The entries whose names `[formatters]` or `[handlers]` lists. */
function entries(reader: IniReader, list: string, prefix: string, read: ReadEntry): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of reader.list(list)) {
    const path = `${list}.${name}`;
    const section = reader.section(`${prefix}_${name}`, path, list);
    if (section === undefined) continue;
    if (isInheritedName(name)) reader.issue(path, 'this name is not allowed');
    else result[name] = read(section, path);
  }
  return result;
}

function readFormatter(section: IniSectionReader, path: string): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  const className = section.text('class', `${path}.class`);
  if (className) entry.class = className;
  for (const key of ['format', 'datefmt', 'style']) {
    const text = section.raw(key, `${path}.${key}`);
    if (text !== undefined) entry[key] = text;
  }
  const defaults = section.raw('defaults', `${path}.defaults`);
  if (defaults !== undefined) entry.defaults = readLiteral(section, defaults, `${path}.defaults`);
  return entry;
}

function readHandler(section: IniSectionReader, path: string): Record<string, unknown> {
  const className = section.needed('class', `${path}.class`);
  const entry: Record<string, unknown> = className === undefined ? {} : { class: fullClassName(className) };
  const level = section.text('level', `${path}.level`);
  if (level !== undefined) entry.level = level;
  const formatter = section.text('formatter', `${path}.formatter`);
  if (formatter) entry.formatter = formatter;
  Object.assign(entry, readArguments(section, className ?? '', path));
  const target = section.text('target', `${path}.target`);
  if (target && className?.endsWith('MemoryHandler')) entry.target = target;
  return entry;
}

/** `args` by the names of the class's arguments, then `kwargs`. */
function readArguments(section: IniSectionReader, className: string, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const argsText = section.text('args', `${path}.args`);
  const kwargsText = section.text('kwargs', `${path}.kwargs`);
  const args = argsText === undefined ? [] : readLiteral(section, argsText, `${path}.args`);
  const kwargs = kwargsText === undefined ? {} : readLiteral(section, kwargsText, `${path}.kwargs`);
  if (Array.isArray(args)) nameArguments(section, args, className, path, result);
  else if (args !== undefined)
    section.issue(
      'args',
      `${path}.args`,
      `expected a tuple, got ${argsText}; a tuple of one is written (${argsText?.replace(/^\(|\)$/g, '')},)`,
    );
  if (isPlainObject(kwargs)) {
    for (const [key, value] of Object.entries(kwargs)) {
      const place = `${path}.${key}`;
      if (isInheritedName(key)) section.issue('kwargs', place, 'this name is not allowed');
      else if (Object.hasOwn(result, key))
        section.issue('kwargs', place, 'given by args too; keep one of the two');
      else set(section, 'kwargs', result, key, value, path);
    }
  } else if (kwargs !== undefined)
    section.issue('kwargs', `${path}.kwargs`, `expected a dictionary, got ${kwargsText}`);
  return result;
}

function nameArguments(
  section: IniSectionReader,
  args: readonly unknown[],
  className: string,
  path: string,
  result: Record<string, unknown>,
): void {
  const names = argumentNames(className);
  if (names === undefined) {
    if (args.length > 0 && className !== '') {
      section.issue(
        'args',
        `${path}.args`,
        `the names of the arguments of ${className} are not known; give them by name: kwargs={'name': value}`,
      );
    }
    return;
  }
  if (args.length > names.length) {
    section.issue(
      'args',
      `${path}.args`,
      `${className} takes ${names.length} arguments at most (${names.join(', ')}), got ${args.length}`,
    );
  }
  for (const [index, value] of args.slice(0, names.length).entries()) {
    set(section, 'args', result, names[index] as string, value, path);
  }
}

/** `None` is Python's way to leave an argument to its default, but for the port of a unix socket. */
function set(
  section: IniSectionReader,
  key: string,
  result: Record<string, unknown>,
  name: string,
  value: unknown,
  path: string,
): void {
  section.place(key, `${path}.${name}`);
  if (value !== null || name === 'port') result[name] = value;
}

function readLiteral(section: IniSectionReader, text: string, path: string): unknown {
  try {
    return parsePythonLiteral(text, findPythonName);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    return section.issue(path.slice(path.lastIndexOf('.') + 1), path, error.message);
  }
}

function readLoggers(reader: IniReader): {
  loggers: Record<string, unknown>;
  root?: Record<string, unknown>;
} {
  const loggers: Record<string, unknown> = {};
  const names = reader.list('loggers');
  if (!names.includes('root')) {
    reader.issue('loggers', 'the list of loggers has to name root');
    return { loggers };
  }
  const rootSection = reader.section('logger_root', 'root', 'loggers');
  const root = rootSection === undefined ? {} : readLogger(rootSection, 'root');
  for (const name of names.filter((one) => one !== 'root')) {
    const section = reader.section(`logger_${name}`, `loggers.${name}`, 'loggers');
    if (section === undefined) continue;
    const qualname = section.needed('qualname', `loggers.${name}`);
    if (qualname === undefined) continue;
    const path = `loggers.${qualname}`;
    section.place('qualname', path);
    if (isInheritedName(qualname)) section.issue('qualname', path, 'this name is not allowed');
    else
      loggers[qualname] = {
        ...readLogger(section, path),
        propagate: readPropagate(section, `${path}.propagate`),
      };
  }
  return { loggers, root };
}

function readLogger(section: IniSectionReader, path: string): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  const level = section.text('level', `${path}.level`);
  if (level !== undefined) entry.level = level;
  const handlers = section.needed('handlers', `${path}.handlers`);
  entry.handlers = handlers ? handlers.split(',').map((name) => name.trim()) : [];
  return entry;
}

function readPropagate(section: IniSectionReader, path: string): boolean {
  const text = section.text('propagate', path);
  if (text === undefined) return true;
  if (/^[-+]?\d+(_\d+)*$/.test(text.trim())) return Number(text.replaceAll('_', '')) !== 0;
  section.issue('propagate', path, `expected 0 or 1, got ${JSON.stringify(text)}`);
  return true;
}
