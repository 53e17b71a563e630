import type { Socket } from 'node:dgram';
import { nodeModule } from '../../internal/node-module.js';
import { DeliveryFailure } from './delivery-failure.js';
import type { Transport } from './transport.js';

/** How long the address of a host name is remembered, in milliseconds. */
const LOOKUP_MS = 60_000;

/** Where datagrams go, and over which socket. */
interface Destination {
  readonly socket: Socket;
  readonly address: string;
  readonly until: number;
}

/**
 * Messages as UDP datagrams. 'Sent' means given to the system: nothing tells what arrives.
 *
 * The socket is not connected, as in Python: a connected one fails the first datagram after the receiver was away.
 */
export class DatagramTransport implements Transport {
  readonly maxMessages = 1;

  readonly #host: string;
  readonly #port: number;
  readonly #frame: ((message: Buffer) => Buffer) | undefined;
  #destination: Destination | undefined;

  /** @param frame Completes each message; default as it is. */
  constructor(host: string, port: number, frame?: (message: Buffer) => Buffer) {
    this.#host = host;
    this.#port = port;
    this.#frame = frame;
  }

  /** The socket in use, or `null`. */
  get socket(): Socket | null {
    return this.#destination?.socket ?? null;
  }

  async open(): Promise<void> {
    if (this.#destination !== undefined && Date.now() < this.#destination.until) return;
    const found = await this.#find();
    this.close();
    const socket = nodeModule('node:dgram').createSocket(found.family === 6 ? 'udp6' : 'udp4');
    // Between two records the process may end; a datagram on its way keeps it alive until it is out.
    socket.unref();
    socket.on('error', () => this.close());
    this.#destination = { socket, address: found.address, until: Date.now() + LOOKUP_MS };
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) await this.#sendOne(this.#frame?.(message) ?? message);
  }

  close(): void {
    this.#destination?.socket
      .removeAllListeners('error')
      .on('error', () => undefined)
      .close();
    this.#destination = undefined;
  }

  /** The address of the host; where the look-up fails, the one that was good so far. */
  async #find(): Promise<{ readonly address: string; readonly family: number }> {
    const { isIP } = nodeModule('node:net');
    const family = isIP(this.#host);
    if (family > 0) return { address: this.#host, family };
    try {
      return await nodeModule('node:dns/promises').lookup(this.#host);
    } catch (error) {
      const address = this.#destination?.address;
      if (address === undefined) throw error;
      return { address, family: isIP(address) };
    }
  }

  #sendOne(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const destination = this.#destination;
      if (destination === undefined) return reject(new DeliveryFailure('the socket was closed', 'retry'));
      destination.socket.send(message, this.#port, destination.address, (error) => {
        if (error === null) resolve();
        else reject(describe(error, message.length));
      });
    });
  }
}

function describe(error: NodeJS.ErrnoException, bytes: number): DeliveryFailure {
  if (error.code !== 'EMSGSIZE')
    return new DeliveryFailure('the datagram was not sent', 'retry', { cause: error });
  return new DeliveryFailure(`${bytes} bytes are too many for a datagram`, 'reject', {
    reason: 'oversize',
    cause: error,
  });
}
