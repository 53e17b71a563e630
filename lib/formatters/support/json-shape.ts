import { types } from 'node:util';
import type { LogRecord } from '../../core/records/log-record.js';
import { str } from '../../python/python-text.js';
import { cutToBytes } from '../../runtime/cut-text.js';
import { freeName } from '../../runtime/define-field.js';
import { entriesOf, type JsonObject, jsonObject } from './json-hooks.js';
import { type RecordFacts, recordFacts } from './record-facts.js';

/** What a shape is made of. */
export interface ShapeInput extends RecordFacts {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly level: string;
  readonly levelno: number;
  readonly logger: string;
  readonly message: string;
  /** The traceback. */
  readonly traceback: string | undefined;
  /** The stack at the call, where it was asked for. */
  readonly stack: string | undefined;
  /** Where the call was made, where that was asked for. */
  readonly caller: { readonly file: string; readonly line: number; readonly function: string } | undefined;
  readonly service: string | undefined;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  /** The project of Google Cloud. */
  readonly project: string | undefined;
}

/** A record of nothing, to see which names a shape has. */
export const NOTHING: ShapeInput = {
  ...{ created: 0, level: '', levelno: 0, logger: '', message: '', fields: new Map<string, unknown>() },
  ...{ traceback: undefined, stack: undefined, caller: undefined, http: undefined, error: undefined },
  ...{ service: undefined, version: undefined, environment: undefined, project: undefined },
  ...{ traceId: undefined, spanId: undefined },
};

/** The conventions that a line of JSON may follow. */
export type ShapeName = 'ecs' | 'gcp' | 'datadog' | 'otel' | 'cloudwatch' | 'gelf' | 'logstash';

/** The parts of a record that differ from line to line, as JSON; ids as they are. */
export interface MovingParts {
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Milliseconds since the epoch, an integer. */
  readonly milliseconds: number;
  readonly message: string;
  /** The message as it is. */
  readonly text: string;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** The project of Google Cloud. */
  readonly project: string | undefined;
  /** Class and message of the error. */
  readonly error: { readonly type: string; readonly message: string } | undefined;
  readonly traceback: string | undefined;
}

/** The members of a line that are made of moving parts, as JSON; undefined for none. */
export type MovingMembers = Readonly<Record<string, (parts: MovingParts) => string | undefined>>;

/** How one product wants a record. */
export interface Shape {
  /** Names that the product uses: an application field of that name is written as `extra_<name>`. */
  readonly names: readonly string[];
  /** Those of them that are objects: an object of the application may be merged into one. */
  readonly objects?: readonly string[];
  /**
   * Those of `own` that differ between records of a logger and level that have no request; all others are made once for each
   * pair. Shapes without them take three times as long.
   */
  readonly moving?: MovingMembers;
  /** The same for members of the object for the application's fields. */
  readonly movingFields?: MovingMembers;
  /** Fields that the product has a place for. */
  own(input: ShapeInput): JsonObject;
  /** The name under which an application field is written; default its own. */
  field?(name: string): string;
  /** What {@link field} puts before a name, and nothing else is done to most names. */
  readonly prefix?: string;
  /** The same, where only few names have to be changed. */
  fit?(name: string): string;
  /** What is written for a key of no characters, at any depth; default nothing, which JSON allows. */
  readonly emptyKey?: string;
  /** The name of an object for the application's fields; default none, they are at the top level. */
  readonly fieldsIn?: string;
}

/** What a shape needs to know about a formatter. */
export interface ShapeParts {
  readonly options: {
    readonly static_fields: Readonly<Record<string, unknown>>;
    readonly includeCaller: boolean;
    readonly nested: boolean;
    readonly project?: string | undefined;
  };
  /** New names of fields. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Names of the attributes that are written, with those they are written under. */
  readonly attributes: readonly (readonly [attribute: string, written: string])[];
  readonly traceback: (record: LogRecord) => string | undefined;
  readonly formatStack: (stack: string) => string;
}

/** All fields of a record in a shape: first those that the product has places for, then the application's. */
export function shapeFields(shape: Shape, parts: ShapeParts, record: LogRecord, message: string): JsonObject {
  const { options, renamed, attributes } = parts;
  const facts = recordFacts(record, renamed);
  const fields = jsonObject();
  const own = shape.own(inputOf(parts, record, message, facts));
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (value === undefined) continue;
    const shown = renamed.get(name);
    if (options.nested && shown === undefined) setNested(fields, name, value);
    else fields[shown ?? name] = value;
  }
  const more: [name: string, value: unknown][] = [];
  for (const [name, value] of Object.entries(options.static_fields))
    if (!SERVICE.has(name)) more.push([name, value]);
  for (const [attribute, shown] of options.includeCaller ? attributes.slice(CALLER) : attributes)
    more.push([shown, record.attribute(attribute) ?? null]);
  if (more.length > 0) addFields(shape, renamed, fields, more);
  // Behind those of the configuration, whose places they do not take.
  if (facts.fields.size > 0) addFields(shape, renamed, fields, facts.fields);
  return fields;
}

/** The static fields that products have places for. */
const SERVICE: ReadonlySet<string> = new Set(['service', 'version', 'environment']);
/** The attributes for the place of the call come first. */
const CALLER = 3;

function inputOf(
  { options, traceback, formatStack }: ShapeParts,
  record: LogRecord,
  message: string,
  facts: RecordFacts,
): ShapeInput {
  const { static_fields, includeCaller, project } = options;
  const fixed = (name: string) => (static_fields[name] === undefined ? undefined : str(static_fields[name]));
  const caller = includeCaller ? record.caller() : undefined;
  return {
    traceId: facts.traceId,
    spanId: facts.spanId,
    http: facts.http,
    error: facts.error,
    fields: facts.fields,
    created: record.created,
    level: str(record.levelname),
    levelno: record.levelno,
    logger: cutToBytes(str(record.name), 1_024),
    message,
    traceback: traceback(record) || undefined,
    stack: record.stackInfo ? formatStack(record.stackInfo) : undefined,
    caller: caller && { file: caller.pathname, line: caller.lineno, function: caller.funcName },
    service: fixed('service'),
    version: fixed('version'),
    environment: fixed('environment'),
    project,
  };
}

/** The application's fields; one with a name that the product uses is written as `extra_<name>`. */
function addFields(
  shape: Shape,
  renamed: ReadonlyMap<string, string>,
  fields: JsonObject,
  more: Iterable<readonly [name: string, value: unknown]>,
): void {
  const { fieldsIn } = shape;
  const place = fieldsIn === undefined ? undefined : (renamed.get(fieldsIn) ?? fieldsIn);
  if (place !== undefined) fields[place] ??= jsonObject();
  const target = place === undefined ? fields : (fields[place] as JsonObject);
  const named = (name: string) => (shape.field ?? shape.fit)?.(name) ?? name;
  // Into each object that is there one may be merged; two of those to be added stay apart.
  const objects = new Set<string>();
  for (const [key, value] of more) {
    let name = key;
    const isTaken = (shown: string) =>
      Object.hasOwn(target, shown)
        ? objects.has(shown) || !(isJsonObject(value) && isJsonObject(target[shown]))
        : (place === undefined && shape.names.includes(shown)) ||
          (shape.objects?.includes(shown) === true && !isJsonObject(value));
    let shown = renamed.get(key) ?? named(name);
    while (isTaken(shown)) {
      name = `extra_${name}`;
      shown = named(name);
    }
    if (isJsonObject(value)) objects.add(shown);
    target[shown] = Object.hasOwn(target, shown)
      ? joined(value as JsonObject, target[shown] as JsonObject)
      : value;
  }
}

/** An object of the application together with the product's, whose members stay: others of their names have `extra_` before. */
function joined(given: JsonObject, product: JsonObject): JsonObject {
  const [more, own] = [entriesOf(given), entriesOf(product)];
  const members = [...more].map(([name, value]): [string, unknown] => {
    const isApart = own.has(name) && !Object.is(own.get(name), value);
    return [isApart ? freeName(name, (other) => own.has(other) || more.has(other)) : name, value];
  });
  return Object.fromEntries([...members, ...own]);
}

function setNested(fields: JsonObject, name: string, value: unknown): void {
  const steps = name.split('.');
  const last = steps.pop() as string;
  let target = fields;
  for (const step of steps) {
    target[step] ??= jsonObject();
    // A field that was renamed may be there: then the name keeps its dots.
    if (!isJsonObject(target[step])) {
      fields[name] = value;
      return;
    }
    target = target[step];
  }
  target[last] = value;
}

/** Whether a value is an object that can be read and merged member by member: of no class, and no proxy. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
