import type { Socket } from 'node:net';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { bytesBy, settle, textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { hasError } from '../../core/records/record-traceback.js';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';
import { Backoff } from '../delivery/backoff.js';
import { boundEntries } from '../delivery/delivery-options.js';
import type { QueueEntry } from '../delivery/delivery-queue.js';
import { spoolEntries } from '../delivery/spool/spool-options.js';
import { handlerEntries, timerSeconds } from '../handler-options.js';
import { Pickler } from '../wire/pickle.js';
import { dictJson } from '../wire/record-json.js';
import { pickleDict, transferDict } from '../wire/record-transfer.js';
import { hostPort } from './host-port.js';
import { NetworkHandler } from './network-handler.js';
import { SETTLE_MS, StreamTransport } from './stream-transport.js';
import type { Transport } from './transport.js';

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
      v.pipe(
        timerSeconds(),
        v.description('The most the first wait between two attempts takes, in seconds.'),
      ),
      1,
    ),
    retryMax: v.optional(
      v.pipe(timerSeconds(), v.description('The most any of these waits takes, in seconds.')),
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
const socketHandlerSchema = lazy(() =>
  v.strictObject({ ...datagramHandlerSchema().entries, ...spoolEntries() }),
);

/** Options of SocketHandler. */
export type SocketHandlerOptions = v.InferInput<ReturnType<typeof socketHandlerSchema>>;

/** Options of DatagramHandler. */
export type DatagramHandlerOptions = v.InferInput<ReturnType<typeof datagramHandlerSchema>>;

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
 * Differs from Python: nothing waits for the network. After `close` records are lost and counted; Python connects
 * again.
 *
 * @example
 * new SocketHandler({ host: 'logs.example.com', port: 9020 })
 * @see https://docs.python.org/3/library/logging.handlers.html#sockethandler
 */
export class SocketHandler extends NetworkHandler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<SocketHandlerOptions, object>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(SocketHandler, {
    name: 'SocketHandler',
    pythonNames: ['logging.handlers.SocketHandler'],
    schema: socketHandlerSchema,
  });

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
  /** The record that is being emitted. */
  #emitted: LogRecord | undefined;

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
    const bytes = bytesBy(this.makePickle(record), 'makePickle', this, record);
    this.#emitted = record;
    try {
      settle(this.send(bytes, record.levelno), this, record);
    } finally {
      this.#emitted = undefined;
    }
  }

  /** The bytes of a record as they go over the wire, framing included; override it for another form. */
  makePickle(record: LogRecord): Buffer {
    const dict = transferDict(record);
    // As in Python it is the formatter that writes the traceback.
    const isFormatted = this.formatter !== null || this.format !== Handler.prototype.format;
    if (isFormatted && hasError(record)) {
      textBy(this.format(record), this, record);
      if (record.excText) dict.exc_text = record.excText;
    }
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
    this.deliver(bytesBy(bytes, 'send', this), levelno, this.#emitted);
  }

  /** Starts a connection; override it, for example to use TLS. @returns A socket that connects or is connected. */
  makeSocket(): Socket {
    const { connect } = nodeModule('node:net');
    return this.port === null ? connect({ path: this.host }) : connect({ host: this.host, port: this.port });
  }

  /** The connection, or `null` while there is none; an overridden `createSocket` sets it. */
  get sock(): object | null {
    return this.transport.socket;
  }
  set sock(sock: object | null) {
    this.transport.socket = sock;
  }

  /**
   * With {@link SocketHandler.closeOnError} an open connection is closed silently, and opened again for the next
   * record.
   */
  override handleError(record: LogRecord, error?: unknown): void {
    if (this.closeOnError && this.sock !== null) this.sock = null;
    else super.handleError(record, error);
  }

  protected override get receiver(): string {
    return hostPort(this.host, this.port);
  }

  protected override makeTransport(): Transport {
    const settleMs = this.delivery === 'at-least-once' ? SETTLE_MS : undefined;
    return new StreamTransport({ connect: () => this.makeSocket(), settleMs });
  }

  protected override get usualHandleError(): SocketHandler['handleError'] {
    return SocketHandler.prototype.handleError;
  }

  protected override deliveryFailed(error: Error, entries: readonly QueueEntry<unknown>[]): void {
    if (!this.closeOnError || this.handleError !== this.usualHandleError)
      super.deliveryFailed(error, entries);
  }
}

/** A message after its length, four bytes, the highest first: Python's framing of pickles. */
function withLength(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(4 + message.length);
  framed.writeUInt32BE(message.length, 0);
  message.copy(framed, 4);
  return framed;
}
