import type { OtlpCodec } from './otlp-codec.js';
import { isInt, type OtlpRecord, type OtlpValue } from './otlp-record.js';
import { ProtobufWriter } from './protobuf-writer.js';

/**
 * OTLP in Protocol Buffers: an entry is the logger's name with its length before it, and the LogRecord, in Latin-1: a character
 * for each byte.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto
 */
export class OtlpProtobuf implements OtlpCodec {
  readonly contentType = 'application/x-protobuf';

  readonly #writer = new ProtobufWriter();

  encode(record: OtlpRecord): string {
    const writer = this.#writer;
    writer.reset();
    // The frame in which an entry waits; the name in an InstrumentationScope is written in the same way.
    writer.string(SCOPE_NAME, record.scope);
    this.#logRecord(record);
    return writer.take();
  }

  /** An ExportLogsServiceRequest. */
  request(entries: readonly string[], resource: Readonly<Record<string, OtlpValue>>): Buffer {
    let logs = this.#resource(resource);
    for (const [scope, records] of byScope(entries)) {
      const head = frame(SCOPE, scope.length) + scope;
      logs += frame(SCOPE_LOGS, head.length + records.length) + head + records;
    }
    return Buffer.from(frame(RESOURCE_LOGS, logs.length) + logs, 'latin1');
  }

  /** The rejected records in an ExportLogsServiceResponse. */
  rejected(body: Buffer): { readonly count: number; readonly message: string } {
    const partial = fieldsOf(body).get(1);
    if (!Buffer.isBuffer(partial)) return { count: 0, message: '' };
    const fields = fieldsOf(partial);
    const [count, message] = [fields.get(1), fields.get(2)];
    return {
      count: typeof count === 'number' ? count : 0,
      message: Buffer.isBuffer(message) ? message.toString() : '',
    };
  }

  /** The field `log_records` of a ScopeLogs. */
  #logRecord(record: OtlpRecord): void {
    const { microseconds, severityNumber, severityText, body, names, values, traceId, spanId } = record;
    const writer = this.#writer;
    const start = writer.begin(LOG_RECORDS);
    writer.fixed64(1, microseconds);
    writer.varint(2, severityNumber);
    writer.string(3, severityText);
    const text = writer.begin(5);
    writer.string(1, body);
    writer.end(text);
    for (let at = 0; at < names.length; at++) this.#keyValue(6, names[at] as string, values[at] as OtlpValue);
    if (traceId !== undefined) writer.hex(9, traceId);
    if (spanId !== undefined) writer.hex(10, spanId);
    writer.fixed64(11, microseconds);
    writer.end(start);
  }

  #keyValue(field: number, key: string, value: OtlpValue): void {
    const writer = this.#writer;
    const start = writer.begin(field);
    writer.string(1, key);
    const at = writer.begin(2);
    this.#anyValue(value);
    writer.end(at);
    writer.end(start);
  }

  /** The one field of an AnyValue; none for `null`. */
  #anyValue(value: OtlpValue): void {
    const writer = this.#writer;
    if (value === null) return;
    if (typeof value === 'string') writer.string(1, value);
    else if (typeof value === 'boolean') writer.varint(2, value ? 1 : 0);
    else if (typeof value === 'bigint') writer.int64(3, value);
    else if (typeof value === 'number') {
      if (!isInt(value)) writer.double(4, value);
      else if (value >= 0) writer.varint(3, value);
      else writer.int64(3, BigInt(value));
    } else if (Array.isArray(value)) {
      const list = writer.begin(5);
      for (const item of value as readonly OtlpValue[]) {
        const start = writer.begin(1);
        this.#anyValue(item);
        writer.end(start);
      }
      writer.end(list);
    } else {
      const list = writer.begin(6);
      for (const [key, item] of Object.entries(value)) this.#keyValue(1, key, item as OtlpValue);
      writer.end(list);
    }
  }

  #resource(resource: Readonly<Record<string, OtlpValue>>): string {
    const writer = this.#writer;
    writer.reset();
    const start = writer.begin(1);
    for (const [name, value] of Object.entries(resource)) this.#keyValue(1, name, value);
    writer.end(start);
    return writer.take();
  }
}

/** Numbers of fields: of an ExportLogsServiceRequest, of a ResourceLogs, of a ScopeLogs, and of an InstrumentationScope. */
const RESOURCE_LOGS = 1;
const SCOPE_LOGS = 2;
const SCOPE = 1;
const LOG_RECORDS = 2;
const SCOPE_NAME = 1;

/** What comes before a message: the number of its field, and its length. */
function frame(field: number, length: number): string {
  let text = String.fromCharCode(field * 8 + 2);
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) text += String.fromCharCode((left % 0x80) | 0x80);
  return text + String.fromCharCode(left);
}

/** The records of a batch by scope, in order: what precedes the records of each, and all of them. */
function byScope(entries: readonly string[]): ReadonlyMap<string, string> {
  const scopes = new Map<string, string>();
  let scope = '';
  let records = '';
  for (const entry of entries) {
    // Records of one logger often follow each other.
    if (scope === '' || !entry.startsWith(scope)) {
      if (scope !== '') scopes.set(scope, records);
      scope = entry.slice(0, scopeLength(entry));
      records = scopes.get(scope) ?? '';
    }
    records += entry.slice(scope.length);
  }
  return scopes.set(scope, records);
}

/** The length of the first field of an entry, its tag and its length included. */
function scopeLength(entry: string): number {
  let length = 0;
  let scale = 1;
  for (let at = 1; ; at++) {
    const byte = entry.charCodeAt(at);
    length += (byte & 0x7f) * scale;
    if (byte < 0x80 || Number.isNaN(byte)) return at + 1 + length;
    scale *= 0x80;
  }
}

/** The last value of each field of a message, as far as it can be read: numbers, and bytes. */
function fieldsOf(message: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>();
  for (let at = 0; at < message.length; ) {
    const tag = varintAt(message, at);
    const field = Math.floor(tag.value / 8);
    const kind = tag.value % 8;
    if (kind !== 0 && kind !== 2) break;
    const read = varintAt(message, tag.at);
    at = read.at;
    if (kind === 0) fields.set(field, read.value);
    else {
      fields.set(field, message.subarray(at, at + read.value));
      at += read.value;
    }
  }
  return fields;
}

function varintAt(bytes: Buffer, start: number): { value: number; at: number } {
  let value = 0;
  let scale = 1;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, at: at + 1 };
    scale *= 0x80;
  }
  return { value, at };
}
