import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries } from '../delivery/bound-options.js';
import { spoolEntries } from '../delivery/spool/spool-options.js';
import { handlerEntries } from '../handler-options.js';

const seconds = lazy(() => v.pipe(v.number(), v.gtValue(0, 'expected a number above 0')));

/** The keys of a DatagramHandler in a configuration. */
export const datagramHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    host: v.pipe(
      v.string(),
      v.nonEmpty('expected a host name, an address, or, where port is null, a path'),
      v.description('Name or address of the server; the path of a unix socket where port is null.'),
    ),
    port: v.pipe(
      v.nullable(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1, 'expected a port from 1 to 65535'),
          v.maxValue(65_535, 'expected a port from 1 to 65535'),
        ),
      ),
      v.description('Its port; null for a unix socket.'),
    ),
    format: v.optional(
      v.pipe(
        v.picklist(['pickle', 'json'], "expected 'pickle' or 'json'"),
        v.description("How a record is written: as Python's handler does, or as JSON."),
      ),
      'pickle',
    ),
    framing: v.optional(
      v.pipe(
        v.picklist(['length', 'newline'], "expected 'length' or 'newline'"),
        v.description('For JSON: after its length in four bytes, or as one line.'),
      ),
      'length',
    ),
    closeOnError: v.optional(
      v.pipe(v.boolean(), v.description('Whether a broken connection is made again in silence.')),
      false,
    ),
    retryStart: v.optional(
      v.pipe(seconds(), v.description('The most the first wait between two attempts takes, in seconds.')),
      1,
    ),
    retryMax: v.optional(
      v.pipe(seconds(), v.description('The most any of these waits takes, in seconds.')),
      30,
    ),
    retryFactor: v.optional(
      v.pipe(
        v.number(),
        v.minValue(1, 'expected a number of 1 or more'),
        v.description('By how much each wait may be longer than the last.'),
      ),
      2,
    ),
    ...boundEntries(),
  }),
);

/** The keys of a SocketHandler in a configuration. */
export const socketHandlerSchema = lazy(() =>
  v.strictObject({ ...datagramHandlerSchema().entries, ...spoolEntries() }),
);

/** Options of SocketHandler. */
export type SocketHandlerOptions = v.InferInput<ReturnType<typeof socketHandlerSchema>>;

/** Options of DatagramHandler. */
export type DatagramHandlerOptions = v.InferInput<ReturnType<typeof datagramHandlerSchema>>;
