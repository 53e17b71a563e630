import type ts from 'typescript';
import { Code, type Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';
import { literalValue, OptionReader } from './option-reader.js';
import { PINO_LEVELS } from './pino-levels.js';

/** What pino-http and nestjs-pino have about requests, as the second argument of ours. */
export interface RequestOptions {
  readonly http?: Record<string, Literal> | undefined;
  readonly requestId?: Literal | undefined;
}

/** Options of pino-http, and `exclude` of nestjs-pino. */
export function readRequestOptions(
  unit: SourceUnit,
  outer: OptionReader,
  reader: OptionReader,
  notes: string[],
): RequestOptions {
  const http: Record<string, Literal> = {};
  const exclude = [...readAutoLogging(unit, reader, http), ...readExcludedRoutes(unit, outer)];
  if (exclude.length > 0) http.exclude = exclude;
  readCustomProps(unit, reader, http, notes);
  readLevels(unit, reader, http, notes);
  for (const name of ['customSuccessMessage', 'customErrorMessage'])
    if (reader.take(name) !== undefined)
      notes.push(`\`${name}\` has no part here: the message of an access record is always the same`);
  const requestId = readRequestId(unit, reader, http, notes);
  return { http: Object.keys(http).length === 0 ? undefined : http, requestId };
}

/** @returns What is not logged. */
function readAutoLogging(
  unit: SourceUnit,
  reader: OptionReader,
  http: Record<string, Literal>,
): readonly Literal[] {
  const { ts } = unit;
  const autoLogging = reader.take('autoLogging');
  if (autoLogging === undefined) return [];
  const value = literalValue(unit, autoLogging);
  if (value === false) http.enabled = false;
  else if (ts.isObjectLiteralExpression(autoLogging)) {
    const inner = new OptionReader(unit, autoLogging);
    const ignore = inner.take('ignore');
    if (inner.finish().length === 0 && ignore !== undefined) return [new Code(unit.textOf(ignore))];
    reader.refuse('autoLogging');
  } else if (isBoolean(unit, autoLogging)) http.enabled = new Code(unit.textOf(autoLogging));
  else if (value !== true) reader.refuse('autoLogging');
  return [];
}

/** A comparison, or what is negated: it cannot be an object with options. */
function isBoolean({ ts }: SourceUnit, expression: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(expression)) return expression.operator === ts.SyntaxKind.ExclamationToken;
  return (
    ts.isBinaryExpression(expression) &&
    [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken].includes(
      expression.operatorToken.kind as ts.SyntaxKind.EqualsEqualsEqualsToken,
    )
  );
}

/** `exclude` of nestjs-pino where it has plain paths, for all methods. */
function readExcludedRoutes(unit: SourceUnit, outer: OptionReader): readonly string[] {
  const { ts } = unit;
  const given = outer.take('exclude');
  if (given === undefined) return [];
  const paths = ts.isArrayLiteralExpression(given)
    ? given.elements.map((one) => pathOf(unit, one))
    : [undefined];
  if (paths.every((path) => path !== undefined)) return paths;
  outer.refuse('exclude');
  return [];
}

function pathOf(unit: SourceUnit, route: ts.Expression): string | undefined {
  const reader = unit.ts.isObjectLiteralExpression(route) ? new OptionReader(unit, route) : undefined;
  const given = reader === undefined ? route : reader.take('path');
  const method = reader?.take('method');
  if (method !== undefined && !/\bRequestMethod\.ALL$/.test(unit.textOf(method))) return undefined;
  const path = given && literalValue(unit, given);
  if (typeof path !== 'string' || !/^[\w/.-]+$/.test(path) || (reader?.finish().length ?? 0) > 0)
    return undefined;
  return path.startsWith('/') ? path : `/${path}`;
}

function readCustomProps(
  unit: SourceUnit,
  reader: OptionReader,
  http: Record<string, Literal>,
  notes: string[],
): void {
  const props = reader.take('customProps');
  if (props === undefined) return;
  if (!isFunctionOf(unit, props, 1)) {
    reader.refuse(
      'customProps',
      'what it knows of the request belongs in `http.contextFields`, what it knows of the response in `http.fields`',
    );
    return;
  }
  http.contextFields = new Code(unit.textOf(props));
  notes.push(
    '`customProps` is asked at the start of a request; what is known at its end only, belongs in `http.fields`',
  );
}

/** `customLogLevel` and `useLevel`. */
function readLevels(
  unit: SourceUnit,
  reader: OptionReader,
  http: Record<string, Literal>,
  notes: string[],
): void {
  const { quote } = unit;
  const custom = reader.take('customLogLevel');
  if (custom !== undefined && isUsualLevel(unit, custom))
    notes.push('`customLogLevel` is not needed: a status of 4xx is at WARNING, one of 5xx at ERROR');
  else if (custom !== undefined)
    reader.refuse('customLogLevel', '`http.level` takes (request, response), and gives a level of ours');
  const use = reader.take('useLevel');
  if (use === undefined) return;
  const given = literalValue(unit, use);
  const level = typeof given === 'string' ? PINO_LEVELS[given] : undefined;
  if (level === undefined) reader.refuse('useLevel', '`http.level` takes (request, response)');
  else if (level !== 'INFO') {
    http.level = new Code(
      `(_request, response) => (response.statusCode < 400 ? ${quote}${level}${quote} : undefined)`,
    );
    notes.push(
      '`useLevel` is the level of what succeeds: a status of 4xx is at WARNING, one of 5xx at ERROR',
    );
  }
}

/** 'error' from 500 on or for an error, 'warn' from 400 on, else 'info': what is so here anyway. */
function isUsualLevel(unit: SourceUnit, given: ts.Expression): boolean {
  if (!isFunctionOf(unit, given, 3)) return false;
  const { texts, numbers } = literalsIn(unit, given);
  return isSetOf(['error', 'warn', 'info'], texts) && isSetOf(['400', '500'], numbers);
}

function isSetOf(values: readonly string[], given: readonly string[]): boolean {
  return given.every((one) => values.includes(one)) && values.every((one) => given.includes(one));
}

/** What makes the ids: a header, else a random one; or a function of the request. */
function readRequestId(
  unit: SourceUnit,
  reader: OptionReader,
  http: Record<string, Literal>,
  notes: string[],
): Literal | undefined {
  const generate = reader.take('genReqId');
  if (generate === undefined) return undefined;
  const header = usualHeader(unit, generate);
  if (header !== undefined) {
    notes.push(
      `\`genReqId\` is \`requestId\`: the id of ${header}, else a random UUID, which the response has too`,
    );
    if (header !== 'x-request-id') http.responseHeader = header;
    return header;
  }
  if (isFunctionOf(unit, generate, 1)) return new Code(unit.textOf(generate));
  reader.refuse(
    'genReqId',
    '`requestId` takes the request alone, and the response has the id in `http.responseHeader`',
  );
  return undefined;
}

const RANDOM = /^((crypto|nodeCrypto)\.)?(randomUUID|uuid|uuidv4|v4)$/;

/** The header of a function that takes its value, or a random UUID, and gives it to the response. */
function usualHeader(unit: SourceUnit, generate: ts.Expression): string | undefined {
  const { ts } = unit;
  if (!isFunctionOf(unit, generate, 2) || generate.parameters.length !== 2) return undefined;
  const texts = literalsIn(unit, generate).texts.filter((text) => text !== 'string');
  const [header] = texts.map((text) => text.toLowerCase());
  if (header === undefined || !/^x-[a-z-]+-id$/.test(header)) return undefined;
  if (texts.some((text) => text.toLowerCase() !== header)) return undefined;
  const calls = unit
    .below(generate)
    .filter(ts.isCallExpression)
    .map((call) => unit.textOf(call.expression));
  const isKnown = (name: string) =>
    RANDOM.test(name) || /\.(setHeader|header|toString|isArray)$/.test(name) || name === 'String';
  const setsHeader = calls.some((name) => /\.(setHeader|header)$/.test(name));
  return calls.some((name) => RANDOM.test(name)) && setsHeader && calls.every(isKnown) ? header : undefined;
}

function literalsIn(
  unit: SourceUnit,
  node: ts.Node,
): { readonly texts: readonly string[]; readonly numbers: readonly string[] } {
  const { ts } = unit;
  const below = unit.below(node);
  // A type may have the name of a header as well, and no meaning of its own.
  const texts = below.filter(ts.isStringLiteralLike).filter(({ parent }) => !ts.isLiteralTypeNode(parent));
  return {
    texts: texts.map(({ text }) => text),
    numbers: below.filter(ts.isNumericLiteral).map(({ text }) => text),
  };
}

/** A function that looks at so many of its arguments at the most. */
function isFunctionOf(
  { ts }: SourceUnit,
  expression: ts.Expression,
  count: number,
): expression is ts.ArrowFunction | ts.FunctionExpression {
  return (
    (ts.isArrowFunction(expression) || ts.isFunctionExpression(expression)) &&
    expression.parameters.length <= count
  );
}
