import type { Socket } from 'node:dgram';
import { LEAN } from '../core/lean.js';
import { SocketHandler } from './socket.handler.js';
import { DatagramTransport } from './support/datagram-transport.js';
import { isLocal, UnixDatagramTransport } from './support/unix-datagram-transport.js';
import type { Transport } from './support/transport.js';

/**
 * Sends records as UDP datagrams, each in the form of {@link SocketHandler}, length included, as Python does.
 *
 * Delivery: `at-most-once`, and nothing tells what was lost on the way; what is too large for a datagram (65 507 bytes)
 * is counted in `stats` and reported.
 *
 * @example
 * new DatagramHandler({ host: '127.0.0.1', port: 9021 })
 * @see https://docs.python.org/3/library/logging.handlers.html#datagramhandler
 */
export class DatagramHandler extends SocketHandler {
  static override readonly [LEAN] = true;
}
