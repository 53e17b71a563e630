import type { LogRecord } from '../../../core/records/log-record.js';
import { tracebackText } from '../../../core/records/record-traceback.js';
import { otelAttributes } from '../../../formatters/support/json-shapes.js';
import { recordFacts } from '../../../formatters/support/record-facts.js';
import { otelSeverity } from '../../../formatters/support/severities.js';
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
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: readonly (readonly [name: string, value: OtlpValue])[];
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
  const facts = recordFacts(record);
  const caller = hasCaller ? record.caller() : undefined;
  const known = otelAttributes({
    ...facts,
    traceback: tracebackText(record),
    stack: record.stackInfo,
    caller: caller && { file: caller.pathname, line: caller.lineno, function: caller.funcName },
  });
  const attributes: (readonly [string, OtlpValue])[] = [];
  for (const [name, value] of Object.entries(known)) {
    if (value !== undefined) attributes.push([name, value as OtlpValue]);
  }
  for (const [name, value] of facts.fields) {
    const shown = otlpValue(value);
    if (shown !== undefined) attributes.push([name in known ? `extra_${name}` : name, shown]);
  }
  return {
    scope: record.name,
    time: BigInt(Math.max(0, Math.round(record.created * 1e6)) || 0) * 1_000n,
    severityNumber: otelSeverity(record.levelno),
    severityText: record.levelname,
    body: text ?? record.getMessage(),
    attributes,
    traceId: facts.traceId,
    spanId: facts.spanId,
  };
}

/** Any value as an attribute has it; objects as JSON has them. `undefined` where there is nothing to write. */
export function otlpValue(value: unknown): OtlpValue | undefined {
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
