import type { ConnectionOptions } from 'node:tls';
import { whenActive } from '../../../core/activation.js';
import { LoggingError } from '../../../core/errors.js';
import type { Handler } from '../../../core/handler.js';
import { loadOptionalPeer, type OptionalPeer } from '../../../runtime/optional-peer.js';
import { ErrorReporter } from '../../delivery/error-reporter.js';
import { tlsOptions, warnInsecure, warnPlainPassword } from '../../network/tls-options.js';
import type { HttpShippingSettings } from '../http/http-shipping-options.js';

/** How the client that a destination speaks through is had. */
export interface ClientSource<C> {
  /** Connects; what it rejects with fails the attempt. */
  open(): Promise<C>;
  /** Whether it can still be used; default true. */
  isOpen?(client: C): boolean;
  /** Lets go of it. */
  close(client: C): unknown;
}

/**
 * The client that a destination speaks through: opened when there is something to send, opened again when it was lost.
 *
 * Clients of our own do not reconnect by themselves and keep nothing back: the handler tries again, with what waits in
 * its bounded queue. Otherwise an outage would be waited for twice, and what was given up would be sent later after all.
 */
export class Client<C> {
  readonly #source: ClientSource<C>;
  #opening: Promise<C> | undefined;
  #client: C | undefined;

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
    const client = this.#client;
    this.#client = undefined;
    // One that is opened only now is closed then.
    this.#opening = undefined;
    if (client !== undefined) await quietly(() => this.#source.close(client));
  }

  /**
   * Runs an exchange with the client; releases it if the exchange is given up before there is an answer. Rejects without
   * an exchange if the signal is aborted before there is a client.
   */
  async use<T>(signal: AbortSignal, exchange: (client: C) => Promise<T>): Promise<T> {
    const client = await this.get();
    // The attempts that a slow connection has outlasted must not all send their batch once it is there.
    signal.throwIfAborted();
    const drop = () => void this.drop();
    signal.addEventListener('abort', drop, { once: true });
    try {
      return await exchange(client);
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  #open(): Promise<C> {
    const opening: Promise<C> = this.#source.open().then(
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

async function quietly(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // It was to end, and it has.
  }
}

/** A package that a destination needs; see {@link OptionalPeer}. */
export type ShippingPeer<T> = Omit<OptionalPeer<T>, 'missing'>;

/** Loads the package of a destination. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
export function loadPeer<T>(peer: ShippingPeer<T>): Promise<T> {
  const missing = (message: string, cause: unknown) =>
    new LoggingError('ERR_LOGGING_MISSING_PACKAGE', message, { cause });
  return loadOptionalPeer<T>({ ...peer, missing });
}

/** Loads the package of a handler as soon as its configuration is active, and reports it if it is missing. */
export function loadSoon(handler: Handler, load: () => Promise<unknown>): void {
  const report = (error: unknown) => new ErrorReporter(handler).report(error as Error);
  whenActive({ commit: () => void load().catch(report) });
}

/** How TLS is spoken by a client of our own; `undefined` where it is not. Warns of what can be read on the way. */
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
