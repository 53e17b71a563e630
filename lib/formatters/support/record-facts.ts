import { safeFields } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { hasError } from '../../core/records/record-traceback.js';
import { className, isErrorLike, messageOf } from '../../core/records/traceback.js';
import { str } from '../../python/python-text.js';
import { entriesOf } from './json-hooks.js';

/** The request that an access record describes. */
export interface HttpFacts {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number | undefined;
  readonly bytes: number | undefined;
  readonly route: string | undefined;
}

/** The error of a record. */
export interface ErrorFacts {
  readonly type: string;
  readonly message: string;
}

/** The parts of a record that some products have places for; the rest are its fields. */
export interface RecordFacts {
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly http: HttpFacts | undefined;
  readonly error: ErrorFacts | undefined;
  /** The fields of context and call that are none of the above. */
  readonly fields: Map<string, unknown>;
}

/**
 * Reads a record for products that have places for traces, requests and errors. Never throws.
 *
 * @param kept Names of fields that stay fields, because an option refers to them.
 */
export function recordFacts(record: LogRecord, kept: { has(name: string): boolean } = NONE): RecordFacts {
  const fields = entriesOf(safeFields(record));
  const traceId = kept.has('trace_id') ? undefined : takeHex(fields, 'trace_id', 32);
  const spanId = kept.has('span_id') ? undefined : takeHex(fields, 'span_id', 16);
  const isHttp = fields.has('status') && fields.has('method') && fields.has('path');
  const http = !isHttp || HTTP_NAMES.some((name) => kept.has(name)) ? undefined : takeHttp(fields);
  return { traceId, spanId, http, error: errorFacts(record), fields };
}

const NONE: ReadonlySet<string> = new Set();
const HTTP_NAMES = ['method', 'path', 'status', 'route', 'bytes', 'duration_ms'] as const;

/** The class and the message of a record's error; `undefined` if there is none. */
export function errorFacts(record: LogRecord): ErrorFacts | undefined {
  const { excInfo } = record;
  if (!hasError(record)) return undefined;
  if (!isErrorLike(excInfo)) return { type: typeof excInfo, message: str(excInfo) };
  const message = messageOf(excInfo);
  return { type: className(excInfo), message: message === undefined ? '' : str(message) };
}

function takeHex(fields: Map<string, unknown>, name: string, digits: number): string | undefined {
  const value = fields.get(name);
  // Digits that are all zero mean that there is no trace.
  if (typeof value !== 'string' || value.length !== digits || !/^(?!0+$)[0-9a-f]+$/i.test(value))
    return undefined;
  fields.delete(name);
  return value.toLowerCase();
}

/** The fields of an access record; fields of the same names on another record stay where they are. */
function takeHttp(fields: Map<string, unknown>): HttpFacts | undefined {
  const [method, path, status] = ['method', 'path', 'status'].map((name) => fields.get(name));
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number') return undefined;
  for (const name of ['method', 'path', 'status']) fields.delete(name);
  return {
    ...{ method, path, status },
    duration: takeNumber(fields, 'duration_ms'),
    bytes: takeNumber(fields, 'bytes'),
    route: takeText(fields, 'route'),
  };
}

function takeNumber(fields: Map<string, unknown>, name: string): number | undefined {
  const value = fields.get(name);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  fields.delete(name);
  return value;
}

function takeText(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  if (typeof value !== 'string') return undefined;
  fields.delete(name);
  return value;
}
