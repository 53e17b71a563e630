import type { Socket } from 'node:net';
import { DeliveryFailure } from '../../delivery/delivery-failure.js';
import { ConnectedTransport, type ConnectedTransportOptions } from '../../network/connected-transport.js';
import { timedOut } from '../../network/open-socket.js';
import { type RelpAnswer, RelpSession } from './relp-session.js';

/** Options of {@link RelpTransport}. */
export interface RelpTransportOptions extends ConnectedTransportOptions {
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
export class RelpTransport extends ConnectedTransport {
  readonly maxMessages: number;
  readonly #options: RelpTransportOptions;
  /** Of the open connection. */
  #session: RelpSession | undefined;

  constructor(options: RelpTransportOptions) {
    super(options);
    this.#options = options;
    this.maxMessages = options.window;
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    const [session, socket] = [this.#session, this.connection];
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

  protected override async begin(socket: Socket): Promise<void> {
    const { connectTimeoutMs } = this.#options;
    const session = new RelpSession(socket);
    socket.ref();
    const timer = setTimeout(() => session.destroy(timedOut('open', connectTimeoutMs)), connectTimeoutMs);
    try {
      await session.open();
      this.#session = session;
    } catch (error) {
      session.destroy(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
      socket.unref();
    }
  }

  protected override end(): void {
    this.#session?.close();
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
