import type { Socket } from 'node:net';
import type * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { nodeModule } from '../internal/node-module.js';
import { Backoff } from './support/backoff.js';
import { withLength } from './support/framing.js';
import { NetworkHandler } from './support/network-handler.js';
import { Pickler } from './support/pickle.js';
import { dictJson } from './support/record-json.js';
import { pickleDict, transferDict } from './support/record-transfer.js';
import { type SocketHandlerOptions, socketHandlerSchema } from './support/socket-options.js';
import { SETTLE_MS, StreamTransport } from './support/stream-transport.js';
import type { Transport } from './support/transport.js';

/**
 * Sends records to a TCP server or a unix socket, in the form that Python's `SocketHandler` has: the length in four
 * bytes, then the record's dictionary as a pickle. A Python program reads it with `logging.makeLogRecord`.
 *
 * With `format: 'json'` the same dictionary goes as JSON, after the same length, or, with `framing: 'newline'`, as one
 * line each.
 *
 * Delivery: `at-most-once`. A log call only queues; a connection that breaks is made again with back-off. What was on
 * its way when it broke, and what the queue had no room for, is counted in `stats` and reported. What waits goes with
 * the process: `shutdown()` sends it first.
 *
 * With a `spool`: `at-least-once`. What waits is in files. A connection has to last half a second after a write for what
 * was written to count as arrived, and each record has a field `spool_id`, by which a receiver knows one that came
 * before.
 *
 * Differs from Python: nothing waits for the network. After `close` records are lost and counted; Python connects anew.
 *
 * @example
 * new SocketHandler({ host: 'logs.example.com', port: 9020 })
 * @see https://docs.python.org/3/library/logging.handlers.html#sockethandler
 */
export class SocketHandler extends NetworkHandler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<SocketHandlerOptions, object>;
  static {
    lazyProperty(SocketHandler, 'optionsSchema', socketHandlerSchema);
  }

  /** Name or address of the server; the path of the socket where `port` is `null`. */
  readonly host: string;
  /** Its port; `null` for a unix socket. */
  readonly port: number | null;
  /** What the connection is made to: `[host, port]`, or the path of a unix socket. */
  readonly address: string | readonly [host: string, port: number];
  /** Whether a broken connection is made again in silence; default false: it is reported, at most once in 10 s. */
  closeOnError: boolean;

  readonly #format: 'pickle' | 'json';
  readonly #framing: 'length' | 'newline';
  readonly #backoff: Backoff;
  readonly #pickler = new Pickler();

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: SocketHandlerOptions) {
    const o = checkOptions(new.target.name, socketHandlerSchema(), options, Object.hasOwn(new.target, LEAN));
    const backoff = new Backoff({
      initialMs: o.retryStart * 1000,
      maxMs: o.retryMax * 1000,
      factor: o.retryFactor,
    });
    super(o, backoff, `${o.format}.${o.framing}`);
    this.#backoff = backoff;
    this.host = o.host;
    this.port = o.port ?? null;
    this.address = this.port === null ? o.host : [o.host, this.port];
    this.closeOnError = o.closeOnError;
    this.#format = o.format;
    this.#framing = o.framing;
    this.openSpool();
  }

  /** The most the first wait between two attempts to connect takes, in seconds. */
  get retryStart(): number {
    return this.#backoff.initialMs / 1000;
  }
  set retryStart(seconds: number) {
    this.#backoff.initialMs = seconds * 1000;
  }

  /** The most any of these waits takes, in seconds. */
  get retryMax(): number {
    return this.#backoff.maxMs / 1000;
  }
  set retryMax(seconds: number) {
    this.#backoff.maxMs = seconds * 1000;
  }

  /** By how much each of these waits may be longer than the last. */
  get retryFactor(): number {
    return this.#backoff.factor;
  }
  set retryFactor(factor: number) {
    this.#backoff.factor = factor;
  }

  /** Queues the record's bytes. */
  emit(record: LogRecord): void {
    this.send(this.makePickle(record), record.levelno);
  }

  /** The bytes of a record as they go over the wire, framing included; override it for another form. */
  makePickle(record: LogRecord): Buffer {
    const dict = transferDict(record);
    const { nextRecordId } = this;
    if (nextRecordId !== undefined) dict.spool_id = nextRecordId;
    if (this.#format === 'pickle') return withLength(pickleDict(dict, this.#pickler));
    const json = dictJson(dict);
    return this.#framing === 'newline' ? Buffer.from(`${json}\n`) : withLength(Buffer.from(json));
  }

  /**
   * Queues bytes to be sent.
   *
   * @param levelno Decides who goes first when the queue is full; default 0, the first of all.
   */
  send(bytes: Buffer, levelno = 0): void {
    this.deliver(bytes, levelno);
  }

  /** Starts a connection; override it, for example to use TLS. @returns A socket that connects or is connected. */
  makeSocket(): Socket {
    const { connect } = nodeModule('node:net');
    return this.port === null ? connect({ path: this.host }) : connect({ host: this.host, port: this.port });
  }

  /** Connects now, if it is not connected. @returns A promise that rejects if that fails. */
  createSocket(): Promise<void> {
    return this.transport.open();
  }

  /** The connection, or `null` while there is none. */
  get sock(): object | null {
    return this.transport instanceof StreamTransport ? this.transport.socket : null;
  }

  protected override makeTransport(): Transport {
    const settleMs = this.delivery === 'at-least-once' ? SETTLE_MS : undefined;
    return new StreamTransport({ connect: () => this.makeSocket(), settleMs });
  }

  protected override deliveryFailed(fault: Error): void {
    if (!this.closeOnError) super.deliveryFailed(fault);
  }
}
