import type { Socket } from 'node:net';
import { DeliveryFailure } from '../../delivery/delivery-failure.js';
import { openSocket, socketBy, timedOut } from '../../network/open-socket.js';
import type { Transport } from '../../network/transport.js';
import { type RelpAnswer, RelpSession } from './relp-session.js';

/** Options of {@link RelpTransport}. */
export interface RelpTransportOptions {
  /** Starts a connection. */
  readonly connect: () => Socket;
  /** The event after which it may be used: `connect`, or `secureConnect` for TLS. */
  readonly readyEvent: string;
  /** How long a connection, and then the session, may take to come about, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long the server may go without answering any of what is out, in milliseconds. */
  readonly ackTimeoutMs: number;
  /** The most messages that are out without an answer. */
  readonly window: number;
}

/**
 * Messages by RELP: each has arrived when the server acknowledges it, and is sent again on another connection if it
 * never does.
 */
export class RelpTransport implements Transport {
  readonly maxMessages: number;

  readonly #options: RelpTransportOptions;
  #socket: Socket | undefined;
  /** A socket that a user has set, before it is used. */
  #given: Socket | undefined;
  #session: RelpSession | undefined;
  #opening: Promise<void> | undefined;
  /** A socket over which no session is open yet. */
  #connecting: Socket | undefined;

  constructor(options: RelpTransportOptions) {
    this.#options = options;
    this.maxMessages = options.window;
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
    if (this.#session !== undefined && this.#session.error === undefined) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    const [session, socket] = [this.#session, this.#socket];
    if (session === undefined || socket === undefined)
      throw new DeliveryFailure('the server closed the connection', 'retry');
    // While answers are waited for, the process stays.
    socket.ref();
    const { arrived, refusal } = await exchange(session, messages, this.#options.ackTimeoutMs);
    socket.unref();
    if (arrived.size === messages.length) return;
    if (refusal === undefined)
      throw new DeliveryFailure('the connection broke', 'retry', { arrived, cause: session.error });
    const text = `the server refused a message: ${refusal.code} ${refusal.text}`;
    throw new DeliveryFailure(text, 'retry', { arrived, isAnswered: true });
  }

  close(): void {
    // It would keep the process until the session is open, and then stay open.
    this.#connecting?.destroy();
    this.#session?.close();
    this.#session = undefined;
    this.#given?.end();
    this.#socket = undefined;
    this.#given = undefined;
  }

  async #open(): Promise<void> {
    const { connect, readyEvent, connectTimeoutMs } = this.#options;
    const given = this.#given;
    this.#given = undefined;
    const socket = given ?? connect();
    this.#connecting = socket;
    try {
      await openSocket(socket, readyEvent, connectTimeoutMs);
      this.#session = await this.#openSession(socket);
      this.#socket = socket;
    } finally {
      this.#connecting = undefined;
    }
  }

  async #openSession(socket: Socket): Promise<RelpSession> {
    const { connectTimeoutMs } = this.#options;
    const session = new RelpSession(socket);
    socket.ref();
    const timer = setTimeout(() => session.destroy(timedOut('open', connectTimeoutMs)), connectTimeoutMs);
    try {
      await session.open();
      return session;
    } catch (error) {
      session.destroy(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
      socket.unref();
    }
  }
}

interface Exchange {
  /** Places of the messages that arrived. */
  readonly arrived: ReadonlySet<number>;
  /** The server's reason for the last one that did not, if any. */
  readonly refusal: RelpAnswer | undefined;
}

/** Sends messages; resolves when each is answered, or the connection has broken or been silent for too long. */
function exchange(
  session: RelpSession,
  messages: readonly Buffer[],
  ackTimeoutMs: number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const arrived = new Set<number>();
    let refusal: RelpAnswer | undefined;
    let left = messages.length;
    const late = () => session.destroy(timedOut('read', ackTimeoutMs));
    const timer = setTimeout(late, ackTimeoutMs);
    session.send(messages, (index, answer) => {
      timer.refresh();
      left -= 1;
      if (answer?.code === 200) arrived.add(index);
      else if (answer !== undefined) refusal = answer;
      if (left > 0) return;
      clearTimeout(timer);
      resolve({ arrived, refusal });
    });
  });
}
