import { loadOptionalPeer, notLoaded } from '../../core/optional-peer.js';
import { wrongAnswer } from '../../core/overrides.js';
import { nodeModule } from '../../runtime/node-module.js';
import { DeliveryFailure } from '../delivery/delivery-failure.js';
import type { Transport } from './transport.js';

/** The part of the package `unix-dgram` that is used. */
interface UnixDgram {
  createSocket(type: 'unix_dgram'): UnixDgramSocket;
}

interface UnixDgramSocket {
  send(bytes: Buffer, offset: number, length: number, path: string, done: (error?: Error) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  close(): void;
  unref?(): void;
}

/**
 * Messages as datagrams to a unix socket, such as `/dev/log`. Node has no such sockets: needs the package `unix-dgram`.
 *
 * The socket is not connected, so a restarted receiver is reached at once.
 */
export class UnixDatagramTransport implements Transport {
  readonly maxMessages = 1;

  readonly #path: string;
  readonly #makeSocket: () => unknown;
  readonly #frame: ((message: Buffer) => Buffer) | undefined;
  #socket: UnixDgramSocket | undefined;
  /** How often it was closed. */
  #closes = 0;

  /**
   * @param makeSocket Makes the socket, mostly {@link makeUnixDatagramSocket}.
   * @param frame Completes each message; default as it is.
   */
  constructor(path: string, makeSocket: () => unknown, frame?: (message: Buffer) => Buffer) {
    this.#path = path;
    this.#makeSocket = makeSocket;
    this.#frame = frame;
  }

  get socket(): object | null {
    return this.#socket ?? null;
  }
  set socket(socket: object | null) {
    this.close();
    if (socket !== null) this.#use(unixSocketBy(socket));
  }

  async open(): Promise<void> {
    if (this.#socket !== undefined) return;
    const closes = this.#closes;
    const socket = unixSocketBy(await this.#makeSocket());
    if (closes === this.#closes) this.#use(socket);
    // Nobody would ever close it.
    else socket.close();
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) await this.#sendOne(this.#frame?.(message) ?? message);
  }

  close(): void {
    this.#closes += 1;
    const socket = this.#socket;
    this.#socket = undefined;
    try {
      socket?.close();
    } catch {
      // Its user has closed it.
    }
  }

  #use(socket: UnixDgramSocket): void {
    socket.unref?.();
    socket.on('error', () => this.close());
    this.#socket = socket;
  }

  #sendOne(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (socket === undefined) return reject(new DeliveryFailure('the socket was closed', 'retry'));
      socket.send(message, 0, message.length, this.#path, (error) => {
        if (!error) resolve();
        else reject(describe(error, this.#path, message.length));
      });
    });
  }
}

function describe(error: Error, path: string, bytes: number): DeliveryFailure {
  // The package gives the system's number, below zero.
  const { errno } = error as { readonly errno?: unknown };
  if (errno !== -nodeModule('node:os').constants.errno.EMSGSIZE)
    return new DeliveryFailure(`the datagram to ${path} was not sent`, 'retry', { cause: error });
  return new DeliveryFailure(`${bytes} bytes are too many for a datagram to ${path}`, 'reject', {
    reason: 'oversize',
    cause: error,
  });
}

/**
 * A socket for datagrams to unix sockets.
 *
 * @param neededBy The handler, for the error: `SysLogHandler`.
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if `unix-dgram` is not installed.
 */
export async function makeUnixDatagramSocket(path: string, neededBy: string): Promise<object> {
  const { createSocket } = await loadUnixDgram(`${neededBy} with the datagram socket ${path}`);
  return createSocket('unix_dgram');
}

/** The socket that a user's method made. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is not one. */
function unixSocketBy(made: unknown): UnixDgramSocket {
  const { on, send, close } = (made ?? {}) as Partial<UnixDgramSocket>;
  if ([on, send, close].every((method) => typeof method === 'function')) return made as UnixDgramSocket;
  throw wrongAnswer('makeSocket', 'a socket of unix-dgram', made);
}

function loadUnixDgram(neededBy: string): Promise<UnixDgram> {
  return loadOptionalPeer<UnixDgram>({
    name: 'unix-dgram',
    neededBy,
    load: async () => {
      try {
        return await import('unix-dgram' as string);
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['createSocket'],
  });
}
