import { hostname } from 'node:os';
import { basename, extname } from 'node:path';
import type * as v from 'valibot';
import { whenStanding } from '../core/activation.js';
import { LoggingError } from '../core/errors.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { cutToBytes } from '../internal/json-budget.js';
import { Backoff } from './support/backoff.js';
import { fieldText } from './support/field-text.js';
import { NetworkHandler } from './support/network-handler.js';
import { formatRfc5424, formatStructuredData } from './support/rfc5424.js';
import {
  parseAddress,
  type SysLogHandlerOptions,
  type SyslogAddress,
  sysLogHandlerSchema,
} from './support/syslog-options.js';
import { FACILITY_NAMES, PRIORITY_MAP, PRIORITY_NAMES } from './support/syslog-priority.js';
import { makeSyslogTransport } from './support/syslog-transport.js';
import { warnInsecure } from './support/tls-options.js';
import type { Transport } from './support/transport.js';

/** The most bytes of a message in a datagram (UDP over IPv4 takes 65 507, of which one may be the NUL), and on a stream. */
const MAX_DATAGRAM = 65_506;
const MAX_STREAMED = 262_144;

/**
 * Sends records to a syslog server: over UDP in the form Python has, unless told otherwise.
 *
 * A message is one message for the server whatever it holds: datagrams and octet counting need no escapes for that,
 * the other framings get them. A message that is too large is cut: at 64 KiB in a datagram, else at 256 KiB.
 *
 * Python's form has no header of its own but the priority: without an `ident` the server takes the first words of the
 * text for host and program. Give an `ident` ('shop: '), or use `protocol: 'rfc5424'`, whose header no message reaches.
 *
 * Delivery: `at-most-once`. A log call only queues; a connection that breaks is made again with back-off (0.5 to 30 s).
 * What was on its way when it broke, and what the queue had no room for, is counted in `stats` and reported. Over UDP
 * nothing tells what was lost on the way. What waits goes with the process: `shutdown()` sends it first.
 *
 * Differs from Python: messages on a stream are framed. On Node a unix datagram socket (`/dev/log` mostly is one) needs
 * the package `unix-dgram`.
 *
 * @example
 * new SysLogHandler({ address: ['logs.example.com', 6514], protocol: 'rfc5424', tls: { ca: '/etc/ssl/logs-ca.pem' } })
 * @see https://docs.python.org/3/library/logging.handlers.html#sysloghandler
 */
export class SysLogHandler extends NetworkHandler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  static readonly optionsSchema = sysLogHandlerSchema;

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

  /** Numbers of the facilities by name. */
  readonly facility_names: Readonly<Record<string, number>> = FACILITY_NAMES;
  /** Numbers of the severities by name. */
  readonly priority_names: Readonly<Record<string, number>> = PRIORITY_NAMES;
  /** Names of the severities by level name. */
  readonly priority_map: Readonly<Record<string, string>> = PRIORITY_MAP;

  /** The server as it was given: `[host, port]`, `'host:port'`, or the path of a unix socket. */
  readonly address: string | readonly [host: string, port: number];
  /** What kind of program is logging. */
  facility: string | number;
  /** `'udp'` or `'tcp'`; `undefined` for a unix socket of which it is not known. */
  readonly socktype: 'udp' | 'tcp' | undefined;
  /** Whether the server is reached over a unix socket. */
  readonly unixsocket: boolean;
  /** Put before each message. */
  ident: string;
  /** Whether a NUL ends each datagram. */
  readonly append_nul: boolean;

  readonly #options: v.InferOutput<typeof sysLogHandlerSchema>;
  readonly #destination: SyslogAddress;
  readonly #made: Transport;
  // Asked once: the system is slow to tell its name.
  readonly #hostname: string;
  readonly #appName: string;
  readonly #fixedData: readonly (readonly [string, readonly (readonly [string, string])[]])[];

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` cannot be read. */
  constructor(options: SysLogHandlerOptions = {}) {
    const o = checkOptions('SysLogHandler', sysLogHandlerSchema, options, new.target === SysLogHandler);
    super(o, new Backoff());
    this.#options = o;
    this.address = o.address as string | readonly [string, number];
    this.facility = o.facility;
    this.ident = o.ident;
    this.append_nul = o.append_nul;
    this.#destination = parseAddress(this.address);
    this.unixsocket = 'path' in this.#destination;
    this.socktype = socktypeOf(o, this.unixsocket);
    this.#hostname = o.hostname ?? hostname();
    this.#appName = o.appName ?? programName();
    this.#fixedData = Object.entries(o.structuredData).map(
      ([id, params]) => [id, Object.entries(params)] as const,
    );
    // Here, not with the first record: a certificate that cannot be read is a fault of the configuration.
    this.#made = this.#makeTransport();
  }

  /** Sends the record. */
  emit(record: LogRecord): void {
    const message = this.#options.protocol === 'bsd' ? this.#bsd(record) : this.#rfc5424(record);
    const isStream = this.socktype === 'tcp';
    this.deliver(Buffer.from(cutToBytes(message, isStream ? MAX_STREAMED : MAX_DATAGRAM)), record.levelno);
  }

  /**
   * The number that starts a message: facility times eight plus severity.
   *
   * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for a name that is not in `facility_names` or `priority_names`.
   */
  encodePriority(facility: string | number, priority: string | number): number {
    const code = typeof facility === 'string' ? lookUp(this.facility_names, facility, 'facility') : facility;
    const severity =
      typeof priority === 'string' ? lookUp(this.priority_names, priority, 'priority') : priority;
    return (code << 3) | severity;
  }

  /** The name of the severity for a level name, `warning` where there is none; override it for levels of your own. */
  mapPriority(levelName: string): string {
    return Object.hasOwn(this.priority_map, levelName) ? (this.priority_map[levelName] as string) : 'warning';
  }

  /** Connects now, if it is not connected. @returns A promise that rejects if that fails. */
  createSocket(): Promise<void> {
    return this.transport.open();
  }

  protected override makeTransport(): Transport {
    return this.#made;
  }

  #makeTransport(): Transport {
    const { tls, timeout, framing } = this.#options;
    const context = tls === true ? {} : tls === false ? undefined : tls;
    if (context !== undefined && 'insecure' in context && context.insecure === true) {
      whenStanding({ commit: () => warnInsecure('SysLogHandler', String(this.address)) });
    }
    return makeSyslogTransport({
      address: this.#destination,
      socktype: this.socktype,
      framing: framing ?? (this.unixsocket ? 'nul' : 'octet-counting'),
      appendNul: this.append_nul,
      connectTimeoutMs: timeout == null ? undefined : timeout * 1000,
      tls: context,
    });
  }

  #bsd(record: LogRecord): string {
    return `<${this.#priority(record)}>${this.ident}${this.format(record)}`;
  }

  #rfc5424(record: LogRecord): string {
    return formatRfc5424({
      priority: this.#priority(record),
      created: record.created,
      hostname: this.#hostname,
      appName: this.#appName,
      procId: this.#options.procId ?? String(process.pid),
      msgId: this.#options.msgId ?? record.name,
      structuredData: formatStructuredData(this.#structuredData(record)),
      message: this.ident + this.format(record),
    });
  }

  #priority(record: LogRecord): number {
    return this.encodePriority(this.facility, this.mapPriority(record.levelname));
  }

  #structuredData(record: LogRecord): readonly (readonly [string, readonly (readonly [string, string])[]])[] {
    const { extraSdId } = this.#options;
    if (extraSdId === undefined) return this.#fixedData;
    const fields = Object.entries(record.extraFields());
    if (fields.length === 0) return this.#fixedData;
    return [
      ...this.#fixedData,
      [extraSdId, fields.map(([name, value]) => [name, fieldText(value)] as const)],
    ];
  }
}

function socktypeOf(
  options: v.InferOutput<typeof sysLogHandlerSchema>,
  isLocal: boolean,
): 'udp' | 'tcp' | undefined {
  const { socktype, tls } = options;
  if (socktype != null) return socktype === 'tcp' || socktype === 1 ? 'tcp' : 'udp';
  if (tls !== false) return 'tcp';
  return isLocal ? undefined : 'udp';
}

function lookUp(names: Readonly<Record<string, number>>, name: string, what: string): number {
  const number = Object.hasOwn(names, name) ? names[name] : undefined;
  if (number !== undefined) return number;
  throw new LoggingError(
    'ERR_LOGGING_ARGUMENT',
    `SysLogHandler: no ${what} named "${name}"; known are ${Object.keys(names).join(', ')}`,
  );
}

function programName(): string {
  const script = process.argv[1] ?? process.title;
  return basename(script, extname(script)) || 'node';
}
