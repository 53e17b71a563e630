import type * as v from 'valibot';
import { whenStanding } from '../core/activation.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { Backoff } from './support/backoff.js';
import { type RelpHandlerOptions, relpHandlerSchema } from './support/relp-options.js';
import { RelpTransport } from './support/relp-transport.js';
import { type SyslogConnector, syslogConnector } from './support/syslog-connector.js';
import { parseAddress } from './support/syslog-options.js';
import { SyslogSender } from './support/syslog-sender.js';
import { warnInsecure } from './support/tls-options.js';
import type { Transport } from './support/transport.js';

/**
 * Sends records to a syslog server that speaks RELP, as rsyslog does (`imrelp`): the server acknowledges each record,
 * and what it has not acknowledged when a connection breaks is sent again on the next.
 *
 * Messages are those of {@link SysLogHandler}, by RFC 5424 unless told otherwise; those carry a `sequenceId`, by which a
 * receiver knows one that came before. Up to `window` messages are on their way at a time.
 *
 * Delivery: `at-most-once` if the process ends, for what waits is in memory then; as long as it runs, nothing is lost but
 * what the queue has no room for. With a `spool`: `at-least-once`. A record arrives twice only where the server was lost
 * after it took the record and before it said so.
 *
 * What an acknowledgement means is the server's to say: rsyslog gives it once a record is in its main queue, which is in
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
  static {
    lazyProperty(RelpHandler, 'optionsSchema', relpHandlerSchema);
  }

  /** The server as it was given: `[host, port]` or `'host:port'`. */
  readonly address: string | readonly [host: string, port: number];

  readonly #options: v.InferOutput<ReturnType<typeof relpHandlerSchema>>;
  readonly #connector: SyslogConnector;

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
      whenStanding({ commit: () => warnInsecure('RelpHandler', host) });
    }
    this.openSpool();
  }

  /** Queues the record. */
  emit(record: LogRecord): void {
    this.deliver(this.syslogMessage(record, this.#options.maxMessageBytes), record.levelno);
  }

  /** Connects now, if it is not connected. @returns A promise that rejects if that fails. */
  createSocket(): Promise<void> {
    return this.transport.open();
  }

  protected override makeTransport(): Transport {
    const { timeout, ackTimeout, window } = this.#options;
    return new RelpTransport({
      connect: () => this.#connector.connect(),
      readyEvent: this.#connector.readyEvent,
      connectTimeoutMs: timeout * 1000,
      ackTimeoutMs: ackTimeout * 1000,
      window,
    });
  }
}
