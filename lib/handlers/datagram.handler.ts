import type * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { SocketHandler } from './socket.handler.js';
import { DatagramTransport } from './support/datagram-transport.js';
import { type DatagramHandlerOptions, datagramHandlerSchema } from './support/socket-options.js';
import type { Transport } from './support/transport.js';
import { UnixDatagramTransport } from './support/unix-datagram-transport.js';

/**
 * Sends records as UDP datagrams, each in the form of {@link SocketHandler}, length included, as Python does; to a unix
 * datagram socket where `port` is `null`, which needs the package `unix-dgram`.
 *
 * Delivery: `at-most-once`, and nothing tells what was lost on the way; what is too large for a datagram (65 507 bytes)
 * is counted in `stats` and reported.
 *
 * Differs from Python: `makeSocket` has no part in it, since a socket has to fit the address that a name turns out to have.
 *
 * @example
 * new DatagramHandler({ host: '127.0.0.1', port: 9021 })
 * @see https://docs.python.org/3/library/logging.handlers.html#datagramhandler
 */
export class DatagramHandler extends SocketHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<DatagramHandlerOptions, object>;
  static {
    lazyProperty(DatagramHandler, 'optionsSchema', datagramHandlerSchema);
  }

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: DatagramHandlerOptions) {
    checkOptions(new.target.name, datagramHandlerSchema(), options, Object.hasOwn(new.target, LEAN));
    super(options);
  }

  /** The socket, or `null` before the first record. */
  override get sock(): object | null {
    return this.transport instanceof DatagramTransport ? this.transport.socket : null;
  }

  protected override makeTransport(): Transport {
    const { host, port } = this;
    return port === null
      ? new UnixDatagramTransport(host, this.constructor.name)
      : new DatagramTransport(host, port);
  }
}
