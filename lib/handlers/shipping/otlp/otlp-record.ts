import { CONTEXT, EXPOSED, EXTRA, type LogRecord } from '../../../core/records/log-record.js';
import { tracebackText } from '../../../core/records/record-traceback.js';
import { otelAttributes } from '../../../formatters/support/json-shapes.js';
import { type RecordFacts, recordFacts } from '../../../formatters/support/record-facts.js';
import { otelSeverity } from '../../../formatters/support/severities.js';
import { freeName } from '../../../runtime/define-field.js';
import { lazy } from '../../../runtime/lazy.js';
import { jsonField } from '../field-values.js';

/** What an attribute may hold: what JSON has, and integers of 64 bits. */
export type OtlpValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | readonly OtlpValue[]
  | { readonly [key: string]: OtlpValue };

/** A record in the words of OpenTelemetry's data model. */
export interface OtlpRecord {
  /** The instrumentation scope: the logger. */
  readonly scope: string;
  /** Microseconds since the epoch, as exact as a record has them. */
  readonly microseconds: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  /** Names of attributes, and their values in the same order. */
  readonly names: readonly string[];
  readonly values: readonly OtlpValue[];
  /** Hexadecimal; `undefined` outside of a trace. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/**
 * A record in the words of OpenTelemetry's data model.
 *
 * @param text The body, where that is not the message.
 * @param hasCaller Whether the place of the call is included.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
export function otlpRecord(record: LogRecord, text: string | undefined, hasCaller: boolean): OtlpRecord {
  const names: string[] = [];
  const values: OtlpValue[] = [];
  let ids: Pick<RecordFacts, 'traceId' | 'spanId'> = NO_IDS;
  if (hasCaller || !addPlainFields(record, names, values)) {
    names.length = 0;
    values.length = 0;
    ids = addAll(record, hasCaller, names, values);
  }
  return {
    scope: record.name,
    microseconds: Math.min(Math.max(0, Math.round(record.created * 1e6)) || 0, Number.MAX_SAFE_INTEGER),
    severityNumber: otelSeverity(record.levelno),
    severityText: record.levelname,
    body: text ?? record.getMessage(),
    names,
    values,
    traceId: ids.traceId,
    spanId: ids.spanId,
  };
}

const NO_IDS = { traceId: undefined, spanId: undefined };

/** The attributes of any record. @returns Its trace. */
function addAll(record: LogRecord, hasCaller: boolean, names: string[], values: OtlpValue[]): RecordFacts {
  const facts = recordFacts(record);
  const { http, error } = facts;
  const caller = hasCaller ? record.caller() : undefined;
  const known = otelAttributes({
    ...{ http, error, traceback: tracebackText(record), stack: record.stackInfo },
    caller: caller && { file: caller.pathname, line: caller.lineno, function: caller.funcName },
  });
  for (const [name, value] of Object.entries(known)) {
    if (value === undefined) continue;
    names.push(name);
    values.push(value as OtlpValue);
  }
  for (const [name, value] of facts.fields) {
    const shown = otlpValue(value);
    if (shown === undefined) continue;
    names.push(attributeName(name, facts.fields));
    values.push(shown);
  }
  return facts;
}

/** A name that is not empty, nor that of another attribute. */
function attributeName(name: string, others: ReadonlyMap<string, unknown>): string {
  const meant = otelNames();
  const isTaken = (other: string) => meant.has(other) || others.has(other);
  return name === '' || meant.has(name) ? freeName(name, isTaken) : name;
}

/**
 * The attributes of a record that has nothing but fields, as most have.
 *
 * @returns False where there is more to it, or a field cannot be read.
 */
function addPlainFields(record: LogRecord, names: string[], values: OtlpValue[]): boolean {
  if (record[EXPOSED] || record.excInfo !== undefined || record.excText || record.stackInfo !== undefined)
    return false;
  const { [CONTEXT]: context, [EXTRA]: extra } = record;
  const meant = otelNames();
  try {
    for (const fields of context === undefined ? [extra] : [context, extra]) {
      for (const name in fields) {
        if (MEANT.has(name) || meant.has(name) || !hasOwn.call(fields, name)) return false;
        if (fields === context && extra !== undefined && hasOwn.call(extra, name)) return false;
        const shown = otlpValue(fields[name]);
        if (shown === undefined) continue;
        names.push(name);
        values.push(shown);
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** Fields of a trace, and of a request; an attribute has a name. */
const MEANT: ReadonlySet<string> = new Set(['trace_id', 'span_id', 'method', '']);
/** In a loop over an object's own keys, the engine optimises this one, but not `Object.hasOwn`. */
const hasOwn = Object.prototype.hasOwnProperty;

/** Names that OpenTelemetry gives a meaning. */
const otelNames = lazy(
  () =>
    new Set(
      Object.keys(
        otelAttributes({
          ...{ http: undefined, error: undefined, traceback: undefined, stack: undefined, caller: undefined },
        }),
      ),
    ),
);

/** Any value as an attribute has it; objects as JSON has them. `undefined` where there is nothing to write. */
function otlpValue(value: unknown): OtlpValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? value : String(value);
    default: {
      if (value === null) return null;
      const json = jsonField(value);
      return json === undefined ? undefined : (JSON.parse(json) as OtlpValue);
    }
  }
}

/** Whether a number is written as an integer. Not minus zero, nor a number that may have been rounded. */
export function isInt(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}
