import type * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { nodeModule } from '../../runtime/node-module.js';
import { DatagramTransport } from './datagram-transport.js';
import { type DatagramHandlerOptions, datagramHandlerSchema, SocketHandler } from './socket.handler.js';
import type { Transport } from './transport.js';
import { makeUnixDatagramSocket, UnixDatagramTransport } from './unix-datagram-transport.js';

/**
 * Sends records as UDP datagrams, each in the form of {@link SocketHandler}, length included, as Python does; to a unix
 * datagram socket where `port` is `null`, which needs the package `unix-dgram`.
 *
 * Delivery: `at-most-once`, and losses on the way are not noticed; what is too large for a datagram (65 507 bytes)
 * is counted in `stats` and reported.
 *
 * Differs from Python: `makeSocket` gets the family of the address that the name turned out to have.
 *
 * @example
 * new DatagramHandler({ host: '127.0.0.1', port: 9021 })
 * @see https://docs.python.org/3/library/logging.handlers.html#datagramhandler
 */
export class DatagramHandler extends SocketHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<DatagramHandlerOptions, object>;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(DatagramHandler, {
    name: 'DatagramHandler',
    pythonNames: ['logging.handlers.DatagramHandler'],
    schema: datagramHandlerSchema,
  });

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: DatagramHandlerOptions) {
    checkOptions(new.target.name, datagramHandlerSchema(), options, Object.hasOwn(new.target, LEAN));
    super(options);
  }

  /**
   * Makes the socket; override it for one with other settings. A promise of one will do.
   *
   * @param family That of the address: a socket of the other could not send there. No matter for a unix socket.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in Python a datagram socket replaces the stream of the parent
  override makeSocket(family: 4 | 6 = 4): any {
    if (this.port === null) return makeUnixDatagramSocket(this.host, this.constructor.name);
    return nodeModule('node:dgram').createSocket(family === 6 ? 'udp6' : 'udp4');
  }

  protected override makeTransport(): Transport {
    const { host, port } = this;
    return port === null
      ? new UnixDatagramTransport(host, () => this.makeSocket())
      : new DatagramTransport(host, port, { makeSocket: (family) => this.makeSocket(family) });
  }
}
