import type { Socket } from 'node:dgram';
import { wrongAnswer } from '../../core/overrides.js';
import { nodeModule } from '../../runtime/node-module.js';
import { DeliveryFailure } from '../delivery/delivery-failure.js';
import type { Transport } from './transport.js';

/** How long the address of a host name is remembered, in milliseconds. */
const LOOKUP_MS = 60_000;

/** Options of {@link DatagramTransport}. */
export interface DatagramTransportOptions {
  /** Completes each message; default as it is. */
  readonly frame?: ((message: Buffer) => Buffer) | undefined;
  /** Makes the socket, for an address of that family; default an ordinary one. */
  readonly makeSocket?: ((family: 4 | 6) => unknown) | undefined;
}

/** Where datagrams go, and over which socket. */
interface Destination {
  readonly socket: Socket;
  readonly address: string;
  readonly until: number;
}

/**
 * Messages as UDP datagrams. 'Sent' means given to the system: it is unknown what arrives.
 *
 * The socket is not connected, as in Python: a connected one fails the first datagram after the receiver was away.
 */
export class DatagramTransport implements Transport {
  readonly maxMessages = 1;

  readonly #host: string;
  readonly #port: number;
  readonly #options: DatagramTransportOptions;
  /** A socket that a user has set, before it is used. */
  #given: Socket | undefined;
  #destination: Destination | undefined;
  /** How often it was closed. */
  #closes = 0;

  constructor(host: string, port: number, options: DatagramTransportOptions = {}) {
    this.#host = host;
    this.#port = port;
    this.#options = options;
  }

  get socket(): Socket | null {
    return this.#destination?.socket ?? this.#given ?? null;
  }
  set socket(socket: object | null) {
    this.close();
    this.#given = socket === null ? undefined : datagramSocketBy(socket);
  }

  async open(): Promise<void> {
    if (this.#destination !== undefined && Date.now() < this.#destination.until) return;
    let closes = this.#closes;
    const found = await this.#find();
    if (closes !== this.#closes && this.#given === undefined)
      throw new DeliveryFailure('the socket was closed', 'retry');
    const given = this.#given;
    this.#given = undefined;
    this.close();
    closes = this.#closes;
    const socket = given ?? datagramSocketBy(await this.#makeSocket(found.family === 6 ? 6 : 4));
    if (closes !== this.#closes) {
      // Nobody would ever close it.
      end(socket);
      throw new DeliveryFailure('the socket was closed', 'retry');
    }
    // Between two records the process may end; a datagram on its way keeps it alive until it is out.
    socket.unref();
    socket.on('error', () => this.close());
    this.#destination = { socket, address: found.address, until: Date.now() + LOOKUP_MS };
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) await this.#sendOne(this.#options.frame?.(message) ?? message);
  }

  close(): void {
    this.#closes += 1;
    for (const socket of [this.#destination?.socket, this.#given]) if (socket !== undefined) end(socket);
    this.#destination = undefined;
    this.#given = undefined;
  }

  #makeSocket(family: 4 | 6): unknown {
    const { makeSocket } = this.#options;
    if (makeSocket !== undefined) return makeSocket(family);
    return nodeModule('node:dgram').createSocket(family === 6 ? 'udp6' : 'udp4');
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
      try {
        destination.socket.send(message, this.#port, destination.address, (error) => {
          if (error === null) resolve();
          else reject(describe(error, message.length));
        });
      } catch (error) {
        // Somebody has closed it; the next attempt makes another.
        this.close();
        reject(describe(error as Error, message.length));
      }
    });
  }
}

/** Closes a socket, which its user may have done already. */
function end(socket: Socket): void {
  socket.removeAllListeners('error').on('error', () => undefined);
  try {
    socket.close();
  } catch {
    // It is closed.
  }
}

/** The socket that a user's method made. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is not one. */
function datagramSocketBy(made: unknown): Socket {
  const { on, send, close } = (made ?? {}) as Partial<Socket>;
  if ([on, send, close].every((method) => typeof method === 'function')) return made as Socket;
  throw wrongAnswer('makeSocket', 'a socket of node:dgram', made);
}

function describe(error: NodeJS.ErrnoException, bytes: number): DeliveryFailure {
  if (error.code !== 'EMSGSIZE')
    return new DeliveryFailure('the datagram was not sent', 'retry', { cause: error });
  return new DeliveryFailure(`${bytes} bytes are too many for a datagram`, 'reject', {
    reason: 'oversize',
    cause: error,
  });
}
