import * as v from 'valibot';
import { whenActive } from '../../../core/activation.js';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { MAX_TIMER_MS } from '../../../runtime/limits.js';
import { Backoff } from '../../delivery/backoff.js';
import { boundEntries, retryEntries } from '../../delivery/delivery-options.js';
import { spoolEntries } from '../../delivery/spool/spool-options.js';
import { handlerEntries, portNumber, timerSeconds } from '../../handler-options.js';
import type { Connector } from '../../network/connector.js';
import { hostPort } from '../../network/host-port.js';
import { warnInsecure } from '../../network/tls-options.js';
import type { Transport } from '../../network/transport.js';
import { syslogConnector } from '../syslog-connector.js';
import { parseAddress, portCheck, syslogMessageEntries, syslogTlsEntries } from '../syslog-options.js';
import { SyslogSender } from '../syslog-sender.js';
import { RelpTransport } from './relp-transport.js';

const host = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a non-empty string')));

/** The keys of a RelpHandler in a configuration. */
const relpHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    address: v.pipe(
      v.union(
        [
          v.strictTuple([host(), portNumber()]),
          v.pipe(
            v.string(),
            v.check((text) => 'host' in parseAddress(text), "expected [host, port] or 'host:port'"),
            portCheck(),
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
      v.pipe(timerSeconds(), v.description('How long a connection may take to come about, in seconds.')),
      5,
    ),
    ackTimeoutMs: v.optional(
      v.pipe(
        v.number(),
        v.gtValue(0, 'expected a number above 0'),
        v.maxValue(MAX_TIMER_MS),
        v.description(
          'How long the server may answer nothing before the connection is replaced, in milliseconds.',
        ),
      ),
      30_000,
    ),
    ...syslogTlsEntries(),
    ...retryEntries(),
    ...boundEntries(),
    ...spoolEntries(),
  }),
);

/** Options of RelpHandler. */
export type RelpHandlerOptions = v.InferInput<ReturnType<typeof relpHandlerSchema>>;

/**
 * Sends records to a syslog server that speaks RELP, as rsyslog does (`imrelp`): the server acknowledges each record,
 * and what it has not acknowledged when a connection breaks is sent again on the next.
 *
 * Messages are those of {@link SysLogHandler}, in the form of RFC 5424 by default; those carry a `sequenceId`, by which a
 * receiver knows one that came before. Up to `window` messages are on their way at a time.
 *
 * Delivery: `at-most-once` if the process ends, for what waits is in memory then; as long as it runs, nothing is lost
 * but what the queue has no room for. With a `spool`: `at-least-once`. A record arrives twice only where the server was
 * lost after it took the record and before it acknowledged it.
 *
 * The server decides what an acknowledgement means: rsyslog sends it once a record is in its main queue, which is in
 * memory unless it is configured otherwise.
 *
 * Differs from Python: Python has no such handler.
 *
 * @example
 * new RelpHandler({ address: ['logs.example.com', 2514], tls: true, spool: { directory: '/var/spool/shop' } })
 */
export class RelpHandler extends SyslogSender {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof relpHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RelpHandler, {
    name: 'RelpHandler',
    schema: relpHandlerSchema,
  });

  /** The server as it was given: `[host, port]` or `'host:port'`. */
  readonly address: string | readonly [host: string, port: number];

  readonly #options: v.InferOutput<ReturnType<typeof relpHandlerSchema>>;
  readonly #connector: Connector;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: RelpHandlerOptions) {
    const o = checkOptions('RelpHandler', relpHandlerSchema(), options, new.target === RelpHandler);
    super(o, new Backoff(), true);
    this.#options = o;
    this.address = o.address as string | readonly [string, number];
    const { host, port } = parseAddress(this.address) as { host: string; port: number };
    const tls = o.tls === true ? {} : o.tls === false ? undefined : o.tls;
    this.#connector = syslogConnector(host, port, tls, 'RelpHandler.tls');
    if (tls !== undefined && 'insecure' in tls && tls.insecure === true) {
      whenActive({ commit: () => warnInsecure('RelpHandler', host) });
    }
    this.openSpool();
  }

  /** Queues the record. */
  emit(record: LogRecord): void {
    this.deliver(this.syslogMessage(record, this.#options.maxMessageBytes), record.levelno, record);
  }

  protected override get receiver(): string {
    const { host, port } = parseAddress(this.address) as { host: string; port: number };
    return hostPort(host, port);
  }

  protected override makeTransport(): Transport {
    const { timeout, ackTimeoutMs, window } = this.#options;
    return new RelpTransport({
      connect: () => this.#connector.connect(),
      readyEvent: this.#connector.readyEvent,
      connectTimeoutMs: timeout * 1000,
      ackTimeoutMs,
      window,
    });
  }
}
