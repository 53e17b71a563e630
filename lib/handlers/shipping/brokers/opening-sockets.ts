import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { nodeModule } from '../../../runtime/node-module.js';

/** Where Node announces each socket that a client makes. */
const CHANNEL = 'net.client.socket';

/**
 * The sockets that a client library opens while it connects, to destroy them if that fails: a library that gives up a server
 * which takes connections and says nothing may forget its socket, which then stays open and keeps the process alive.
 */
export class OpeningSockets {
  readonly #sockets = new Set<Socket>();

  /** Connects. Sockets of others, which are opened in the meantime, are not ours. */
  async during<T>(connect: () => Promise<T>): Promise<T> {
    const { subscribe, unsubscribe } = nodeModule('node:diagnostics_channel');
    const scope = new AsyncLocalStorage<true>();
    const opened = (message: unknown) => {
      if (scope.getStore() === true) this.#sockets.add((message as { readonly socket: Socket }).socket);
    };
    subscribe(CHANNEL, opened);
    try {
      const client = await scope.run(true, connect);
      this.#sockets.clear();
      return client;
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      unsubscribe(CHANNEL, opened);
      scope.disable();
    }
  }

  /** Destroys those of a connection that is still being made. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
