import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries } from '../delivery/delivery-options.js';
import { spoolEntries } from '../delivery/spool/spool-options.js';
import { handlerEntries, portNumber } from '../handler-options.js';

const count = (what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(1, 'expected 1 or more'), v.description(what));

/** A time in milliseconds, from 1 ms to an hour. */
export const milliseconds = (what: string) =>
  v.pipe(
    v.number(),
    v.minValue(1, 'expected at least 1 ms'),
    v.maxValue(3_600_000, 'expected at most an hour'),
    v.description(what),
  );

/** The name or address of a destination's server. */
export const hostEntry = (what: string) =>
  v.optional(
    v.pipe(v.string(), v.regex(/^[\w.:-]+$/, 'expected a host name or address'), v.description(what)),
    'localhost',
  );

/** The port of a destination's server. @param standard The one that its servers listen on by themselves. */
export const portEntry = (what: string, standard: number) =>
  v.optional(v.pipe(portNumber(), v.description(what)), standard);

/**
 * The keys that every destination takes, to be spread into the schema of each: those of every handler, and how records
 * are batched, queued, repeated and kept.
 */
export const shippingEntries = lazy(() => ({
  ...handlerEntries(),
  batchSize: v.optional(
    count(
      'The most records that are sent together; default 1 000, for OTLP, Loki and Elasticsearch 5 000, for Kafka 2 500, for Splunk with ack 10 000.',
    ),
  ),
  maxBatchBytes: v.optional(
    count(
      'The most bytes that are sent together, before compression; default 1 MiB, for Splunk with ack 10 MiB.',
    ),
  ),
  flushIntervalMs: v.optional(
    milliseconds(
      'How long a record waits for others, in milliseconds; default 1 000. A full batch leaves at once; to Kafka, 500 records do where batchSize is not given.',
    ),
  ),
  maxRecordBytes: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1_024, 'expected 1024 or more'),
      v.description('The most bytes of one record; default 256 KiB. The message of a longer one is cut.'),
    ),
  ),
  timeoutMs: v.optional(
    milliseconds('The most time until the destination has answered, in milliseconds; default 10 000.'),
  ),
  maxRetries: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description(
        'How often records are sent again before they are lost; default without end, but 10 times where the destination fails for a reason that may be theirs, unless there is a spool.',
      ),
    ),
  ),
  ...boundEntries(),
  ...spoolEntries(),
}));

/** Schema of the options that every destination takes. */
export const shippingSchema = lazy(() => v.strictObject(shippingEntries()));

/** Options that every destination takes. */
export type ShippingOptions = v.InferInput<ReturnType<typeof shippingSchema>>;
