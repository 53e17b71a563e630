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
import { type Destinations, readDestinations } from './pino-destinations.js';
import { type RequestOptions, readRequestOptions } from './pino-http-options.js';
import { PINO_LEVELS } from './pino-levels.js';

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
  if (pinoHttp !== undefined && !ts.isObjectLiteralExpression(pinoHttp))
    return [...outer.finish(), '`pinoHttp` is not written out'];
  const reader = new OptionReader(unit, pinoHttp, 'pinoHttp.');
  const parts = readPinoHttp(unit, outer, reader);
  return answer([...outer.finish(), ...reader.finish()], () => pinoModule(parts, unit.quote));
}

/** Paths, or paths and what is done with what they find. */
type Redact = Paths | { readonly paths: Paths; readonly [key: string]: Literal };

/** Paths that are written out, or what gives them. */
type Paths = readonly string[] | Code;

interface PinoParts extends Destinations, RequestOptions {
  readonly level?: Code | undefined;
  readonly staticFields?: Literal | undefined;
  /** New names for keys of JSON. */
  readonly renamed?: Readonly<Record<string, string>> | undefined;
  readonly redact?: Redact | undefined;
  readonly notes?: readonly string[];
}

function readPinoHttp(unit: SourceUnit, outer: OptionReader, reader: OptionReader): PinoParts {
  const notes: string[] = [];
  const level = reader.take('level');
  const destinations = readDestinations(unit, reader, notes);
  const parts: PinoParts = {
    level: level && (levelText(unit, level, PINO_LEVELS, 'INFO') ?? reader.refuse('level')),
    ...destinations,
    staticFields: readStaticFields(unit, reader),
    renamed: readNames(unit, outer, reader),
    redact: readRedact(unit, reader, notes, hasLinesForPeople(destinations)),
    ...readRequestOptions(unit, outer, reader, notes),
    notes,
  };
  if (level !== undefined && isReadLevel(unit, level))
    notes.push(
      'the level comes from the environment: "trace" is called VERBOSE now, and there is no "silent"',
    );
  readSerializers(unit, reader, notes);
  readForm(unit, reader);
  for (const name of NEEDLESS) reader.take(name);
  return parts;
}

function hasLinesForPeople({ pretty, handlers = {} }: Destinations): boolean {
  return pretty !== undefined || Object.values(handlers).some(({ formatter }) => formatter === 'pretty');
}

/** `renameContext` and `messageKey`. */
function readNames(
  unit: SourceUnit,
  outer: OptionReader,
  reader: OptionReader,
): Record<string, string> | undefined {
  const names: Record<string, string> = {};
  const read = (from: OptionReader, option: string, key: string): void => {
    const given = from.take(option);
    const name = given && literalValue(unit, given);
    if (given !== undefined && typeof name !== 'string') from.refuse(option);
    else if (typeof name === 'string' && name !== key) names[key] = name;
  };
  read(outer, 'renameContext', 'logger');
  read(reader, 'messageKey', 'message');
  return Object.keys(names).length === 0 ? undefined : names;
}

/** Times in the form of ISO 8601 and levels by their names are the default here. */
function readForm(unit: SourceUnit, reader: OptionReader): void {
  const { ts } = unit;
  const timestamp = reader.take('timestamp');
  const isIso =
    timestamp === undefined ||
    /\bstdTimeFunctions\.isoTime$|^\(\) => [`'"],"\w+":"\$\{new Date\([^()]*(\(\))?\)\.toISOString\(\)\}"`$/.test(
      unit.textOf(timestamp),
    );
  if (!isIso) reader.refuse('timestamp');
  const formatters = reader.take('formatters');
  if (formatters === undefined) return;
  const [only, ...others] = ts.isObjectLiteralExpression(formatters) ? formatters.properties : [];
  const isLevel =
    only?.name !== undefined &&
    nameOf(unit, only.name) === 'level' &&
    /\{ level: (\w+)(\.toUpperCase\(\))?,? \}\)?;?\s*\}?$/.test(unit.textOf(only).replaceAll(/\s+/g, ' '));
  if (!isLevel || others.length > 0) reader.refuse('formatters');
}

/** Serializers of `req` and `res` have no use here, since no record has these. Others are left to the user. */
function readSerializers(unit: SourceUnit, reader: OptionReader, notes: string[]): void {
  const { ts } = unit;
  const serializers = reader.take('serializers');
  if (serializers === undefined) return;
  reader.take('wrapSerializers');
  const names = ts.isObjectLiteralExpression(serializers)
    ? serializers.properties
        .filter((property) => !/\bstdSerializers\.err$/.test(unit.textOf(property)))
        .map(({ name }) => name && nameOf(unit, name))
    : [undefined];
  if (names.some((name) => name !== 'req' && name !== 'res')) reader.refuse('serializers');
  else if (names.length > 0)
    notes.push('`serializers` of req and res have no part here; `http.fields` adds fields to access records');
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
  const given = pathsIn(unit, inner === undefined ? redact : inner.take('paths'));
  const more = readTreatment(unit, reader, inner);
  if (more === undefined) return undefined;
  if (given === undefined || (inner?.finish().length ?? 0) > 0) return reader.refuse('redact');
  const paths = given instanceof Code ? given : given.filter((text) => !/^(req|res)\b/.test(text));
  const isNothing = Array.isArray(paths) && paths.length === 0;
  if (!isNothing && more.remove !== undefined && hasLinesForPeople) return reader.refuse('redact.remove');
  if (paths instanceof Code || paths.length < (given as readonly string[]).length)
    notes.push('`redact` of req and res is not needed: no header is logged unless `http.headers` names it');
  if (isNothing) return undefined;
  return Object.keys(more).length === 0 ? paths : { paths, ...more };
}

/** `censor` and `remove`: what is done with what the paths find. */
function readTreatment(
  unit: SourceUnit,
  reader: OptionReader,
  redact: OptionReader | undefined,
): Record<string, Literal> | undefined {
  const more: Record<string, Literal> = {};
  for (const key of ['censor', 'remove']) {
    const option = redact?.take(key);
    const value = option && literalValue(unit, option);
    if (option !== undefined && value === undefined) return reader.refuse(`redact.${key}`);
    if (value !== undefined) more[key] = value;
  }
  return more;
}

/** The texts of a list of literals; a list that is made elsewhere, or in part, as it is. */
function pathsIn(unit: SourceUnit, list: ts.Expression | undefined): Paths | undefined {
  const { ts } = unit;
  if (list === undefined) return undefined;
  if (ts.isIdentifier(list) || ts.isPropertyAccessExpression(list)) return new Code(unit.textOf(list));
  if (!ts.isArrayLiteralExpression(list)) return undefined;
  const texts = list.elements.map((element) => literalValue(unit, element));
  if (texts.every((text) => typeof text === 'string')) return texts as string[];
  return list.elements.every((element) => ts.isSpreadElement(element) || ts.isStringLiteralLike(element))
    ? new Code(unit.textOf(list))
    : undefined;
}

function answer(reasons: string[], make: () => TranslatedModule): TranslatedModule | string[] {
  return reasons.length > 0 ? reasons : make();
}

/** Pino's defaults: lines of JSON on standard output, at INFO; and what was read, on top. */
function pinoModule(parts: PinoParts, quote: string): TranslatedModule {
  const { level, pretty, staticFields, renamed, redact, http, requestId, notes = [] } = parts;
  // Formatters of text have no `redact`: a filter redacts for both.
  const filtered = redact !== undefined && hasLinesForPeople(parts);
  const filters = filtered ? ['secrets'] : undefined;
  const hasJson =
    parts.handlers === undefined
      ? pretty !== true
      : Object.values(parts.handlers).some(({ formatter }) => formatter === 'json');
  const console = {
    class: 'StreamHandler',
    stream: 'ext://sys.stdout',
    formatter: formatterFor(pretty, quote),
  };
  const handlers = Object.fromEntries(
    Object.entries(parts.handlers ?? { console }).map(([name, handler]) => [name, { ...handler, filters }]),
  );
  const config: Literal = {
    version: 1,
    filters: filtered
      ? { secrets: { '()': 'RedactionFilter', ...(isPaths(redact) ? { paths: redact } : redact) } }
      : undefined,
    formatters: {
      json: hasJson
        ? {
            class: 'JsonFormatter',
            ...{ static_fields: staticFields, rename_fields: renamed },
            redact: filtered ? undefined : redact,
          }
        : undefined,
      pretty: hasLinesForPeople(parts) ? { class: 'ColorFormatter' } : undefined,
    },
    handlers,
    root: { level: level ?? 'INFO', handlers: Object.keys(handlers) },
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

function isPaths(redact: Redact): redact is Paths {
  return Array.isArray(redact) || redact instanceof Code;
}
