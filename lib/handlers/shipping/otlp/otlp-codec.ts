import type { OtlpRecord, OtlpValue } from './otlp-record.js';

/** One of the two ways in which OTLP is written over HTTP. */
export interface OtlpCodec {
  readonly contentType: string;
  /** A record, as it waits to be sent. */
  encode(record: OtlpRecord): string;
  /** The body of a request. */
  request(entries: readonly string[], resource: Readonly<Record<string, OtlpValue>>): Buffer | string;
  /** How many records a response rejected, and why. */
  rejected(body: Buffer): { readonly count: number; readonly message: string };
}
