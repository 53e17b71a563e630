import type ts from 'typescript';
import { Code, type Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';
import {
  isReadLevel,
  isUndefined,
  levelText,
  literalValue,
  nameOf,
  OptionReader,
  type TranslatedModule,
} from './option-reader.js';

const LEVELS = {
  ...{ fatal: 'CRITICAL', error: 'ERROR', warn: 'WARNING' },
  ...{ info: 'INFO', debug: 'DEBUG', trace: 'VERBOSE' },
};

/** Options that say what is so here anyway. */
const NEEDLESS = ['quietReqLogger', 'quietResLogger', 'assignResponse'];

/**
 * The argument of nestjs-pino's `LoggerModule.forRoot` as ours.
 *
 * @returns The reasons if anything in it is not understood.
 */
export function translatePinoOptions(
  unit: SourceUnit,
  argument: ts.Expression | undefined,
): TranslatedModule | string[] {
  const { ts } = unit;
  if (argument === undefined) return pinoModule({}, unit.quote);
  if (!ts.isObjectLiteralExpression(argument)) return ['its options are not written out'];
  const outer = new OptionReader(unit, argument);
  const pinoHttp = outer.take('pinoHttp');
  outer.take('assignResponse');
  if (pinoHttp === undefined) return answer(outer.finish(), () => pinoModule({}, unit.quote));
  if (!ts.isObjectLiteralExpression(pinoHttp)) return [...outer.finish(), '`pinoHttp` is not written out'];
  const reader = new OptionReader(unit, pinoHttp, 'pinoHttp.');
  const parts = readPinoHttp(unit, reader);
  return answer([...outer.finish(), ...reader.finish()], () => pinoModule(parts, unit.quote));
}

/** Paths, or paths and what is done with what they find. */
type Redact = readonly string[] | { readonly paths: readonly string[]; readonly [key: string]: Literal };

interface PinoParts {
  level?: Code | undefined;
  /** Whether lines are for people: a condition, or always. */
  pretty?: Code | true | undefined;
  staticFields?: Literal | undefined;
  redact?: Redact | undefined;
  http?: Record<string, Literal> | undefined;
  requestId?: Code | undefined;
  notes?: string[];
}

function readPinoHttp(unit: SourceUnit, reader: OptionReader): PinoParts {
  const notes: string[] = [];
  const level = reader.take('level');
  const pretty = readTransport(unit, reader);
  const parts: PinoParts = {
    level: level && (levelText(unit, level, LEVELS, 'INFO') ?? reader.refuse('level')),
    pretty,
    staticFields: readStaticFields(unit, reader),
    redact: readRedact(unit, reader, notes, pretty !== undefined),
    http: readHttp(unit, reader, notes),
    requestId: readRequestId(unit, reader),
    notes,
  };
  if (level !== undefined && isReadLevel(unit, level))
    notes.push(
      'the level comes from the environment: "trace" is called VERBOSE now, and there is no "silent"',
    );
  readSerializers(unit, reader, notes);
  for (const name of NEEDLESS) reader.take(name);
  return parts;
}

/** Serializers of `req` and `res` have no use here, since no record has these. Others are left to the user. */
function readSerializers(unit: SourceUnit, reader: OptionReader, notes: string[]): void {
  const { ts } = unit;
  const serializers = reader.take('serializers');
  if (serializers === undefined) return;
  const names = ts.isObjectLiteralExpression(serializers)
    ? serializers.properties.map(({ name }) => name && nameOf(unit, name))
    : [undefined];
  if (names.some((name) => name !== 'req' && name !== 'res')) reader.refuse('serializers');
  else
    notes.push('`serializers` of req and res have no part here; `http.fields` adds fields to access records');
}

/** pino-pretty, always or on a condition; anything else is a destination of its own. */
function readTransport(unit: SourceUnit, reader: OptionReader): Code | true | undefined {
  const { ts } = unit;
  const transport = reader.take('transport');
  if (transport === undefined || isUndefined(unit, transport)) return undefined;
  if (isPretty(unit, transport)) return true;
  if (!ts.isConditionalExpression(transport)) return reader.refuse('transport');
  const { condition, whenTrue, whenFalse } = transport;
  const text = unit.textOf(condition);
  if (isPretty(unit, whenTrue) && isUndefined(unit, whenFalse)) return new Code(text);
  if (isPretty(unit, whenFalse) && isUndefined(unit, whenTrue)) return new Code(negated(unit, condition));
  return reader.refuse('transport');
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
  // Options about colours and layout have no use here. A destination of its own has to be reported.
  const plain =
    options === undefined ||
    (ts.isObjectLiteralExpression(options) && !/\bdestination\b/.test(unit.textOf(options)));
  return (
    target !== undefined &&
    literalValue(unit, target) === 'pino-pretty' &&
    plain &&
    reader.finish().length === 0
  );
}

function readStaticFields(unit: SourceUnit, reader: OptionReader): Literal | undefined {
  const { ts } = unit;
  const [name, base] = [reader.take('name'), reader.take('base')];
  const isNothing = base === undefined || isUndefined(unit, base) || base.kind === ts.SyntaxKind.NullKeyword;
  if (!isNothing && !ts.isObjectLiteralExpression(base)) return reader.refuse('base');
  const fields = isNothing ? '' : unit.textOf(base).slice(1, -1).trim().replace(/,$/, '');
  const texts = [
    ...(name === undefined ? [] : [`name: ${unit.textOf(name)}`]),
    ...(fields === '' ? [] : [fields]),
  ];
  return texts.length === 0 ? undefined : new Code(`{ ${texts.join(', ')} }`);
}

/** Paths into `req` and `res` find nothing here: no header is logged unless an option names it. */
function readRedact(
  unit: SourceUnit,
  reader: OptionReader,
  notes: string[],
  hasLinesForPeople: boolean,
): Redact | undefined {
  const { ts } = unit;
  const redact = reader.take('redact');
  if (redact === undefined) return undefined;
  const inner = ts.isObjectLiteralExpression(redact) ? new OptionReader(unit, redact) : undefined;
  const paths = inner === undefined ? redact : inner.take('paths');
  const more: Record<string, Literal> = {};
  for (const key of ['censor', 'remove']) {
    const given = inner?.take(key);
    const value = given && literalValue(unit, given);
    if (given !== undefined && value === undefined) return reader.refuse(`redact.${key}`);
    if (value !== undefined) more[key] = value;
  }
  const texts = pathsIn(unit, paths);
  if (texts === undefined || (inner?.finish().length ?? 0) > 0) return reader.refuse('redact');
  const kept = texts.filter((text) => !/^(req|res)\b/.test(text));
  if (kept.length > 0 && more.remove !== undefined && hasLinesForPeople)
    return reader.refuse('redact.remove');
  if (kept.length < texts.length)
    notes.push('`redact` of req and res is not needed: no header is logged unless `http.headers` names it');
  if (kept.length === 0) return undefined;
  return Object.keys(more).length === 0 ? kept : { paths: kept, ...more };
}

/** The texts of a list of literals. */
function pathsIn(unit: SourceUnit, list: ts.Expression | undefined): string[] | undefined {
  if (list === undefined || !unit.ts.isArrayLiteralExpression(list)) return undefined;
  const texts = list.elements.map((element) => literalValue(unit, element));
  return texts.every((text) => typeof text === 'string') ? (texts as string[]) : undefined;
}

function readHttp(
  unit: SourceUnit,
  reader: OptionReader,
  notes: string[],
): Record<string, Literal> | undefined {
  const { ts } = unit;
  const http: Record<string, Literal> = {};
  const autoLogging = reader.take('autoLogging');
  if (autoLogging !== undefined) {
    const value = literalValue(unit, autoLogging);
    if (value === false) http.enabled = false;
    else if (ts.isObjectLiteralExpression(autoLogging)) {
      const inner = new OptionReader(unit, autoLogging);
      const ignore = inner.take('ignore');
      if (inner.finish().length > 0 || ignore === undefined) reader.refuse('autoLogging');
      else http.exclude = [new Code(unit.textOf(ignore))];
    } else if (value !== true) reader.refuse('autoLogging');
  }
  const props = reader.take('customProps');
  if (props !== undefined) {
    if (!isFunctionOfOne(unit, props)) reader.refuse('customProps');
    else {
      http.contextFields = new Code(unit.textOf(props));
      notes.push(
        '`customProps` is asked at the start of a request; what is known at its end only, belongs in `http.fields`',
      );
    }
  }
  return Object.keys(http).length === 0 ? undefined : http;
}

function readRequestId(unit: SourceUnit, reader: OptionReader): Code | undefined {
  const generate = reader.take('genReqId');
  if (generate === undefined) return undefined;
  return isFunctionOfOne(unit, generate) ? new Code(unit.textOf(generate)) : reader.refuse('genReqId');
}

/** A function that does not look at the response, which is not there yet. */
function isFunctionOfOne({ ts }: SourceUnit, expression: ts.Expression): boolean {
  return (
    (ts.isArrowFunction(expression) || ts.isFunctionExpression(expression)) &&
    expression.parameters.length <= 1
  );
}

function answer(reasons: string[], make: () => TranslatedModule): TranslatedModule | string[] {
  return reasons.length > 0 ? reasons : make();
}

/** Pino's defaults: lines of JSON on standard output, at INFO; and what was read, on top. */
function pinoModule(
  { level, pretty, staticFields, redact, http, requestId, notes = [] }: PinoParts,
  quote: string,
): TranslatedModule {
  // Formatters of text have no `redact`: a filter redacts for both.
  const filtered = redact !== undefined && pretty !== undefined;
  const config: Literal = {
    version: 1,
    filters: filtered
      ? { secrets: { '()': 'RedactionFilter', ...(isPaths(redact) ? { paths: redact } : redact) } }
      : undefined,
    formatters: {
      json:
        pretty === true
          ? undefined
          : { class: 'JsonFormatter', static_fields: staticFields, redact: filtered ? undefined : redact },
      pretty: pretty === undefined ? undefined : { class: 'ColorFormatter' },
    },
    handlers: {
      console: {
        class: 'StreamHandler',
        stream: 'ext://sys.stdout',
        formatter: formatterFor(pretty, quote),
        filters: filtered ? ['secrets'] : undefined,
      },
    },
    root: { level: level ?? 'INFO', handlers: ['console'] },
  };
  return {
    args: http === undefined && requestId === undefined ? [config] : [config, { http, requestId }],
    notes:
      pretty === true && staticFields !== undefined
        ? [
            ...notes,
            '`name` and `base` are fields of JSON, `static_fields`; lines for people do not show them',
          ]
        : notes,
  };
}

function formatterFor(pretty: Code | true | undefined, quote: string): Literal {
  if (pretty === undefined) return 'json';
  return pretty === true
    ? 'pretty'
    : new Code(`${pretty.text} ? ${quote}pretty${quote} : ${quote}json${quote}`);
}

function isPaths(redact: Redact): redact is readonly string[] {
  return Array.isArray(redact);
}
