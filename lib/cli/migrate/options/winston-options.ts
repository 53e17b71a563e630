import type ts from 'typescript';
import type { ImportedNames } from '../imported-names.js';
import { Code, type Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';
import { freeName, nameOfFile } from './handler-names.js';
import {
  firstLine,
  isReadLevel,
  levelText,
  literalValue,
  OptionReader,
  type TranslatedModule,
} from './option-reader.js';
import { DAILY_FILE, readDailyFile } from './winston-daily-file.js';

const LEVELS = { error: 'ERROR', warn: 'WARNING', info: 'INFO', debug: 'DEBUG', verbose: 'VERBOSE' };

/** Formats that need no translation: what they do is the default here. */
const NEEDLESS = ['timestamp', 'errors', 'splat', 'ms'];
const TRANSPORTS = ['Console', 'File', 'DailyRotateFile'];
/** Formats for people. */
const PRETTY = ['colorize', 'cli', 'simple', 'prettyPrint', 'nestLike'];

/**
 * The argument of nest-winston's `WinstonModule.forRoot` as ours.
 *
 * @returns The reasons if anything in it is not understood.
 */
export function translateWinstonOptions(
  unit: SourceUnit,
  names: ImportedNames,
  argument: ts.Expression | undefined,
): TranslatedModule | string[] {
  const { ts, quote } = unit;
  if (argument === undefined || !ts.isObjectLiteralExpression(argument))
    return ['its options are not written out'];
  const reader = new OptionReader(unit, argument);
  const level = reader.take('level');
  const root = level && (levelText(unit, level, LEVELS, 'INFO') ?? reader.refuse('level'));
  const fallback = readFormat(unit, names, reader, 'json') ?? 'json';
  const meta = reader.take('defaultMeta');
  if (meta !== undefined && !ts.isObjectLiteralExpression(meta)) reader.refuse('defaultMeta');
  const notes: string[] = [];
  const transports = readTransports(unit, names, reader, fallback, notes);
  const reasons = reader.finish();
  if (reasons.length > 0) return reasons;
  const hasJson = transports.some(({ formatter }) => formatter === 'json');
  const hasPretty = transports.some(({ formatter }) => formatter === 'pretty');
  const handlers: Record<string, Literal> = {};
  for (const { name, handler } of transports) handlers[freeName(handlers, name)] = handler;
  const fields = meta && new Code(unit.textOf(meta));
  const config: Literal = {
    version: 1,
    formatters: {
      json: hasJson ? { class: 'JsonFormatter', static_fields: fields } : undefined,
      pretty: hasPretty ? { class: 'ColorFormatter' } : undefined,
    },
    handlers,
    root: { level: root ?? new Code(`${quote}INFO${quote}`), handlers: Object.keys(handlers) },
  };
  if (fields !== undefined && hasPretty)
    notes.push('`defaultMeta` is `static_fields` of JSON; lines for people do not show it');
  if (level !== undefined && isReadLevel(unit, level))
    notes.push('the level comes from the environment: there is no "http" and no "silly"');
  return { args: [config], notes };
}

function readTransports(
  unit: SourceUnit,
  names: ImportedNames,
  reader: OptionReader,
  fallback: Formatter,
  notes: string[],
): ReadTransport[] {
  const { ts } = unit;
  const given = reader.take('transports');
  if (given === undefined) {
    reader.refuse('transports');
    return [];
  }
  const list = ts.isArrayLiteralExpression(given) ? given.elements : [given];
  return list.flatMap((transport) => {
    const found = readTransport(unit, names, transport, fallback, notes);
    if (!Array.isArray(found)) return [found];
    reader.reasons.push(...found);
    return [];
  });
}

type Formatter = 'json' | 'pretty';

interface ReadTransport {
  readonly name: string;
  readonly formatter: Formatter;
  readonly handler: Literal;
}

/** `new transports.Console()` and the like; anything else is not known. */
function readTransport(
  unit: SourceUnit,
  names: ImportedNames,
  transport: ts.Expression,
  fallback: Formatter,
  notes: string[],
): ReadTransport | string[] {
  const { ts } = unit;
  const kind = ts.isNewExpression(transport) ? kindOf(unit, names, transport) : undefined;
  if (!ts.isNewExpression(transport) || kind === undefined || !TRANSPORTS.includes(kind))
    return [`\`${firstLine(unit.textOf(transport))}\` is not translated`];
  const [argument] = transport.arguments ?? [];
  if (argument !== undefined && !ts.isObjectLiteralExpression(argument))
    return [`the options of \`${kind}\` are not written out`];
  const reader = new OptionReader(unit, argument, `${kind}.`);
  const level = reader.take('level');
  const formatter = readFormat(unit, names, reader, fallback) ?? fallback;
  const common = { level: level && (levelText(unit, level, LEVELS) ?? reader.refuse('level')), formatter };
  const found: ReadTransport =
    kind === 'Console'
      ? {
          ...{ name: 'console', formatter },
          handler: { class: 'StreamHandler', stream: 'ext://sys.stdout', ...common },
        }
      : kind === 'File'
        ? readFile(unit, reader, common)
        : readDaily(unit, reader, common, notes);
  const reasons = reader.finish();
  return reasons.length > 0 ? reasons : found;
}

/** The class of a transport: one of winston's, or DailyRotateFile from its own package. */
function kindOf(
  unit: SourceUnit,
  names: ImportedNames,
  { expression }: ts.NewExpression,
): string | undefined {
  const isDaily = names.remaining(DAILY_FILE).some(({ node }) => node === expression);
  return isDaily ? 'DailyRotateFile' : memberOfWinston(unit, names, expression, 'transports');
}

function readDaily(
  unit: SourceUnit,
  reader: OptionReader,
  common: { readonly level: Code | undefined; readonly formatter: Formatter },
  notes: string[],
): ReadTransport {
  const { filename, handler } = readDailyFile(unit, reader, notes);
  const { formatter } = common;
  return { name: nameOfFile(filename), formatter, handler: { ...handler, ...common } };
}

function readFile(
  unit: SourceUnit,
  reader: OptionReader,
  common: { readonly level: Code | undefined; readonly formatter: Formatter },
): ReadTransport {
  const filename = reader.take('filename');
  if (filename === undefined) reader.refuse('filename');
  const [maxBytes, maxFiles, compress] = ['maxsize', 'maxFiles', 'zippedArchive'].map((name) => {
    const given = reader.take(name);
    return given && (literalValue(unit, given) ?? reader.refuse(name));
  });
  // The current file keeps its name here in any case.
  reader.take('tailable');
  if (maxBytes !== undefined && typeof maxFiles !== 'number')
    reader.reasons.push(
      '`File.maxFiles` is no number: theirs keeps all files, and `backupCount` is to say how many',
    );
  // Theirs counts the current file as well.
  const rolling = { maxBytes, backupCount: Math.max(1, Number(maxFiles) - 1), compress };
  return {
    name: nameOfFile(filename && literalValue(unit, filename)),
    formatter: common.formatter,
    handler: {
      class: maxBytes === undefined ? 'FileHandler' : 'RotatingFileHandler',
      filename: new Code(filename === undefined ? '' : unit.textOf(filename)),
      // Theirs makes the directories of the file.
      ...(isPlainName(unit, filename) ? {} : { makeDirs: true }),
      ...(maxBytes === undefined ? {} : rolling),
      ...common,
    },
  };
}

/** The result of a chain of formats: JSON, or text. */
function readFormat(
  unit: SourceUnit,
  names: ImportedNames,
  reader: OptionReader,
  fallback: Formatter,
): Formatter | undefined {
  const format = reader.take('format');
  if (format === undefined) return fallback;
  const parts = formatNames(unit, names, format);
  const known = parts?.filter((part) => !NEEDLESS.includes(part));
  if (known === undefined || known.some((part) => part !== 'json' && !PRETTY.includes(part)))
    return reader.refuse('format');
  if (known.includes('json')) return 'json';
  return known.length > 0 ? 'pretty' : fallback;
}

/** `combine(timestamp(), json())` as `['timestamp', 'json']`; `undefined` if there is anything else in it. */
function formatNames(unit: SourceUnit, names: ImportedNames, format: ts.Expression): string[] | undefined {
  const { ts } = unit;
  if (!ts.isCallExpression(format)) return undefined;
  const name =
    memberOfWinston(unit, names, format.expression, 'format') ?? nestLike(unit, names, format.expression);
  if (name !== 'combine') return name === undefined ? undefined : [name];
  const parts = format.arguments.map((argument) => formatNames(unit, names, argument));
  return parts.some((part) => part === undefined) ? undefined : (parts as string[][]).flat();
}

/** `winston.format.json`, `format.json`: the name of what is in an object of winston's. */
function memberOfWinston(
  { ts }: SourceUnit,
  names: ImportedNames,
  expression: ts.Expression,
  object: string,
): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  return names.exportOf(expression.expression, 'winston') === object ? expression.name.text : undefined;
}

/** `utilities.format.nestLike` of nest-winston. */
function nestLike({ ts }: SourceUnit, names: ImportedNames, expression: ts.Expression): string | undefined {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'nestLike') return undefined;
  const { expression: of } = expression;
  if (!ts.isPropertyAccessExpression(of) || of.name.text !== 'format') return undefined;
  return names.exportOf(of.expression, 'nest-winston') === 'utilities' ? 'nestLike' : undefined;
}

function isPlainName(unit: SourceUnit, filename: ts.Expression | undefined): boolean {
  const value = filename && literalValue(unit, filename);
  return typeof value === 'string' && !/[\\/]/.test(value);
}
