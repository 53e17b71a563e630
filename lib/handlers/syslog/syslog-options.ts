import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries, retryEntries } from '../delivery/delivery-options.js';
import { spoolEntries } from '../delivery/spool/spool-options.js';
import { handlerEntries, portNumber, timerSeconds } from '../handler-options.js';
import { tlsContextSchema } from '../network/tls-options.js';
import { FACILITY_NAMES } from './syslog-priority.js';

const text = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a non-empty string')));

/** Of an address in one string the port. */
export const portCheck = lazy(() =>
  v.check((address: string) => {
    const parsed = parseAddress(address);
    return 'path' in parsed || v.is(portNumber(), parsed.port);
  }, 'expected a port from 1 to 65535'),
);

/** What a message of syslog is made of, for the schemas of handlers that send such. */
export const syslogMessageEntries = lazy(() => ({
  facility: v.optional(
    v.pipe(
      v.union(
        [
          v.picklist(Object.keys(FACILITY_NAMES)),
          v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23)),
        ],
        `expected a number from 0 to 23 or one of ${Object.keys(FACILITY_NAMES).join(', ')}`,
      ),
      v.description('What kind of program is logging.'),
    ),
    'user',
  ),
  ident: v.optional(v.pipe(v.string(), v.description("Put before each message: 'myapp: '.")), ''),
  hostname: v.optional(
    v.pipe(text(), v.description('HOSTNAME of RFC 5424; default the name of this machine.')),
  ),
  appName: v.optional(
    v.pipe(text(), v.description("APP-NAME of RFC 5424; default the program's file name.")),
  ),
  procId: v.optional(v.pipe(text(), v.description('PROCID of RFC 5424; default the process id.'))),
  msgId: v.optional(v.pipe(text(), v.description("MSGID of RFC 5424; default the logger's name."))),
  structuredData: v.optional(
    v.pipe(
      v.record(v.string(), v.record(v.string(), v.string())),
      v.description("Elements of RFC 5424 in every message: `{ 'origin': { software: 'shop' } }`."),
    ),
    {},
  ),
  extraSdId: v.optional(
    v.pipe(
      text(),
      v.description(
        "SD-ID of an element with the record's extra and context fields, as many as fit in half of a message.",
      ),
    ),
  ),
}));

/** How TLS is spoken to a syslog server. */
export const syslogTlsEntries = lazy(() => ({
  tls: v.optional(
    v.pipe(
      v.union(
        [
          v.boolean(),
          v.strictObject({ ...tlsContextSchema().entries, insecure: v.optional(v.boolean(), false) }),
        ],
        'expected true, false, or an object with any of ca, cert, key, passphrase, servername, minVersion, insecure',
      ),
      v.description('TLS over TCP, RFC 5425; true for the public authorities.'),
    ),
    false,
  ),
}));

/** The keys of a SysLogHandler in a configuration. */
export const sysLogHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      ...handlerEntries(),
      address: v.optional(
        v.pipe(
          v.union(
            [v.pipe(text(), portCheck()), v.strictTuple([text(), portNumber()])],
            "expected [host, port], 'host:port', or the path of a unix socket such as '/dev/log'",
          ),
          v.description("The server as [host, port] or 'host:port', or the path of a unix socket."),
        ),
        ['localhost', 514],
      ),
      socktype: v.optional(
        v.pipe(
          v.nullable(
            v.picklist(
              ['udp', 'tcp', 1, 2],
              "expected 'udp' or 'tcp' (socket.SOCK_DGRAM, socket.SOCK_STREAM)",
            ),
          ),
          v.description(
            'Datagrams or a stream; default udp, or tcp where tls is given; for a unix socket what it is.',
          ),
        ),
      ),
      ...syslogMessageEntries(),
      append_nul: v.optional(
        v.pipe(v.boolean(), v.description('Whether a NUL ends each message, where nothing else frames it.')),
        true,
      ),
      timeout: v.optional(
        v.pipe(
          v.nullable(timerSeconds()),
          v.description('How long a connection may take to come about, in seconds; default 5.'),
        ),
      ),
      protocol: v.optional(
        v.pipe(
          v.picklist(['bsd', 'rfc5424'], "expected 'bsd' or 'rfc5424'"),
          v.description("Python's form, a priority and the text; or RFC 5424."),
        ),
        'bsd',
      ),
      framing: v.optional(
        v.pipe(
          v.picklist(['octet-counting', 'lf', 'nul'], "expected 'octet-counting', 'lf' or 'nul'"),
          v.description(
            'How messages are separated on a stream; default octet-counting, nul for a unix socket.',
          ),
        ),
      ),
      ...syslogTlsEntries(),
      ...retryEntries(),
      ...boundEntries(),
      ...spoolEntries(),
    }),
    v.check(
      ({ spool, socktype, tls }) =>
        spool === undefined || socktype === 'tcp' || socktype === 1 || tls !== false,
      "spool: needs a connection, socktype: 'tcp' or tls; it is unknown whether a datagram arrived",
    ),
    v.check(
      ({ socktype, tls }) => tls === false || (socktype !== 'udp' && socktype !== 2),
      "tls: goes over TCP; leave out socktype, or set it to 'tcp'",
    ),
    v.check(
      ({ address, tls }) => tls === false || !('path' in parseAddress(address as string)),
      'tls: a unix socket is not encrypted; leave it out, or give a host and a port',
    ),
  ),
);

/** Options of SysLogHandler. */
export type SysLogHandlerOptions = v.InferInput<ReturnType<typeof sysLogHandlerSchema>>;

/** Where a syslog server listens. */
export type SyslogAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Parses an `address`: a string with a slash, or without a port, is the path of a unix socket. */
export function parseAddress(address: string | readonly [string, number]): SyslogAddress {
  if (typeof address !== 'string') return { host: address[0], port: address[1] };
  const match = /^(?:\[([^\]]+)\]|([^/\\:]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? { path: address } : { host, port: Number(match?.[3]) };
}
