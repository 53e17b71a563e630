import type { ConnectionOptions } from 'node:tls';
import { whenActive } from '../../../core/activation.js';
import type { Handler } from '../../../core/handler.js';
import { ErrorReporter } from '../../delivery/error-reporter.js';
import { tlsOptions, warnInsecure, warnPlainPassword } from '../../network/tls-options.js';
import type { HttpShippingSettings } from '../http/http-shipping-options.js';
import { OpeningSockets } from './opening-sockets.js';

/** How the client that a destination speaks through is had. */
export interface ClientSource<C> {
  /** Connects; what it rejects with fails the attempt. */
  open(): Promise<C>;
  /** Whether it can still be used; default true. */
  isOpen?(client: C): boolean;
  /** Lets go of it. */
  close(client: C): unknown;
  /** Whether an open client keeps the process alive, so that an idle one has to be closed; default false. */
  readonly keepsAlive?: boolean;
}

/** How long a client may be idle before it is closed, in milliseconds: at first, and once that has turned out too short. */
const IDLE_MS = 1_000;
const MAX_IDLE_MS = 30_000;
/** How often an idle client asks whether the process still serves, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * The client that a destination speaks through: opened when there is something to send, opened again when it was lost.
 *
 * Clients of our own do not reconnect by themselves and buffer nothing: the handler tries again, with what waits in its
 * bounded queue. Otherwise there would be two back-offs during an outage, and what was given up would be sent later
 * after all.
 *
 * Their sockets and timers keep the process alive, and we cannot unref them. So an idle client is closed, unless the
 * process listens and will not end by itself anyway. It is closed after a second, and after twice as long each time it
 * was needed again.
 */
export class Client<C> {
  readonly #source: ClientSource<C>;
  #opening: Promise<C> | undefined;
  #sockets: OpeningSockets | undefined;
  #client: C | undefined;
  #exchanges = 0;
  #idleMs = IDLE_MS;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(source: ClientSource<C>) {
    this.#source = source;
  }

  /** The client, connected. */
  async get(): Promise<C> {
    const client = this.#client;
    if (client !== undefined && this.#source.isOpen?.(client) !== false) return client;
    if (client !== undefined) await this.drop();
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Lets go of the client; the next `get` opens another. Never rejects. */
  async drop(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const client = this.#client;
    this.#client = undefined;
    // One that is opened all the same is closed then.
    this.#opening = undefined;
    this.#sockets?.destroy();
    this.#sockets = undefined;
    if (client !== undefined) await quietly(() => this.#source.close(client));
  }

  /**
   * Runs an exchange with the client; releases it if the exchange is given up before there is an answer. Rejects without
   * an exchange if the signal is aborted before there is a client.
   */
  async use<T>(signal: AbortSignal, exchange: (client: C) => Promise<T>): Promise<T> {
    clearTimeout(this.#idleTimer);
    this.#exchanges += 1;
    try {
      return await this.#exchange(signal, exchange);
    } finally {
      this.#exchanges -= 1;
      this.#closeIdle(this.#idleMs);
    }
  }

  async #exchange<T>(signal: AbortSignal, exchange: (client: C) => Promise<T>): Promise<T> {
    const client = await this.get();
    // An attempt may be over before a slow connection is open. It must not send its batch then.
    signal.throwIfAborted();
    const drop = () => void this.drop();
    signal.addEventListener('abort', drop, { once: true });
    try {
      return await exchange(client);
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  /** Closes the client if it is not used for so long. */
  #closeIdle(afterMs: number): void {
    clearTimeout(this.#idleTimer);
    if (this.#exchanges > 0 || this.#client === undefined || this.#source.keepsAlive !== true) return;
    this.#idleTimer = setTimeout(() => {
      if (isServing()) {
        this.#closeIdle(LOOK_MS);
        return;
      }
      this.#idleMs = Math.min(2 * this.#idleMs, MAX_IDLE_MS);
      void this.drop();
    }, afterMs).unref();
  }

  #open(): Promise<C> {
    const sockets = new OpeningSockets();
    this.#sockets = sockets;
    const opening: Promise<C> = sockets
      .during(() => this.#source.open())
      .then(
        async (client) => {
          if (this.#opening !== opening) {
            await quietly(() => this.#source.close(client));
            throw new Error('the connection was closed while it was made');
          }
          this.#opening = undefined;
          this.#client = client;
          return client;
        },
        (error: unknown) => {
          if (this.#opening === opening) this.#opening = undefined;
          throw error;
        },
      );
    return opening;
  }
}

/** Whether the process listens, and so goes on without us. */
function isServing(): boolean {
  return process.getActiveResourcesInfo().includes('TCPServerWrap');
}

async function quietly(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // It was to end, and it has.
  }
}

/** Loads the package of a handler as soon as its configuration is active, and reports it if it is missing. */
export function loadSoon(handler: Handler, load: () => Promise<unknown>): void {
  const report = (error: unknown) => new ErrorReporter(handler).report(error as Error);
  whenActive({ commit: () => void load().catch(report) });
}

/** The TLS options of a client of our own; `undefined` without TLS. Warns if others could read what is sent. */
export function clientTls(
  handler: string,
  host: string,
  { tls, hasSecret = false }: { tls: HttpShippingSettings['tls']; hasSecret?: boolean },
): ConnectionOptions | undefined {
  if (tls === undefined || tls === false) {
    whenActive({ commit: () => hasSecret && warnPlainPassword(handler, host, 'tls: true') });
    return undefined;
  }
  const { insecure = false, ...context } = tls === true ? {} : tls;
  whenActive({ commit: () => insecure && warnInsecure(handler, host) });
  return tlsOptions(tls === true ? undefined : (context as never), `${handler}.tls`, insecure);
}
