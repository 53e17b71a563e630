import type { Socket } from 'node:net';
import { nodeModule } from '../../../runtime/node-module.js';
import type { Connector } from '../../network/connector.js';
import { openSocket, timedOut } from '../../network/open-socket.js';
import type { Msgpack } from './msgpack.js';

/** What a server may say at once that nobody has read: it says one word to each that we say. */
const MAX_UNREAD = 8;
/** Bounds of what is read of a server: its words are short. */
const ANSWER_BOUNDS = {
  ...{ maxStrLength: 4_096, maxBinLength: 4_096, maxArrayLength: 16, maxMapLength: 16, maxExtLength: 64 },
  // A nonce may be bytes that are no text, and still be sent as one.
  rawStrings: true,
};

/** Who we are, where the server asks. */
export interface FluentCredentials {
  readonly hostname: string;
  readonly sharedKey: string;
  readonly username: string;
  readonly password: string;
}

/** The server accepts nothing of ours until somebody fixes that. */
export class FluentRefusal extends Error {
  override readonly name = 'FluentRefusal';
}

/**
 * One connection of Fluent's Forward protocol: the handshake, where there is a shared key, then messages and their
 * acknowledgements.
 *
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
export class FluentSession {
  /** Whether the server takes more than one message over it. */
  staysOpen = true;

  readonly #socket: Socket;
  readonly #unread: unknown[] = [];
  #asked: { resolve(answer: unknown): void; reject(error: Error): void } | undefined;
  #error: Error | undefined;

  private constructor(socket: Socket, { decodeMultiStream }: Msgpack) {
    this.#socket = socket;
    // Read at all times: unread words would hide that the server has gone.
    void this.#read(decodeMultiStream(socket, ANSWER_BOUNDS));
  }

  /**
   * Connects, and shakes hands.
   *
   * @param credentials `undefined` where the server asks for nothing.
   * @param connectMs How long the connection, and then the handshake, may take to come about, in milliseconds.
   * Rejects with a {@link FluentRefusal} if the server does not take us, or is not the one that knows the shared key.
   */
  static async open(
    { connect, readyEvent }: Connector,
    msgpack: Msgpack,
    credentials: FluentCredentials | undefined,
    connectMs: number,
  ): Promise<FluentSession> {
    const socket = connect();
    await openSocket(socket, readyEvent, connectMs);
    const session = new FluentSession(socket, msgpack);
    if (credentials === undefined) return session;
    const timer = setTimeout(() => session.#fail(timedOut('handshake', connectMs)), connectMs);
    try {
      await session.#shakeHands(msgpack, credentials);
    } catch (error) {
      session.#fail(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return session;
  }

  /** Why nothing more can be sent; `undefined` while it can. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Sends a message; resolves when the system has it. */
  async send(message: Uint8Array): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(message, (error) => (error ? reject(this.#error ?? error) : resolve()));
    });
  }

  /** Sends a message; resolves when the server has acknowledged this chunk. */
  async sendAndWait(message: Uint8Array, chunk: string): Promise<void> {
    await this.send(message);
    const answer = await this.#next();
    if (isNamed(answer, 'HELO')) throw new FluentRefusal('the server asks for a shared key: give sharedKey');
    const { ack } = (answer ?? {}) as { readonly ack?: unknown };
    if (textOf(ack) === chunk) return;
    const error = new Error('the server acknowledged what was not sent');
    this.#fail(error);
    throw error;
  }

  /** Rejects if the connection breaks within a time, in milliseconds. */
  async last(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#socket.off('close', settle);
        resolve();
      };
      const timer = setTimeout(settle, waitMs);
      this.#socket.on('close', settle);
      if (this.#socket.destroyed) settle();
    });
    if (this.#error !== undefined) throw this.#error;
  }

  /** Lets go of the connection; what is under way is given up. */
  close(): void {
    const isIdle = this.#asked === undefined && this.#socket.writableLength === 0;
    if (isIdle) this.#socket.destroySoon();
    this.#fail(new Error('the connection was closed'));
  }

  /** HELO from the server, PING from us, PONG from the server. Each side proves that it knows the key, without sending it. */
  async #shakeHands({ encode }: Msgpack, credentials: FluentCredentials): Promise<void> {
    const { hostname, sharedKey, username, password } = credentials;
    const helo = await this.#next();
    if (!isNamed(helo, 'HELO')) throw new FluentRefusal('the server does not begin with a handshake');
    const { nonce, auth, keepalive } = (helo[1] ?? {}) as Readonly<Record<string, unknown>>;
    this.staysOpen = keepalive !== false;
    const salt = nodeModule('node:crypto').randomBytes(16).toString('hex');
    const ours = digest(salt, hostname, bytesOf(nonce), sharedKey);
    const asked = bytesOf(auth);
    const proof = asked.length === 0 ? ['', ''] : [username, digest(asked, username, password)];
    await this.send(encode(['PING', hostname, salt, ours, ...proof]));
    const pong = await this.#next();
    if (!isNamed(pong, 'PONG')) throw new FluentRefusal('the server does not end the handshake');
    const [, isTaken, reason, server, theirs] = pong;
    if (isTaken !== true) throw new FluentRefusal(`the server refused us: ${textOf(reason)}`);
    if (textOf(theirs) !== digest(salt, bytesOf(server), bytesOf(nonce), sharedKey))
      throw new FluentRefusal('the server does not know the shared key');
  }

  /** The next word of the server. Until it comes, the process stays. */
  async #next(): Promise<unknown> {
    if (this.#unread.length > 0) return this.#unread.shift();
    if (this.#error !== undefined) throw this.#error;
    this.#socket.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#asked = { resolve, reject };
      });
    } finally {
      this.#asked = undefined;
      this.#socket.unref();
    }
  }

  async #read(answers: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const answer of answers) {
        if (this.#asked !== undefined) this.#asked.resolve(answer);
        else if (this.#unread.push(answer) > MAX_UNREAD)
          throw new Error('the server says more than it is asked');
        this.#asked = undefined;
      }
      this.#fail(new Error('the server closed the connection'));
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    if (!this.#socket.writableEnded) this.#socket.destroy();
    this.#asked?.reject(error);
  }
}

function isNamed(answer: unknown, name: string): answer is readonly unknown[] {
  return Array.isArray(answer) && textOf(answer[0]) === name;
}

function bytesOf(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

/** A text of the server's, on one line. */
function textOf(value: unknown): string {
  return bytesOf(value)
    .toString()
    .replace(/[^\x20-\x7e]+/g, ' ');
}

function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = nodeModule('node:crypto').createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
