import type * as v from 'valibot';
import { whenActive } from '../../core/activation.js';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { Backoff } from '../delivery/backoff.js';
import { hostPort } from '../network/host-port.js';
import { SETTLE_MS } from '../network/stream-transport.js';
import { warnInsecure } from '../network/tls-options.js';
import type { Transport } from '../network/transport.js';
import {
  parseAddress,
  type SysLogHandlerOptions,
  type SyslogAddress,
  sysLogHandlerSchema,
} from './syslog-options.js';
import { SyslogSender } from './syslog-sender.js';
import { makeSyslogTransport } from './syslog-transport.js';

/** The most bytes of a message in a datagram (UDP over IPv4 takes 65 507, of which one may be the NUL), and on a stream. */
const MAX_DATAGRAM = 65_506;
const MAX_STREAMED = 262_144;

/**
 * Sends records to a syslog server: by default over UDP in Python's format.
 *
 * A message is always one message for the server: datagrams and octet counting need no escapes for that,
 * the other framings get them. A message that is too large is cut: at 64 KiB in a datagram, else at 256 KiB.
 *
 * Python's form has no header of its own but the priority: without an `ident` the server takes the first words of the
 * text for host and program. Give an `ident` ('shop: '), or use `protocol: 'rfc5424'`, whose header no message reaches.
 *
 * Delivery: `at-most-once`; with a `spool`, which needs TCP or TLS, `at-least-once`. A log call only queues; a
 * connection that breaks is made again with back-off (0.5 to 30 s). What was on its way when it broke, and what the
 * queue had no room for, is counted in `stats` and reported. Over UDP losses on the way are not noticed. What waits is
 * lost with the process: `shutdown()` sends it first. With a spool it is kept in files; a connection has to last half a
 * second after a write for what was written to count as arrived, and messages by RFC 5424 carry a `sequenceId`. Only
 * {@link RelpHandler} knows what the server has.
 *
 * Differs from Python: messages on a stream are framed. On Node a unix datagram socket (`/dev/log` mostly is one) needs
 * the package `unix-dgram`.
 *
 * @example
 * new SysLogHandler({ address: ['logs.example.com', 6514], protocol: 'rfc5424', tls: { ca: '/etc/ssl/logs-ca.pem' } })
 * @see https://docs.python.org/3/library/logging.handlers.html#sysloghandler
 */
export class SysLogHandler extends SyslogSender {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof sysLogHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(SysLogHandler, {
    name: 'SysLogHandler',
    pythonNames: ['logging.handlers.SysLogHandler'],
    schema: sysLogHandlerSchema,
  });

  /** The facility codes and severities, by syslog's names: `SysLogHandler.LOG_LOCAL0`. */
  static readonly LOG_EMERG = 0;
  static readonly LOG_ALERT = 1;
  static readonly LOG_CRIT = 2;
  static readonly LOG_ERR = 3;
  static readonly LOG_WARNING = 4;
  static readonly LOG_NOTICE = 5;
  static readonly LOG_INFO = 6;
  static readonly LOG_DEBUG = 7;
  static readonly LOG_KERN = 0;
  static readonly LOG_USER = 1;
  static readonly LOG_MAIL = 2;
  static readonly LOG_DAEMON = 3;
  static readonly LOG_AUTH = 4;
  static readonly LOG_SYSLOG = 5;
  static readonly LOG_LPR = 6;
  static readonly LOG_NEWS = 7;
  static readonly LOG_UUCP = 8;
  static readonly LOG_CRON = 9;
  static readonly LOG_AUTHPRIV = 10;
  static readonly LOG_FTP = 11;
  static readonly LOG_NTP = 12;
  static readonly LOG_SECURITY = 13;
  static readonly LOG_CONSOLE = 14;
  static readonly LOG_SOLCRON = 15;
  static readonly LOG_LOCAL0 = 16;
  static readonly LOG_LOCAL1 = 17;
  static readonly LOG_LOCAL2 = 18;
  static readonly LOG_LOCAL3 = 19;
  static readonly LOG_LOCAL4 = 20;
  static readonly LOG_LOCAL5 = 21;
  static readonly LOG_LOCAL6 = 22;
  static readonly LOG_LOCAL7 = 23;

  /** The server as it was given: `[host, port]`, `'host:port'`, or the path of a unix socket. */
  readonly address: string | readonly [host: string, port: number];
  /** `'udp'` or `'tcp'`; `undefined` for a unix socket of which it is not known. */
  readonly socktype: 'udp' | 'tcp' | undefined;
  /** Whether the server is reached over a unix socket. */
  readonly unixsocket: boolean;
  /** Whether a NUL ends each datagram; may be changed at any time. */
  append_nul: boolean;

  readonly #options: v.InferOutput<ReturnType<typeof sysLogHandlerSchema>>;
  readonly #destination: SyslogAddress;
  readonly #made: Transport;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` cannot be read. */
  constructor(options: SysLogHandlerOptions = {}) {
    const o = checkOptions('SysLogHandler', sysLogHandlerSchema(), options, new.target === SysLogHandler);
    super(o, new Backoff(), o.spool !== undefined);
    this.#options = o;
    this.address = o.address as string | readonly [string, number];
    this.append_nul = o.append_nul;
    this.#destination = parseAddress(this.address);
    this.unixsocket = 'path' in this.#destination;
    this.socktype = socktypeOf(o, this.unixsocket);
    // Here, not with the first record: a certificate that cannot be read is an error of the configuration.
    this.#made = this.#makeTransport();
    this.openSpool();
  }

  /** Sends the record. */
  emit(record: LogRecord): void {
    const maxBytes = this.socktype === 'tcp' ? MAX_STREAMED : MAX_DATAGRAM;
    this.deliver(this.syslogMessage(record, maxBytes), record.levelno, record);
  }

  /** The socket, or `null` while there is none; an overridden `createSocket` sets it. */
  get socket(): object | null {
    return this.transport.socket;
  }
  set socket(socket: object | null) {
    this.transport.socket = socket;
  }

  protected override get receiver(): string {
    const to = this.#destination;
    return 'path' in to ? to.path : hostPort(to.host, to.port);
  }

  protected override makeTransport(): Transport {
    return this.#made;
  }

  #makeTransport(): Transport {
    const { tls, timeout, framing, spool } = this.#options;
    const context = tls === true ? {} : tls === false ? undefined : tls;
    if (context !== undefined && 'insecure' in context && context.insecure === true) {
      whenActive({ commit: () => warnInsecure('SysLogHandler', String(this.address)) });
    }
    return makeSyslogTransport({
      address: this.#destination,
      socktype: this.socktype,
      framing: framing ?? (this.unixsocket ? 'nul' : 'octet-counting'),
      appendsNul: () => this.append_nul,
      connectTimeoutMs: timeout == null ? undefined : timeout * 1000,
      tls: context,
      settleMs: spool === undefined ? undefined : SETTLE_MS,
    });
  }
}

function socktypeOf(
  options: v.InferOutput<ReturnType<typeof sysLogHandlerSchema>>,
  isLocal: boolean,
): 'udp' | 'tcp' | undefined {
  const { socktype, tls } = options;
  if (socktype != null) return socktype === 'tcp' || socktype === 1 ? 'tcp' : 'udp';
  if (tls !== false) return 'tcp';
  return isLocal ? undefined : 'udp';
}
