import { createServer, type Server, type Socket } from 'node:net';
import fluent from '@fluent-org/logger';
import { decodeMultiStream, encode } from '@msgpack/msgpack';
import { freePort } from './free-port.js';

/** An event as a server of Fluent's Forward protocol understood it. */
export interface FluentEvent {
  readonly tag: string;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** What of a server of `@fluent-org/logger` is not published, and a crash needs. */
interface Insides {
  readonly clients: Readonly<Record<string, { readonly socket: Socket }>>;
}

/** A server that others have written: that of `@fluent-org/logger`, which knows TLS, shared keys, users and chunks. */
export class FluentSink {
  readonly events: FluentEvent[] = [];
  port = 0;
  #server: fluent.FluentServer | undefined;

  constructor(readonly options: Pick<fluent.FluentServerOptions, 'security' | 'tlsOptions'> = {}) {}

  async start(): Promise<this> {
    this.port ||= await freePort();
    const server = new fluent.FluentServer({
      ...this.options,
      listenOptions: { port: this.port, host: '127.0.0.1' },
    });
    server.on('entry', (tag: string, time: fluent.EventTime | number, record: FluentEvent['record']) => {
      const [seconds, nanoseconds] = typeof time === 'number' ? [time, 0] : [time.epoch, time.nano];
      this.events.push({ tag, seconds, nanoseconds, record });
    });
    await server.listen();
    this.#server = server;
    return this;
  }

  /** Ends it at once, as a crash would; its port stays. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const { socket } of Object.values((server as unknown as Insides | undefined)?.clients ?? {}))
      socket.destroy();
    await server?.close();
  }
}

/** What is done with each message of a client; what it gives is sent back in MessagePack. */
export type FluentAnswer = (message: readonly unknown[], socket: Socket) => unknown;

/** A server that does what a test says: for what a well-behaved one does not do. */
export async function oddFluentServer(
  greeting: unknown,
  answer: FluentAnswer,
): Promise<{ readonly port: number; readonly server: Server; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer(async (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting !== undefined) socket.write(encode(greeting));
    try {
      for await (const message of decodeMultiStream(socket)) {
        const said = answer(message as readonly unknown[], socket);
        if (said !== undefined) socket.write(encode(said));
      }
    } catch {
      socket.destroy();
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, server, close };
}
