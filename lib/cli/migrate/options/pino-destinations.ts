import type ts from 'typescript';
import { Code, type Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';
import { freeName, nameOfFile } from './handler-names.js';
import { isUndefined, levelText, literalValue, OptionReader } from './option-reader.js';
import { PINO_LEVELS } from './pino-levels.js';

/** Where pino's lines go. */
export interface Destinations {
  /** Whether the lines on the console are for people: a condition, or always. */
  readonly pretty?: Code | true | undefined;
  /** Handlers of several targets, by name; without them the console is the only one. */
  readonly handlers?: Readonly<Record<string, TargetHandler>> | undefined;
}

/** The handler of a target. */
export type TargetHandler = { readonly formatter: 'json' | 'pretty' } & Readonly<
  Record<string, Literal | undefined>
>;

/** `transport`: pino-pretty, always or on a condition; or targets, each of which is a handler. */
export function readDestinations(unit: SourceUnit, reader: OptionReader, notes: string[]): Destinations {
  const { ts } = unit;
  const conditional = reader.takeConditional('transport');
  const transport = reader.take('transport');
  if (conditional !== undefined) {
    if (transport === undefined && isPretty(unit, conditional.value))
      return { pretty: new Code(asCondition(unit, conditional.condition)) };
    reader.refuse('transport');
    return {};
  }
  if (transport === undefined || isUndefined(unit, transport)) return {};
  if (isPretty(unit, transport)) return { pretty: true };
  if (ts.isConditionalExpression(transport)) {
    const { condition, whenTrue, whenFalse } = transport;
    if (isPretty(unit, whenTrue) && isUndefined(unit, whenFalse))
      return { pretty: new Code(unit.textOf(condition)) };
    if (isPretty(unit, whenFalse) && isUndefined(unit, whenTrue))
      return { pretty: new Code(negated(unit, condition)) };
  }
  const handlers = readTargets(unit, transport, notes);
  if (handlers !== undefined) return { handlers };
  reader.refuse('transport');
  return {};
}

/** As the condition of `a ? b : c`. */
function asCondition(unit: SourceUnit, condition: ts.Expression): string {
  const { ts } = unit;
  const isSafe = !ts.isConditionalExpression(condition) && !ts.isArrowFunction(condition);
  return isSafe ? unit.textOf(condition) : `(${unit.textOf(condition)})`;
}

function negated(unit: SourceUnit, condition: ts.Expression): string {
  const { ts } = unit;
  if (ts.isBinaryExpression(condition)) {
    const [left, right] = [unit.textOf(condition.left), unit.textOf(condition.right)];
    if (condition.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return `${left} !== ${right}`;
    if (condition.operatorToken.kind === ts.SyntaxKind.ExclamationEqualsEqualsToken)
      return `${left} === ${right}`;
    return `!(${unit.textOf(condition)})`;
  }
  return ts.isIdentifier(condition) || ts.isCallExpression(condition)
    ? `!${unit.textOf(condition)}`
    : `!(${unit.textOf(condition)})`;
}

function isPretty(unit: SourceUnit, expression: ts.Expression): boolean {
  const { ts } = unit;
  if (!ts.isObjectLiteralExpression(expression)) return false;
  const reader = new OptionReader(unit, expression);
  const target = reader.take('target');
  const options = reader.take('options');
  return (
    target !== undefined &&
    literalValue(unit, target) === 'pino-pretty' &&
    hasNoDestination(unit, options) &&
    reader.finish().length === 0
  );
}

/** Options about colours and layout have no use here. A destination of its own has to be reported. */
function hasNoDestination(unit: SourceUnit, options: ts.Expression | undefined): boolean {
  return (
    options === undefined ||
    (unit.ts.isObjectLiteralExpression(options) && !/\bdestination\b/.test(unit.textOf(options)))
  );
}

/** `{ targets: [{ target: 'pino-pretty' }, { target: 'pino/file', … }] }`, or one target that is a file. */
function readTargets(
  unit: SourceUnit,
  transport: ts.Expression,
  notes: string[],
): Record<string, TargetHandler> | undefined {
  const { ts } = unit;
  if (!ts.isObjectLiteralExpression(transport)) return undefined;
  const reader = new OptionReader(unit, transport);
  const targets = reader.take('targets');
  const list =
    targets === undefined ? [transport] : ts.isArrayLiteralExpression(targets) ? targets.elements : undefined;
  if (list === undefined || (targets !== undefined && reader.finish().length > 0)) return undefined;
  const handlers: Record<string, TargetHandler> = {};
  for (const target of list) {
    const found = readTarget(unit, target, notes);
    if (found === undefined) return undefined;
    handlers[freeName(handlers, found.name)] = found.handler;
  }
  return Object.keys(handlers).length === 0 ? undefined : handlers;
}

interface Target {
  readonly name: string;
  readonly handler: TargetHandler;
}

function readTarget(unit: SourceUnit, target: ts.Expression, notes: string[]): Target | undefined {
  const { ts } = unit;
  if (!ts.isObjectLiteralExpression(target)) return undefined;
  const reader = new OptionReader(unit, target);
  const [name, given, options] = ['target', 'level', 'options'].map((key) => reader.take(key));
  // A target without a level has pino's own, and so has a handler without one.
  const level = given && levelText(unit, given, PINO_LEVELS);
  if (name === undefined || reader.finish().length > 0 || (given !== undefined && level === undefined))
    return undefined;
  const common = level === undefined ? {} : { level };
  switch (literalValue(unit, name)) {
    case 'pino-pretty':
      return hasNoDestination(unit, options) ? onConsole('pretty', common) : undefined;
    case 'pino/file':
      return readFile(unit, options, common);
    case 'pino-roll':
      return readRoll(unit, options, common, notes);
    default:
      return undefined;
  }
}

function onConsole(formatter: 'json' | 'pretty', common: Readonly<Record<string, Literal>>): Target {
  return {
    name: 'console',
    handler: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter, ...common },
  };
}

/** Without a destination, and with 1, it is standard output. */
function readFile(
  unit: SourceUnit,
  options: ts.Expression | undefined,
  common: Readonly<Record<string, Literal>>,
): Target | undefined {
  const reader = optionsOf(unit, options);
  if (reader === undefined) return undefined;
  const [destination, mkdir, append] = ['destination', 'mkdir', 'append'].map((key) => reader.take(key));
  // A line is with the operating system when the call returns; options of pino-pretty have no effect in theirs.
  for (const key of ['sync', 'colorize', 'translateTime', 'ignore', 'singleLine']) reader.take(key);
  if (reader.finish().length > 0) return undefined;
  const value = destination && literalValue(unit, destination);
  if (destination === undefined || value === 1) return onConsole('json', common);
  if (typeof value === 'number') return undefined;
  const appends = append === undefined || literalValue(unit, append) === true;
  return {
    name: nameOfFile(value),
    handler: {
      class: 'FileHandler',
      filename: new Code(unit.textOf(destination)),
      ...makingFolders(unit, mkdir),
      ...(appends ? {} : { mode: 'w' }),
      formatter: 'json',
      ...common,
    },
  };
}

/** By time or by size; theirs keeps all files unless there is a limit. */
function readRoll(
  unit: SourceUnit,
  options: ts.Expression | undefined,
  common: Readonly<Record<string, Literal>>,
  notes: string[],
): Target | undefined {
  const reader = optionsOf(unit, options);
  const [file, mkdir] = ['file', 'mkdir'].map((key) => reader?.take(key));
  const rolling = reader && readRolling(unit, reader);
  for (const key of ['dateFormat', 'symlink', 'extension', 'sync']) reader?.take(key);
  if (file === undefined || rolling === undefined || reader?.finish().length !== 0) return undefined;
  notes.push(
    'the current file of pino-roll keeps its name here, and those rolled over have the date or a number behind it',
  );
  return {
    name: nameOfFile(literalValue(unit, file)),
    handler: {
      class: rolling.when === undefined ? 'RotatingFileHandler' : 'TimedRotatingFileHandler',
      filename: new Code(unit.textOf(file)),
      ...rolling,
      ...makingFolders(unit, mkdir),
      formatter: 'json',
      ...common,
    },
  };
}

/** `undefined` where it does not roll over, or nothing says how many files a size leaves. */
function readRolling(
  unit: SourceUnit,
  reader: OptionReader,
):
  | { when?: string | undefined; maxBytes?: number | undefined; backupCount?: number | undefined }
  | undefined {
  const given = ['frequency', 'size', 'limit'].map((key) => reader.take(key));
  const [frequency, size, limit] = given;
  const count = limit && optionsOf(unit, limit)?.take('count');
  const kept = count && literalValue(unit, count);
  const rolling = {
    when: frequency && { daily: 'midnight', hourly: 'H' }[String(literalValue(unit, frequency))],
    maxBytes: size && bytesIn(literalValue(unit, size)),
    backupCount: typeof kept === 'number' ? kept : undefined,
  };
  const values = Object.values(rolling);
  const isRead = given.every((option, index) => option === undefined || values[index] !== undefined);
  const isBounded =
    rolling.when !== undefined || (rolling.maxBytes !== undefined && rolling.backupCount !== undefined);
  return isRead && isBounded ? rolling : undefined;
}

function makingFolders(unit: SourceUnit, mkdir: ts.Expression | undefined): Record<string, Literal> {
  return mkdir !== undefined && literalValue(unit, mkdir) === true ? { makeDirs: true } : {};
}

function optionsOf(unit: SourceUnit, options: ts.Expression | undefined): OptionReader | undefined {
  if (options === undefined) return new OptionReader(unit, undefined);
  return unit.ts.isObjectLiteralExpression(options) ? new OptionReader(unit, options) : undefined;
}

/** `10m` as a number of bytes; a number of pino-roll counts megabytes. */
function bytesIn(size: string | number | boolean | undefined): number | undefined {
  if (typeof size === 'number') return size * 1024 ** 2;
  const found = /^(\d+)([kmg])$/i.exec(String(size));
  return found === null
    ? undefined
    : Number(found[1]) * 1024 ** ('kmg'.indexOf((found[2] as string).toLowerCase()) + 1);
}
