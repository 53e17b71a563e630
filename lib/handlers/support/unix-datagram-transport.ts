import { LoggingError } from '../../core/errors.js';
import { loadOptionalPeer } from '../../internal/optional-peer.js';
import { DeliveryFailure } from './delivery-failure.js';
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
 * The socket is not connected, so a receiver that was started anew is reached at once.
 */
export class UnixDatagramTransport implements Transport {
  readonly maxMessages = 1;

  readonly #path: string;
  readonly #neededBy: string;
  readonly #frame: ((message: Buffer) => Buffer) | undefined;
  #socket: UnixDgramSocket | undefined;

  /**
   * @param neededBy The handler, for the error: `SysLogHandler`.
   * @param frame Completes each message; default as it is.
   */
  constructor(path: string, neededBy: string, frame?: (message: Buffer) => Buffer) {
    this.#path = path;
    this.#neededBy = neededBy;
    this.#frame = frame;
  }

  /** @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if `unix-dgram` is not installed. */
  async open(): Promise<void> {
    if (this.#socket !== undefined) return;
    const { createSocket } = await loadUnixDgram(`${this.#neededBy} with the datagram socket ${this.#path}`);
    const socket = createSocket('unix_dgram');
    socket.unref?.();
    socket.on('error', () => this.close());
    this.#socket = socket;
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) await this.#sendOne(this.#frame?.(message) ?? message);
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #sendOne(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (socket === undefined) return reject(new DeliveryFailure('the socket was closed', 'retry'));
      socket.send(message, 0, message.length, this.#path, (error) => {
        if (!error) resolve();
        else
          reject(
            new DeliveryFailure(`the datagram to ${this.#path} was not sent`, 'retry', { cause: error }),
          );
      });
    });
  }
}

function loadUnixDgram(neededBy: string): Promise<UnixDgram> {
  return loadOptionalPeer<UnixDgram>({
    name: 'unix-dgram',
    neededBy,
    load: () => import('unix-dgram' as string),
    missing: (message, cause) => new LoggingError('ERR_LOGGING_MISSING_PACKAGE', message, { cause }),
    pick: (module) =>
      typeof module.createSocket === 'function' ? (module as unknown as UnixDgram) : undefined,
  });
}
