import type { Socket } from 'node:net';
import { openSocket, socketBy } from './open-socket.js';
import type { Transport } from './transport.js';

/** How long connecting may take by default, in milliseconds. */
export const CONNECT_MS = 5_000;

/** Options of a {@link ConnectedTransport}. */
export interface ConnectedTransportOptions {
  /** Starts a connection. */
  readonly connect: () => Socket | Promise<Socket>;
  /** The event after which it may be used: `secureConnect` for TLS; default `connect`. */
  readonly readyEvent?: string | undefined;
  /** How long it may take, in milliseconds; default 5000. */
  readonly connectTimeoutMs?: number | undefined;
}

/** Messages over one connection, which is made when it is needed, or is the socket that a user has set. */
export abstract class ConnectedTransport implements Transport {
  abstract readonly maxMessages: number;

  readonly #options: ConnectedTransportOptions;
  #socket: Socket | undefined;
  /** A socket that a user has set, before it is used. */
  #given: Socket | undefined;
  #opening: Promise<void> | undefined;
  /** A socket that cannot be used yet, and how often the transport was closed. */
  #connecting: Socket | undefined;
  #closes = 0;

  constructor(options: ConnectedTransportOptions) {
    this.#options = options;
  }

  get socket(): Socket | null {
    return this.#socket ?? this.#given ?? null;
  }
  set socket(socket: object | null) {
    this.close();
    // An error of it would end the process, even before it is used.
    this.#given = socket === null ? undefined : socketBy(socket).on('error', () => undefined);
  }

  open(): Promise<void> {
    if (this.#socket !== undefined && !this.#socket.destroyed) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  abstract send(messages: readonly Buffer[]): Promise<void>;

  close(): void {
    this.#closes += 1;
    // It would keep the process until it may be used, and then stay open.
    this.#connecting?.destroy();
    if (this.#socket !== undefined) this.end(this.#socket);
    this.#given?.end();
    this.#socket = undefined;
    this.#given = undefined;
  }

  /** The open connection, if there is one. */
  protected get connection(): Socket | undefined {
    return this.#socket;
  }

  /** Makes a new connection ready for messages; if that fails, it closes the connection. */
  protected abstract begin(socket: Socket): void | Promise<void>;

  /** Ends the connection once what was written has gone out. */
  protected end(socket: Socket): void {
    socket.end();
  }

  /** Gives a connection up: the next `open` makes another. */
  protected forget(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
    socket.destroy();
  }

  async #open(): Promise<void> {
    // A user's makeSocket may be async: a socket that it makes and nobody uses would end the process when it fails.
    const given = this.#given;
    this.#given = undefined;
    const closes = this.#closes;
    const socket = given ?? socketBy(await this.#options.connect());
    const { readyEvent = 'connect', connectTimeoutMs = CONNECT_MS } = this.#options;
    this.#connecting = socket;
    try {
      const ready = openSocket(socket, readyEvent, connectTimeoutMs);
      if (closes !== this.#closes) socket.destroy();
      await ready;
      await this.begin(socket);
    } finally {
      this.#connecting = undefined;
    }
    socket.on('end', () => this.forget(socket));
    socket.on('close', () => this.forget(socket));
    this.#socket = socket;
  }
}
