import type { Socket } from 'node:net';
import { DeliveryFailure } from '../delivery/delivery-failure.js';
import { ConnectedTransport, type ConnectedTransportOptions } from './connected-transport.js';
import { timedOut } from './open-socket.js';

/** How long the other side may take none of what is sent before the connection is given up, in milliseconds. */
const STALL_MS = 10_000;
/** What has to be taken in that time: a slow link is not a broken one. */
const PIECE_BYTES = 64 * 1024;

/** Options of {@link StreamTransport}. */
export interface StreamTransportOptions extends ConnectedTransportOptions {
  /**
   * How long a connection has to last after a write for what was written to count as arrived, in milliseconds; default
   * 0. A server that ends usually closes the connection at once, and what it had not read by then is sent again.
   */
  readonly settleMs?: number | undefined;
  /** Frames a message, so that it is separate from the next on a stream; default unchanged. */
  readonly frame?: ((message: Buffer) => Buffer) | undefined;
}

/** How long that is where nothing may be lost, in milliseconds. */
export const SETTLE_MS = 500;
/** The most messages of a batch then: each batch takes that long. */
const MAX_SETTLED = 100_000;

/** Messages over a stream: TCP, TLS or a unix socket. Messages carry their own framing. */
export class StreamTransport extends ConnectedTransport {
  readonly maxMessages: number;
  readonly #options: StreamTransportOptions;

  constructor(options: StreamTransportOptions) {
    super(options);
    this.#options = options;
    this.maxMessages = options.settleMs === undefined ? 256 : MAX_SETTLED;
  }

  /** All or none: when a connection breaks, it is unknown how much of what was written has arrived. */
  async send(messages: readonly Buffer[]): Promise<void> {
    const socket = this.connection;
    if (socket === undefined) throw new DeliveryFailure('the other side closed the connection', 'retry');
    const { frame, settleMs = 0 } = this.#options;
    const bytes = Buffer.concat(frame === undefined ? messages : messages.map(frame));
    const error =
      (await write(socket, bytes)) ?? (settleMs > 0 ? await brokenWithin(socket, settleMs) : undefined);
    if (error === undefined) return;
    this.forget(socket);
    throw new DeliveryFailure('the connection broke', 'reject', { reason: 'failed', cause: error });
  }

  protected override begin(socket: Socket): void {
    // Answers are read and forgotten: unread ones would hide that the other side has gone.
    socket.resume();
  }
}

/** Writes all of it, however long that takes while the other side takes some; resolves with what went wrong. */
async function write(socket: Socket, bytes: Buffer): Promise<Error | undefined> {
  let error: Error | undefined;
  for (let start = 0; start < bytes.length && error === undefined; start += PIECE_BYTES)
    error = await writePiece(socket, bytes.subarray(start, start + PIECE_BYTES));
  return error;
}

function writePiece(socket: Socket, bytes: Buffer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: Error | null) => {
      clearTimeout(timer);
      socket.off('close', closed);
      resolve(error ?? undefined);
    };
    const closed = () => settle(new Error('the connection broke'));
    const timer = setTimeout(() => settle(timedOut('write', STALL_MS)), STALL_MS);
    // It may have broken between two pieces.
    if (socket.destroyed) return closed();
    socket.on('close', closed);
    socket.write(bytes, settle);
  });
}

/** Resolves with what is wrong as soon as a connection breaks, or with nothing once it has lasted. */
function brokenWithin(socket: Socket, waitMs: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.off('close', closed);
      resolve(error);
    };
    const closed = () => settle(new Error('the connection broke before what was sent can have arrived'));
    const timer = setTimeout(settle, waitMs, undefined);
    if (socket.destroyed) closed();
    else socket.on('close', closed);
  });
}
