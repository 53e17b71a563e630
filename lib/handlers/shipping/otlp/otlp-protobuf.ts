import type { OtlpCodec } from './otlp-codec.js';
import { isInt, type OtlpRecord, type OtlpValue } from './otlp-record.js';
import { ProtobufWriter } from './protobuf-writer.js';

/**
 * OTLP in Protocol Buffers: an entry is the logger's name with its length before it, and the LogRecord.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto
 */
export class OtlpProtobuf implements OtlpCodec<Buffer> {
  readonly contentType = 'application/x-protobuf';

  readonly #writer = new ProtobufWriter();

  encode(record: OtlpRecord): Buffer {
    const writer = this.#writer;
    writer.reset();
    // Not a message of OTLP's: the frame in which an entry waits.
    writer.string(SCOPE, record.scope);
    this.#logRecord(record);
    return writer.take();
  }

  /** An ExportLogsServiceRequest. */
  request(entries: readonly Buffer[], resource: Readonly<Record<string, OtlpValue>>): Buffer {
    const scopes = new Map<string, Buffer[]>();
    for (const entry of entries) {
      const { scope, record } = split(entry);
      const records = scopes.get(scope);
      if (records === undefined) scopes.set(scope, [record]);
      else records.push(record);
    }
    const parts: Buffer[] = [this.#resource(resource)];
    for (const [scope, records] of scopes) {
      const head = this.#scope(scope);
      const length = records.reduce((sum, record) => sum + record.length, head.length);
      parts.push(frame(SCOPE_LOGS, length), head, ...records);
    }
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    return Buffer.concat([frame(RESOURCE_LOGS, length), ...parts]);
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
  #logRecord({ time, severityNumber, severityText, body, attributes, traceId, spanId }: OtlpRecord): void {
    const writer = this.#writer;
    writer.message(LOG_RECORDS, () => {
      writer.fixed64(1, time);
      writer.varint(2, severityNumber);
      writer.string(3, severityText);
      writer.message(5, () => writer.string(1, body));
      for (const [name, value] of attributes) this.#keyValue(6, name, value);
      if (traceId !== undefined) writer.hex(9, traceId);
      if (spanId !== undefined) writer.hex(10, spanId);
      writer.fixed64(11, time);
    });
  }

  #keyValue(field: number, key: string, value: OtlpValue): void {
    const writer = this.#writer;
    writer.message(field, () => {
      writer.string(1, key);
      writer.message(2, () => this.#anyValue(value));
    });
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
      writer.message(5, () => {
        for (const item of value as readonly OtlpValue[]) writer.message(1, () => this.#anyValue(item));
      });
    } else {
      writer.message(6, () => {
        for (const [key, item] of Object.entries(value)) this.#keyValue(1, key, item as OtlpValue);
      });
    }
  }

  #resource(resource: Readonly<Record<string, OtlpValue>>): Buffer {
    const writer = this.#writer;
    writer.message(1, () => {
      for (const [name, value] of Object.entries(resource)) this.#keyValue(1, name, value);
    });
    return writer.take();
  }

  #scope(name: string): Buffer {
    const writer = this.#writer;
    writer.message(SCOPE, () => writer.string(1, name));
    return writer.take();
  }
}

/** Numbers of fields: of an ExportLogsServiceRequest, of a ResourceLogs, and of a ScopeLogs. */
const RESOURCE_LOGS = 1;
const SCOPE_LOGS = 2;
const SCOPE = 1;
const LOG_RECORDS = 2;

/** What comes before a message: the number of its field, and its length. */
function frame(field: number, length: number): Buffer {
  const bytes = [field * 8 + 2];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

function split(entry: Buffer): { scope: string; record: Buffer } {
  const { value: length, at } = varintAt(entry, 1);
  return { scope: entry.toString('utf8', at, at + length), record: entry.subarray(at + length) };
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
