import type * as v from 'valibot';
import { whenActive } from '../../../core/activation.js';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { Backoff } from '../../delivery/backoff.js';
import type { Connector } from '../../network/connector.js';
import { hostPort } from '../../network/host-port.js';
import { warnInsecure } from '../../network/tls-options.js';
import type { Transport } from '../../network/transport.js';
import { syslogConnector } from '../syslog-connector.js';
import { parseAddress } from '../syslog-options.js';
import { SyslogSender } from '../syslog-sender.js';
import { type RelpHandlerOptions, relpHandlerSchema } from './relp-options.js';
import { RelpTransport } from './relp-transport.js';

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
