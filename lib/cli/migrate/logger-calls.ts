import type ts from 'typescript';
import type { ImportedNames } from './imported-names.js';
import type { LoggerUse } from './logger-uses.js';
import type { SourceUnit } from './source-unit.js';

/** Asks for the edits of a call, or says why it cannot be translated. */
export type CallTranslation = (() => void) | string;

/** What a call is translated with. */
export interface CallSurroundings {
  readonly unit: SourceUnit;
  readonly names: ImportedNames;
  /** Texts of expressions that name the logger; as the last argument of Nest's methods they say nothing new. */
  readonly contexts: ReadonlySet<string>;
}

/** A call of a logger's method. */
export type LoggerCall = LoggerUse & { readonly call: ts.CallExpression };

/** Translates calls of one kind of logger. */
export type CallTranslator = (use: LoggerCall, around: CallSurroundings) => CallTranslation;

const NEST_METHODS: ReadonlyMap<string, string> = new Map([
  ['log', 'info'],
  ['debug', 'debug'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['verbose', 'verbose'],
]);

/**
 * A call of Nest's logger: `log(message, context)`, `error(message, stack, context)`.
 *
 * A string in the last place is the context there, and any other value a message of its own, so only what is surely
 * neither of them is taken: an object with fields, an error, a stack.
 */
export const translateNestCall: CallTranslator = ({ call, method }, around) => {
  const { unit, contexts } = around;
  const { ts } = unit;
  const name = NEST_METHODS.get(method);
  if (name === undefined) return `${method}() has no equivalent`;
  const all = [...call.arguments];
  if (all.some(ts.isSpreadElement)) return 'its arguments are not known';
  const hasContext = all.length > 1 && contexts.has(unit.textOf(all.at(-1) as ts.Node));
  const [message, second, ...more] = hasContext ? all.slice(0, -1) : all;
  if (message === undefined) return 'it has no message';
  if (more.length > 0) return 'it has several messages, or a context of its own';
  const issue = second !== undefined && /^(error|fatal)$/.test(method) ? errorIn(unit, second) : undefined;
  if (second !== undefined && issue === undefined && !ts.isObjectLiteralExpression(second))
    return 'what comes after the message may be a context, or a message of its own';
  return () => {
    rename(call, name, around);
    if (second !== undefined) translateSecond(unit, message, second, issue);
    dropBehind(unit, call, second ?? message);
  };
};

function translateSecond(
  unit: SourceUnit,
  message: ts.Expression,
  second: ts.Expression,
  issue: string | undefined,
): void {
  if (issue !== undefined && propertyOf(unit, message, 'message') === issue) {
    unit.replace({ start: message.getStart(unit.source), end: second.end }, issue);
    return;
  }
  if (issue !== undefined && issue !== unit.textOf(second)) unit.replace(second, issue);
  keepFromFormatting(unit, message);
}

/** A call of pino's logger: fields or an error, then the message; its own order works here as well. */
export const translatePinoCall: CallTranslator = ({ call, method }, around) => {
  const { unit, names } = around;
  if (method === 'assign') return () => unit.replace(call.expression, names.ours('bindContext'));
  if (!['trace', 'debug', 'info', 'warn', 'error', 'fatal'].includes(method))
    return `${method}() has no equivalent`;
  const message = call.arguments.find((argument) => unit.ts.isStringLiteralLike(argument));
  return () => {
    rename(call, method === 'trace' ? 'verbose' : method, around);
    // Without values it is no format.
    if (message === undefined || message === call.arguments.at(-1)) return;
    const text = unit.textOf(message);
    // Theirs write a number as it is: Python's %d cuts it, and its %f has six decimals.
    const plain = text.replaceAll(/(?<!%)((?:%%)*)%[oOjdf]/g, '$1%s');
    if (plain !== text) unit.replace(message, plain);
  };
};

const WINSTON_METHODS: ReadonlySet<string> = new Set(['error', 'warn', 'info', 'debug', 'verbose']);

/** A call of winston's logger: the message, then its metadata. */
export const translateWinstonCall: CallTranslator = (use, around) => {
  const { unit } = around;
  const { ts } = unit;
  const { call, method } = use;
  const [message, ...rest] = call.arguments;
  if (call.arguments.some(ts.isSpreadElement)) return 'its arguments are not known';
  if (method === 'log') return translateWinstonLog(use, around);
  if (!WINSTON_METHODS.has(method)) return whyNotWinston(method);
  if (message === undefined || ts.isObjectLiteralExpression(message)) return 'its message is in an object';
  if (rest.length > 1) return 'it has values for its placeholders';
  return () => {
    rename(call, method, around);
    if (rest.length > 0) keepFromFormatting(unit, message);
  };
};

/** `log('info', 'paid', { id })`, `log({ level: 'info', message: 'paid', id })`. */
function translateWinstonLog({ call }: LoggerCall, around: CallSurroundings): CallTranslation {
  const { unit } = around;
  const { ts } = unit;
  const [first, message, ...rest] = call.arguments;
  if (first === undefined) return 'it has no message';
  if (ts.isObjectLiteralExpression(first) && message === undefined)
    return translateWinstonEntry(call, first, around);
  if (!ts.isStringLiteralLike(first) || message === undefined) return 'its level is not known';
  if (!WINSTON_METHODS.has(first.text)) return whyNotWinston(first.text);
  if (rest.length > 1) return 'it has values for its placeholders';
  return () => {
    unit.replace({ start: first.getStart(unit.source), end: message.getStart(unit.source) }, '');
    rename(call, first.text, around);
    if (rest.length > 0) keepFromFormatting(unit, message);
  };
}

function translateWinstonEntry(
  call: ts.CallExpression,
  entry: ts.ObjectLiteralExpression,
  around: CallSurroundings,
): CallTranslation {
  const { unit } = around;
  const { ts } = unit;
  const isNamed = (name: string) => (property: ts.ObjectLiteralElementLike) =>
    ts.isPropertyAssignment(property) && unit.textOf(property.name) === name;
  const [level, message] = [
    entry.properties.find(isNamed('level')),
    entry.properties.find(isNamed('message')),
  ].map((property) => (property as ts.PropertyAssignment | undefined)?.initializer);
  if (message === undefined || entry.properties.some(ts.isSpreadAssignment))
    return 'its fields are not known';
  if (level === undefined || !ts.isStringLiteralLike(level)) return 'its level is not known';
  if (!WINSTON_METHODS.has(level.text)) return whyNotWinston(level.text);
  const fields = entry.properties
    .filter((property) => !isNamed('level')(property) && !isNamed('message')(property))
    .map((property) => unit.textOf(property));
  return () => {
    const given =
      fields.length === 0 ? unit.textOf(message) : `${safeMessage(unit, message)}, { ${fields.join(', ')} }`;
    unit.replace(entry, given);
    rename(call, level.text, around);
  };
}

function whyNotWinston(method: string): string {
  const levels = ['http', 'silly', 'emerg', 'alert', 'crit', 'warning', 'notice'];
  const name = method.toUpperCase();
  return levels.includes(method)
    ? `"${method}" is a level of its own: addLevelName(number, '${name}'), then log('${name}', …)`
    : `${method}() has no equivalent that is the same`;
}

/** Gives a method another name; `verbose` is a level for `log`. */
function rename(
  { expression, arguments: args }: ts.CallExpression,
  name: string,
  { unit, names }: CallSurroundings,
): void {
  const method = (expression as ts.PropertyAccessExpression).name;
  if (name === 'verbose') {
    const level = names.ours('VERBOSE');
    if (method.text !== 'log') unit.replace(method, 'log');
    unit.insert(args.pos, () => `${level()}, `);
  } else if (method.text !== name) unit.replace(method, name);
}

/** What an argument says of an error: `error`, `error.stack`, `(error as Error).stack`. */
function errorIn(unit: SourceUnit, argument: ts.Expression): string | undefined {
  const of = propertyOf(unit, argument, 'stack');
  if (of !== undefined) return of;
  return unit.ts.isIdentifier(argument) && isCaught(unit, argument) ? argument.text : undefined;
}

/** The object that a property is read from, by its name: `error` of `(error as Error).stack`. */
function propertyOf({ ts, source }: SourceUnit, expression: ts.Expression, name: string): string | undefined {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== name) return undefined;
  let of: ts.Expression = expression.expression;
  while (ts.isParenthesizedExpression(of) || ts.isNonNullExpression(of) || ts.isAsExpression(of))
    of = of.expression;
  return ts.isIdentifier(of) || ts.isPropertyAccessExpression(of) ? of.getText(source) : undefined;
}

function isCaught({ ts }: SourceUnit, name: ts.Identifier): boolean {
  for (let scope: ts.Node | undefined = name.parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isCatchClause(scope)) continue;
    const caught = scope.variableDeclaration?.name;
    if (caught !== undefined && ts.isIdentifier(caught) && caught.text === name.text) return true;
  }
  return false;
}

/** Takes out the arguments behind one. */
function dropBehind(unit: SourceUnit, call: ts.CallExpression, last: ts.Expression): void {
  const end = call.arguments.at(-1);
  if (end !== undefined && end !== last) unit.replace({ start: last.end, end: end.end }, '');
}

/** With arguments after it a message is a format here, but was none there. */
function keepFromFormatting(unit: SourceUnit, message: ts.Expression): void {
  const text = safeMessage(unit, message);
  if (text !== unit.textOf(message)) unit.replace(message, text);
}

/** `'paid'` as it is, `` `order ${id} paid` `` as `'order %s paid', id`, anything else as `'%s', message`. */
function safeMessage(unit: SourceUnit, message: ts.Expression): string {
  const { ts, quote } = unit;
  const text = unit.textOf(message);
  if (ts.isStringLiteralLike(message) && !message.text.includes('%')) return text;
  const asValue = `${quote}%s${quote}, ${text}`;
  if (!ts.isTemplateExpression(message)) return asValue;
  const parts = [message.head, ...message.templateSpans.map(({ literal }) => literal)].map((part) =>
    unit
      .textOf(part)
      .replace(/^[`}]/, '')
      .replace(/(\$\{|`)$/, ''),
  );
  if (parts.some((part) => /[%\n]/.test(part))) return asValue;
  const format = parts.join('%s');
  const other = quote === '"' ? "'" : '"';
  const mark = format.includes(quote) && !format.includes(other) ? other : quote;
  // Pairs of backslash and character are skipped: a backslash before a quote may itself be escaped.
  const escaped = format.replaceAll(new RegExp(`\\\\.|${mark}`, 'g'), (part) =>
    part === mark ? `\\${mark}` : part,
  );
  const values = message.templateSpans.map(({ expression }) => unit.textOf(expression));
  return [`${mark}${escaped}${mark}`, ...values].join(', ');
}
