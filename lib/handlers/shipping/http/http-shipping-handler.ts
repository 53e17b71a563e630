import type { Agent } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { whenActive } from '../../../core/activation.js';
import { LoggingError } from '../../../core/errors.js';
import { LEAN } from '../../../core/lean.js';
import { wrongAnswer } from '../../../core/overrides.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { exchangeHttp, type HttpAnswer, type HttpTarget } from '../../http/http-request.js';
import { hostPort } from '../../network/host-port.js';
import { tlsOptions, warnInsecure, warnPlainPassword } from '../../network/tls-options.js';
import type { Destination, SendResult } from '../destination.js';
import type { Encoded, ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import type { ShippingOptions } from '../shipping-options.js';
import type { BatchVerdict, RecordVerdict } from '../verdict.js';
import {
  authorization,
  type HttpAuth,
  type HttpShippingInput,
  ONLY_HTTPS,
  secretsIn,
} from './http-shipping-options.js';
import { httpVerdict } from './http-verdict.js';

/** A web server. */
export interface HttpServer {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
}

/** What a destination over HTTP declares to {@link HttpShippingHandler}. */
export interface HttpDestination extends Omit<Destination, 'receiver'> {
  /**
   * The server; its address may have a path, see {@link HttpShipment.path}. Where its parts are given, whoever gives them
   * warns of what is sent in the clear.
   */
  readonly server: string | HttpServer;
  /** Our credentials, if they are in the header `Authorization`. */
  readonly auth?: HttpAuth | undefined;
  /** Headers of every request, besides those of the options. */
  readonly fixedHeaders?: Readonly<Record<string, string>> | undefined;
  /** Headers of every request, besides those of the options; their values are secrets. */
  readonly secretHeaders?: Readonly<Record<string, string>> | undefined;
  /** The most bytes of an answer that are of use; default 4 KiB, enough for the reason of a refusal. */
  readonly maxAnswerBytes?: number | undefined;
  /** How hard bodies are compressed, from 1 to 9, where the options ask for it; default 1. */
  readonly gzipLevel?: number | undefined;
  /** How TLS is spoken, where that is not in the option `tls`. */
  readonly tlsOptions?: ConnectionOptions | undefined;
  /** The method that makes the agent, where it is another one than `makeAgent`; named where it gives something else. */
  readonly agentMethod?: string | undefined;
}

/** One request: what `request` makes of a batch. */
export interface HttpShipment {
  /** Default `'POST'`. */
  readonly method?: 'GET' | 'POST' | undefined;
  /** The path, which follows the path of the server's address. */
  readonly path: string;
  /** Headers of this request, such as the type of the body. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body, or what makes it: that is called once there is a connection, so not in vain for a server that is down. */
  readonly body?: string | Buffer | (() => string | Buffer) | undefined;
}

/**
 * A destination over HTTP: `encode` makes of a record what is sent of it, `request` puts a batch into one request, and
 * `verdict`, which may be left as it is, says what the answer means. See {@link ShippingHandler} for everything else.
 *
 * Requests follow one another over one kept connection, with what the options `headers`, `gzip`, `tls`, `timeoutMs` and
 * `connectTimeoutMs` say. Redirects are not followed.
 */
export abstract class HttpShippingHandler<T extends Encoded = string> extends ShippingHandler<T> {
  static override readonly [LEAN] = true;

  readonly #options: HttpShippingInput;
  readonly #destination: HttpDestination;
  readonly #server: HttpServer;
  readonly #basePath: string;
  readonly #search: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tls: ConnectionOptions;
  #target: HttpTarget | undefined;

  /**
   * @param options The options of {@link httpShippingEntries}, checked.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used.
   */
  constructor(options: ShippingOptions & HttpShippingInput, destination: HttpDestination) {
    const { auth, secretHeaders = {} } = destination;
    const server = serverOf(destination.server);
    const { headers = {}, tls } = options;
    super(options, {
      ...destination,
      receiver: originOf(server),
      secrets: [
        ...(destination.secrets ?? []),
        ...secretsIn(auth),
        ...Object.values(secretHeaders),
        ...Object.values(headers),
      ],
    });
    if (tls && !server.secure)
      throw new LoggingError('ERR_LOGGING_OPTIONS', `${new.target.name}.${ONLY_HTTPS}`);
    this.#options = options;
    this.#destination = destination;
    this.#server = server;
    const isAddress = typeof destination.server === 'string';
    this.#basePath = isAddress ? basePathOf(destination.server as string) : '';
    this.#search = isAddress ? new URL(destination.server as string).search : '';
    this.#headers = {
      ...headers,
      ...destination.fixedHeaders,
      ...secretHeaders,
      ...(auth === undefined ? {} : { Authorization: authorization(auth) }),
    };
    const { insecure = false, ...context } = typeof tls === 'object' ? tls : {};
    // A file that cannot be read is to fail here, not at the first record.
    this.#tls =
      destination.tlsOptions ??
      (server.secure ? tlsOptions(context, `${new.target.name}.tls`, insecure) : {});
    const name = new.target.name;
    const hasSecret = auth !== undefined || Object.keys(secretHeaders).length > 0;
    const warn = () => {
      if (insecure) warnInsecure(name, server.hostname);
      if (hasSecret && !server.secure) warnPlainPassword(name, server.hostname, 'https://');
    };
    if (typeof destination.server === 'string') whenActive({ commit: warn });
  }

  /** Puts a batch into one request. */
  protected abstract request(batch: readonly ShippingEntry<T>[]): HttpShipment | Promise<HttpShipment>;

  /** What a response means for the records of a request; by HTTP alone, as {@link httpVerdict} has it. */
  protected verdict(
    answer: HttpAnswer,
    _batch: readonly ShippingEntry<T>[],
  ): BatchVerdict | readonly RecordVerdict[] | Promise<BatchVerdict | readonly RecordVerdict[]> {
    return httpVerdict(answer, this.origin);
  }

  /** Makes the agent whose connections are used; called once. Override it, for example to go through a proxy. */
  protected makeAgent(secure = this.#server.secure): Agent {
    const { Agent } = nodeModule(secure ? 'node:https' : 'node:http');
    return new Agent({ keepAlive: true, maxSockets: 1, ...this.#tls });
  }

  /** The server, without path and secrets: `https://logs.example.com:8443`. */
  protected get origin(): string {
    return originOf(this.#server);
  }

  /** Makes one request of this destination's, with its headers, and returns any response. */
  protected async exchange(shipment: HttpShipment, signal: AbortSignal): Promise<HttpAnswer> {
    this.#target ??= await this.#makeTarget();
    const headers: Record<string, string> = { ...shipment.headers, ...this.#headers };
    const { method = 'POST', body } = shipment;
    const isCompressed = body !== undefined && this.#options.gzip === true;
    if (isCompressed) headers['Content-Encoding'] = 'gzip';
    return exchangeHttp(
      this.#target,
      {
        ...{ method, path: this.#basePath + shipment.path + this.#search, headers },
        body: isCompressed ? () => this.#compressed(body) : body,
      },
      signal,
    );
  }

  #compressed(body: string | Buffer | (() => string | Buffer)): Promise<Buffer> {
    const { gzip } = nodeModule('node:zlib');
    const level = this.#destination.gzipLevel ?? 1;
    return promisify<string | Buffer, object, Buffer>(gzip)(typeof body === 'function' ? body() : body, {
      level,
    });
  }

  protected override async send(
    batch: readonly ShippingEntry<T>[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    const answer = await this.exchange(await this.request(batch), signal);
    return this.verdict(answer, batch);
  }

  /** A request has times of its own; a stale connection takes them twice. */
  protected override get sendTimeoutMs(): number {
    return 2 * (this.settings.timeoutMs + (this.#options.connectTimeoutMs ?? 5_000));
  }

  protected override disconnect(): void | Promise<void> {
    (this.#target?.agent as Partial<Agent> | undefined)?.destroy?.();
  }

  async #makeTarget(): Promise<HttpTarget> {
    const { maxAnswerBytes = 4_096, agentMethod = 'makeAgent' } = this.#destination;
    return {
      ...this.#server,
      origin: this.origin,
      maxAnswerBytes,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 5_000,
      timeoutMs: this.settings.timeoutMs,
      agent: agentBy(agentMethod, await this.makeAgent()),
    };
  }
}

/** The server of an address. */
function serverOf(server: string | HttpServer): HttpServer {
  if (typeof server !== 'string') return server;
  const { protocol, hostname, port } = new URL(server);
  const secure = protocol === 'https:';
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
  };
}

/** The path of an address, without a slash at its end. */
function basePathOf(server: string): string {
  return new URL(server).pathname.replace(/\/+$/, '');
}

function originOf({ secure, hostname, port }: HttpServer): string {
  return `${secure ? 'https' : 'http'}://${hostPort(hostname, port)}`;
}

/** The agent of an overridden method. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is not one. */
function agentBy(method: string, made: unknown): Agent {
  const { addRequest } = (made ?? {}) as { addRequest?: unknown };
  if (typeof addRequest === 'function') return made as Agent;
  throw wrongAnswer(method, 'an agent of node:http or node:https', made);
}
