import type { Socket } from 'node:net';

/** Idle time after which the system begins to ask whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Waits until a connection may be used. It then keeps no process alive by itself, and an error of it ends none.
 *
 * @param readyEvent The event that tells: `secureConnect` for TLS.
 * @param timeoutMs How long it may take.
 * Rejects if it cannot be made.
 */
export async function openSocket(socket: Socket, readyEvent: string, timeoutMs: number): Promise<void> {
  // Whoever else listens: an error that nobody listens for would end the process.
  socket.on('error', () => undefined);
  await ready(socket, readyEvent, timeoutMs);
  // What is written is a whole batch; the system need not wait for more of it.
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  // Between two records the process may end; while one is written, the write itself keeps it alive.
  socket.unref();
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
