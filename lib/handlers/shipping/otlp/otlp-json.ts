import { jsonString } from '../../../python/json/json-string.js';
import { withoutHalfPairs } from '../field-values.js';
import type { OtlpCodec } from './otlp-codec.js';
import { isInt, type OtlpRecord, type OtlpValue } from './otlp-record.js';

/**
 * OTLP in JSON: an entry is the logger's name, and the LogRecord, each a text in JSON on a line of its own. Trace and
 * span ids are hexadecimal, enums numbers, 64-bit integers texts.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class OtlpJson implements OtlpCodec {
  readonly contentType = 'application/json';

  encode({
    scope,
    microseconds,
    severityNumber,
    severityText,
    body,
    names,
    values,
    traceId,
    spanId,
  }: OtlpRecord): string {
    const time = microseconds === 0 ? '0' : `${microseconds}000`;
    const trace = traceId === undefined ? '' : `,"traceId":"${traceId}"`;
    const span = spanId === undefined ? '' : `,"spanId":"${spanId}"`;
    const severity = `"severityNumber":${severityNumber},"severityText":${jsonString(severityText)}`;
    return withoutHalfPairs(
      `${jsonString(scope)}\n{"timeUnixNano":"${time}","observedTimeUnixNano":"${time}",${severity},` +
        `"body":{"stringValue":${jsonString(body)}},"attributes":${keyValues(names.map((name, at) => [name, values[at] as OtlpValue]))}${trace}${span}}`,
    );
  }

  request(entries: readonly string[], resource: Readonly<Record<string, OtlpValue>>): string {
    const scopes = new Map<string, string[]>();
    for (const entry of entries) {
      const at = entry.indexOf('\n');
      const [scope, record] = [entry.slice(0, at), entry.slice(at + 1)];
      const records = scopes.get(scope);
      if (records === undefined) scopes.set(scope, [record]);
      else records.push(record);
    }
    const attributes = keyValues(Object.entries(resource));
    const scopeLogs = [...scopes].map(
      ([scope, records]) => `{"scope":{"name":${scope}},"logRecords":[${records.join(',')}]}`,
    );
    return `{"resourceLogs":[{"resource":{"attributes":${attributes}},"scopeLogs":[${scopeLogs.join(',')}]}]}`;
  }

  rejected(body: Buffer): { readonly count: number; readonly message: string } {
    try {
      const { partialSuccess } = JSON.parse(body.toString()) as {
        partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown };
      };
      const message = partialSuccess?.errorMessage;
      return {
        count: Number(partialSuccess?.rejectedLogRecords ?? 0) || 0,
        message: typeof message === 'string' ? message : '',
      };
    } catch {
      return { count: 0, message: '' };
    }
  }
}

function keyValues(entries: readonly (readonly [key: string, value: OtlpValue])[]): string {
  return `[${entries.map(([key, value]) => `{"key":${jsonString(key)},"value":${anyValue(value)}}`).join(',')}]`;
}

function anyValue(value: OtlpValue): string {
  if (value === null) return '{}';
  if (typeof value === 'string') return `{"stringValue":${jsonString(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'bigint') return `{"intValue":"${value}"}`;
  if (typeof value === 'number')
    return isInt(value) ? `{"intValue":"${value}"}` : `{"doubleValue":${double(value)}}`;
  if (Array.isArray(value))
    return `{"arrayValue":{"values":[${(value as readonly OtlpValue[]).map(anyValue).join(',')}]}}`;
  return `{"kvlistValue":{"values":${keyValues(Object.entries(value) as [string, OtlpValue][])}}}`;
}

/** JSON has neither NaN nor infinity: those are texts. */
function double(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return `"${value}"`;
}
