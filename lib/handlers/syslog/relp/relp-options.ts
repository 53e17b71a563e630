import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { boundEntries } from '../../delivery/bound-options.js';
import { retryEntries } from '../../delivery/delivery-options.js';
import { spoolEntries } from '../../delivery/spool/spool-options.js';
import { handlerEntries } from '../../handler-options.js';
import { parseAddress, syslogMessageEntries, syslogTlsEntries } from '../syslog-options.js';

const port = lazy(() => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));
const host = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a non-empty string')));
const seconds = lazy(() => v.pipe(v.number(), v.gtValue(0, 'expected a number above 0')));

/** The keys of a RelpHandler in a configuration. */
export const relpHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    address: v.pipe(
      v.union(
        [
          v.strictTuple([host(), port()]),
          v.pipe(
            v.string(),
            v.check((text) => 'host' in parseAddress(text), "expected [host, port] or 'host:port'"),
          ),
        ],
        "expected [host, port] or 'host:port'",
      ),
      v.description("The server as [host, port] or 'host:port'."),
    ),
    ...syslogMessageEntries(),
    protocol: v.optional(
      v.pipe(
        v.picklist(['rfc5424', 'bsd'], "expected 'rfc5424' or 'bsd'"),
        v.description('RFC 5424; or a priority and the text, without the time a record was made.'),
      ),
      'rfc5424',
    ),
    window: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(10_000),
        v.description('The most messages that are out without an answer.'),
      ),
      128,
    ),
    maxMessageBytes: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(480),
        v.maxValue(131_072),
        v.description(
          'What is longer is cut; a server may take less than this: rsyslog 8 KiB unless maxMessageSize or maxDataSize is set.',
        ),
      ),
      131_072,
    ),
    timeout: v.optional(
      v.pipe(seconds(), v.description('How long a connection may take to come about, in seconds.')),
      5,
    ),
    ackTimeout: v.optional(
      v.pipe(
        seconds(),
        v.description(
          'How long the server may answer nothing before the connection is replaced, in seconds.',
        ),
      ),
      30,
    ),
    ...syslogTlsEntries(),
    ...retryEntries(),
    ...boundEntries(),
    ...spoolEntries(),
  }),
);

/** Options of RelpHandler. */
export type RelpHandlerOptions = v.InferInput<ReturnType<typeof relpHandlerSchema>>;
