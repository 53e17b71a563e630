import { CONTEXT, EXPOSED, EXTRA, type Fields, LogRecord } from '../../core/records/log-record.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonString } from '../../python/json/json-string.js';
import { jsonKey, jsonValue } from '../../python/json/json-value.js';
import { flatText } from '../../runtime/flat-text.js';
import { MAX_RECORD } from '../../runtime/limits.js';
import { JsonFields } from './json-fields.js';
import type { JsonObject } from './json-hooks.js';
import {
  isJsonObject,
  type MovingMembers,
  type MovingParts,
  NOTHING,
  type Shape,
  type ShapeParts,
  shapeFields,
} from './json-shape.js';
import { timestampWriter } from './json-timestamp.js';
import { errorFacts } from './record-facts.js';

/** Frames of lines, and names of fields, that are remembered; longer names are not. */
const MAX_FRAMES = 500;
const MAX_NAMES = 1_000;
const MAX_NAME = 256;
/** The last second that a date can have. */
const MAX_DATE = 8.64e12;
/** Records with more fields go the long way, since not all of these may be written. */
const MAX_FIELDS = 100;

/** A piece that all plain lines of a logger and level share, and the member that follows it, if any does. */
interface Piece {
  readonly text: string;
  /** `lead` is the text, the name and its colon. */
  readonly member?: { readonly lead: string; readonly write: MovingMembers[string] };
}

/** The context of a record: what of it stays fields, and its trace. */
interface ReadContext {
  readonly rest: Fields | undefined;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** The pieces of the lines of a logger and level. */
interface Frame {
  readonly pieces: readonly Piece[];
  /** The static fields within the object of the application's fields, each with a comma before it. */
  readonly staticFields: string;
}

/** What it needs to know about a formatter. */
interface PlainShapeParts extends ShapeParts {
  /** The traceback as JSON. */
  readonly tracebackJson: (record: LogRecord, budget: JsonBudget) => string | undefined;
}

/**
 * Writes most records of a shape in one go: those without stack and request, whose fields have names that mean
 * nothing to the product. The rest of such a line is the same for all records of a logger and level, but for the members
 * that the shape calls moving. Other records go the long way, through {@link shapeFields}.
 */
export class PlainShape {
  readonly #shape: Shape;
  readonly #parts: PlainShapeParts;
  readonly #moving: MovingMembers;
  /** Those of the object of the application's fields, with the comma, name and colon before each. */
  readonly #movingFields: readonly (readonly [lead: string, write: MovingMembers[string]])[];
  /** The name of that object with what surrounds it; `undefined` where the fields are members of the line. */
  readonly #place: string | undefined;
  readonly #frames = new Map<string, Frame>();
  readonly #fields: JsonFields;
  readonly #time = timestampWriter('', { timestamp: 'iso', utc: true });
  /** Names that mean nothing to the product, and those that do. */
  readonly #ordinary = new Set<string>();
  /** Whether any record had a field that each access record has. */
  #knowsStatus = false;
  readonly #meant: ReadonlySet<string>;
  /** Names of objects of the product that the shape does not write: other values have `extra_` before their name. */
  readonly #objects: ReadonlySet<string>;
  #last: { name: unknown; levelname: unknown; levelno: unknown; isFailed: boolean; frame: Frame } | undefined;
  #lastContext: Fields | undefined;
  #lastRead: ReadContext | undefined;

  private constructor(shape: Shape, parts: PlainShapeParts, moving: MovingMembers) {
    const { movingFields = {}, fieldsIn, prefix } = shape;
    this.#shape = shape;
    this.#parts = parts;
    this.#moving = moving;
    const own = [...Object.keys(shape.own(NOTHING)), ...Object.keys(movingFields)];
    const { static_fields } = parts.options;
    const renamed = [...parts.renamed].flat();
    const others = [...shape.names, ...renamed, ...Object.keys(static_fields)];
    this.#meant = new Set([...TRACE, ...own, ...others, 'toJSON']);
    this.#objects = new Set(shape.objects?.filter((name) => !this.#meant.has(name)));
    this.#fields = new JsonFields(this.#objects, undefined, prefix);
    this.#movingFields = Object.entries(movingFields).map(([name, write]) => [
      `,${jsonString(name)}:`,
      write,
    ]);
    this.#place = fieldsIn === undefined ? undefined : `,${jsonString(fieldsIn)}:{`;
  }

  /** @returns Undefined where a shape, or the options, place fields elsewhere than behind the product's own. */
  static of(shape: Shape, parts: PlainShapeParts): PlainShape | undefined {
    const { moving, movingFields = {}, fieldsIn, field, prefix } = shape;
    const { nested, includeCaller, static_fields } = parts.options;
    if (moving === undefined || (field !== undefined && prefix === undefined)) return undefined;
    if (nested || includeCaller || parts.attributes.length > 0) return undefined;
    // One that is renamed is a field, and no trace.
    if (TRACE.some((name) => parts.renamed.has(name))) return undefined;
    // In objects, keys of digits come first: the line would begin with a member that may be absent.
    const names = [...parts.renamed.values(), ...Object.keys(static_fields)];
    if (names.some((name) => /^\d+$/.test(name) || name === 'toJSON' || Object.hasOwn(movingFields, name)))
      return undefined;
    if (fieldsIn !== undefined && (parts.renamed.has(fieldsIn) || names.includes(fieldsIn))) return undefined;
    return new PlainShape(shape, parts, moving);
  }

  /** The line of a plain record; undefined for others, and where something would have to be left out. */
  line(record: LogRecord, message: string, budget: JsonBudget): string | undefined {
    if (record.stackInfo || record[EXPOSED]) return undefined;
    // A time that no date has is written in another way.
    if (!(Math.abs(record.created) <= MAX_DATE)) return undefined;
    const extra = record[EXTRA];
    const context = this.#contextOf(record);
    if (context === undefined || !this.#isOrdinary(extra, context.rest)) return undefined;
    if (this.#knowsStatus && isRequest(extra, context.rest)) return undefined;
    const isFailed = record.excInfo !== undefined || record.excText !== undefined;
    const frame = this.#frameOf(record, isFailed);
    if (frame === undefined) return undefined;
    const { traceId, spanId, rest } = context;
    const parts: MovingParts = {
      time: this.#time(record.created),
      created: record.created,
      milliseconds: Math.round(record.created * 1000),
      message: jsonString(budget.takeText(message)),
      text: message,
      traceId,
      spanId,
      project: this.#parts.options.project,
      error: isFailed ? errorJson(record, budget) : undefined,
      traceback: isFailed ? this.#parts.tracebackJson(record, budget) : undefined,
    };
    // Together they may be one text.
    if (isFailed && message.length + (parts.traceback ?? '').length > budget.maxText) return undefined;
    let line = '';
    for (const { text, member } of frame.pieces) {
      const json = member?.write(parts);
      line += json === undefined ? text : member?.lead + json;
    }
    line +=
      this.#place === undefined
        ? this.#fields.writeBoth(extra, rest, budget)
        : this.#inPlace(frame, parts, extra, rest, budget);
    return budget.isCut ? undefined : `${line}}`;
  }

  /** The object of the application's fields, with a comma before it; nothing where it is empty. */
  #inPlace(
    frame: Frame,
    parts: MovingParts,
    extra: Fields | undefined,
    context: Fields | undefined,
    budget: JsonBudget,
  ): string {
    let members = '';
    for (const [lead, write] of this.#movingFields) {
      const json = write?.(parts);
      if (json !== undefined) members += lead + json;
    }
    // What is in it may be nested less deep.
    budget.ancestors.push(this);
    members += frame.staticFields + this.#fields.writeBoth(extra, context, budget);
    budget.ancestors.pop();
    return members === '' ? '' : `${this.#place}${members.slice(1)}}`;
  }

  #frameOf({ name, levelname, levelno }: LogRecord, isFailed: boolean): Frame | undefined {
    const last = this.#last;
    if (
      last?.name === name &&
      last.levelname === levelname &&
      last.levelno === levelno &&
      last.isFailed === isFailed
    )
      return last.frame;
    // A filter may have set anything.
    if (typeof name !== 'string' || typeof levelname !== 'string' || typeof levelno !== 'number')
      return undefined;
    if (name.length > MAX_NAME || levelname.length > MAX_NAME) return undefined;
    const key = `${levelno} ${isFailed} ${levelname}\n${name}`;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      if (this.#frames.size >= MAX_FRAMES) this.#frames.clear();
      frame = this.#newFrame(name, levelno, levelname, isFailed);
      this.#frames.set(key, frame);
    }
    this.#last = { name, levelname, levelno, isFailed, frame };
    return frame;
  }

  /** Made the long way, from a record that has a trace, an error if any has, and nothing else. */
  #newFrame(name: string, levelno: number, levelname: string, isFailed: boolean): Frame {
    const context = { trace_id: '1'.repeat(32), span_id: '1'.repeat(16) };
    const record = new LogRecord({
      name,
      levelno,
      levelname,
      msg: '',
      created: 0,
      context,
      excInfo: 'error',
    });
    const budget = new JsonBudget();
    budget.reset(MAX_RECORD);
    const written = new Map(
      Object.entries(this.#moving).map(([each, write]) => [this.#parts.renamed.get(each) ?? each, write]),
    );
    const { fieldsIn } = this.#shape;
    const pieces: Piece[] = [];
    let text = '{';
    let staticFields = '';
    // Formatters of the application are not asked about an error that never was.
    const parts = { ...this.#parts, traceback: () => (isFailed ? 'traceback' : undefined) };
    for (const [member, value] of Object.entries(shapeFields(this.#shape, parts, record, ''))) {
      if (member === fieldsIn) {
        staticFields = this.#staticFields(value as JsonObject, budget);
        continue;
      }
      const lead = `${text === '{' && pieces.length === 0 ? '' : ','}${jsonKey(member, budget)}:`;
      const write = written.get(member);
      if (write === undefined) text += lead + (jsonValue(value, budget) ?? 'null');
      else {
        pieces.push({ text, member: { lead: flatText(text + lead), write } });
        text = '';
      }
    }
    return { pieces: [...pieces, { text: flatText(text) }], staticFields };
  }

  #staticFields(place: JsonObject, budget: JsonBudget): string {
    const { movingFields = {} } = this.#shape;
    let json = '';
    for (const [name, value] of Object.entries(place)) {
      const text = Object.hasOwn(movingFields, name) ? undefined : jsonValue(value, budget);
      if (text !== undefined) json += `,${jsonKey(name, budget)}:${text}`;
    }
    return json;
  }

  /** Undefined for a context with names that mean something. The last one is remembered: contexts never change. */
  #contextOf(record: LogRecord): ReadContext | undefined {
    const context = record[CONTEXT];
    if (context === undefined) return NO_CONTEXT;
    if (context === this.#lastContext && Object.isFrozen(context)) return this.#lastRead;
    this.#lastContext = context;
    this.#lastRead = this.#readContext(context);
    return this.#lastRead;
  }

  #readContext(context: Fields): ReadContext | undefined {
    if (!('trace_id' in context || 'span_id' in context))
      return this.#isOrdinary(context, undefined)
        ? { rest: context, traceId: undefined, spanId: undefined }
        : undefined;
    const { trace_id: traceId, span_id: spanId, ...rest } = context;
    if (!isHex(traceId, 32) || !isHex(spanId, 16) || !this.#isOrdinary(rest, undefined)) return undefined;
    return { rest: Object.freeze(rest), traceId, spanId };
  }

  /** Whether no field has a name that means something to the product, or that another field has. */
  #isOrdinary(fields: Fields | undefined, others: Fields | undefined): boolean {
    if (fields === undefined) return true;
    let count = 0;
    try {
      for (const name in fields) {
        count += 1;
        if (count > MAX_FIELDS) return false;
        if (!(this.#ordinary.has(name) || this.#isBeside(name, fields) || this.#learn(name))) return false;
        if (others !== undefined && Object.hasOwn(others, name)) return false;
      }
      return isJsonObject(fields);
    } catch {
      return false;
    }
  }

  /** Whether a field has the name of an object of the product, but cannot be merged into it. */
  #isBeside(name: string, fields: Fields): boolean {
    return this.#objects.has(name) && !isJsonObject(fields[name]);
  }

  #learn(name: string): boolean {
    const { field, prefix = '' } = this.#shape;
    const shown = prefix + name;
    if (this.#objects.has(name) || this.#meant.has(name) || this.#meant.has(shown)) return false;
    if (shown.length > MAX_NAME || (field !== undefined && field(name) !== shown)) return false;
    // In objects, keys of digits come first, in lines last. Other keys may be the new name of a field.
    if (/^(\d+$|extra_)/.test(name)) return false;
    this.#knowsStatus ||= name === 'status';
    if (this.#shape.fit !== undefined && this.#shape.fit(name) !== name) return false;
    if (this.#ordinary.size >= MAX_NAMES) this.#ordinary.clear();
    this.#ordinary.add(name);
    return true;
  }
}

const TRACE = ['trace_id', 'span_id'];
const NO_CONTEXT: ReadContext = { rest: undefined, traceId: undefined, spanId: undefined };

/** Class and message of a record's error. */
function errorJson(record: LogRecord, budget: JsonBudget): MovingParts['error'] {
  const facts = errorFacts(record);
  if (facts === undefined) return undefined;
  return {
    type: jsonString(budget.takeText(facts.type)),
    message: jsonString(budget.takeText(facts.message)),
  };
}

/** Whether the fields are those of an access record. */
function isRequest(extra: Fields | undefined, context: Fields | undefined): boolean {
  const has = (name: string) =>
    (extra !== undefined && Object.hasOwn(extra, name)) ||
    (context !== undefined && Object.hasOwn(context, name));
  return has('status') && has('method') && has('path');
}

/** Whether a value is an id as products want it. */
function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^(?!0+$)[0-9a-f]+$/.test(value);
}
