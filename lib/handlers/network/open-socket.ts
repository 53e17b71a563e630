import type { Socket } from 'node:net';
import { wrongAnswer } from '../../core/overrides.js';

/** Idle time after which the system begins keep-alive probes, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Waits until a connection may be used. It then does not keep the process alive, and its errors do not end it.
 *
 * @param readyEvent The event to wait for: `secureConnect` for TLS.
 * @param timeoutMs How long it may take.
 * Rejects if it cannot be made.
 */
export async function openSocket(socket: Socket, readyEvent: string, timeoutMs: number): Promise<void> {
  // Always listen: an error without a listener would end the process.
  socket.on('error', () => undefined);
  await ready(socket, readyEvent, timeoutMs);
  // What is written is a whole batch; the system need not wait for more of it.
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  // Between two records the process may end; while one is written, the write itself keeps it alive.
  socket.unref();
}

/** The socket that a user's method made. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is not one. */
export function socketBy(made: unknown): Socket {
  const { on, write, destroy } = (made ?? {}) as Partial<Socket>;
  if ([on, write, destroy].every((method) => typeof method === 'function')) return made as Socket;
  throw wrongAnswer('makeSocket', 'a socket of node:net or node:tls', made);
}

/** An error like those of the system, so that repeated ones are reported once. */
export function timedOut(syscall: string, afterMs: number): Error {
  return Object.assign(new Error(`${syscall} ETIMEDOUT after ${afterMs} ms`), { code: 'ETIMEDOUT', syscall });
}

function ready(socket: Socket, event: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.off(event, succeed);
      socket.off('close', fail);
      if (error === undefined) {
        socket.off('error', settle);
        resolve();
        return;
      }
      socket.destroy();
      reject(error);
    };
    const succeed = () => settle();
    const fail = () => settle(new Error('the connection was closed before it was ready'));
    const timer = setTimeout(() => settle(timedOut('connect', timeoutMs)), timeoutMs);
    socket.on('error', settle);
    socket.on('close', fail);
    // What a user's makeSocket gives may be connected already.
    if (event === 'connect' && !socket.connecting && socket.writable) succeed();
    else socket.on(event, succeed);
  });
}
