import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as the server got it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The body, decompressed. */
  readonly body: string;
  readonly bytes: Buffer;
  /** Number of the connection it came over, from 1. */
  readonly connection: number;
}

/** What to answer: a status, or one with headers; `'drop'` cuts the connection, `'hang'` never answers. */
export type Reply =
  | number
  | 'drop'
  | 'hang'
  | { status: number; headers?: Record<string, string>; body?: string | Buffer };

/** A real web server that keeps what it gets. */
export class HttpSink {
  readonly requests: ReceivedRequest[] = [];
  /** Decides on the answer to each request; default 200. */
  answer: (request: ReceivedRequest) => Reply = () => 200;
  readonly #server: Server;
  #connections = 0;

  constructor(tls?: { cert: string; key: string }) {
    const numbers = new WeakMap<object, number>();
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sent = Buffer.concat(chunks);
        const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
        const received: ReceivedRequest = {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          rawHeaders: request.rawHeaders,
          body: bytes.toString(),
          bytes,
          connection: numbers.get(request.socket) ?? 0,
        };
        this.requests.push(received);
        const reply = this.answer(received);
        if (reply === 'drop') request.socket.destroy();
        else if (reply !== 'hang') {
          const {
            status,
            headers = {},
            body = 'a body nobody reads',
          } = typeof reply === 'number' ? { status: reply } : reply;
          response.writeHead(status, headers).end(body);
        }
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: object) => {
      this.#connections += 1;
      numbers.set(socket, this.#connections);
    });
    this.#server.on('tlsClientError', () => {});
  }

  /** Listens, on a port of the system's choice if none is given. */
  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Resolves when there are so many requests; rejects after a while. */
  async received(count: number, timeoutMs = 45_000): Promise<readonly ReceivedRequest[]> {
    const deadline = Date.now() + timeoutMs;
    while (this.requests.length < count) {
      if (Date.now() > deadline) throw new Error(`${this.requests.length} requests of ${count} came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.requests;
  }

  /** Stops listening and cuts all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
