import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inflateSync } from 'node:zlib';

/** A message of GELF. */
export type GelfMessage = Readonly<Record<string, unknown>>;

/** Takes GELF as its specification has it, and reads it apart from what writes it here. */
export class GelfServer {
  readonly messages: GelfMessage[] = [];
  /** Parts of datagrams that have come, by message. */
  readonly #parts = new Map<string, (Buffer | undefined)[]>();
  readonly #sockets = new Set<Socket>();
  #server: Datagrams | Server | HttpServer | undefined;
  /** How many parts came. */
  chunks = 0;
  /** The bytes of the longest datagram that came. */
  longest = 0;
  port = 0;
  /** What HTTP answers. */
  status = 202;
  /** What it answers to one message, the nth time that it comes; `'drop'` cuts the connection. Default: `status`. */
  answer: (message: GelfMessage, attempt: number) => number | 'drop' = () => this.status;
  /** How long HTTP takes for an answer. */
  delayMs = 0;
  readonly #attempts = new Map<unknown, number>();
  #pending = 0;
  /** The most requests that were under way at a time. */
  mostPending = 0;

  constructor(readonly protocol: 'udp' | 'tcp' | 'http') {}

  async start(): Promise<this> {
    if (this.protocol === 'udp') {
      const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
      socket.on('message', (datagram) => this.#datagram(datagram)).bind(this.port, '127.0.0.1');
      await once(socket, 'listening');
      this.port = socket.address().port;
      this.#server = socket;
      return this;
    }
    const server = this.protocol === 'tcp' ? createServer((socket) => this.#stream(socket)) : this.#http();
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Ends it at once, as a crash would; its port stays. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #http(): HttpServer {
    return createHttpServer((request, response) => {
      this.#pending += 1;
      this.mostPending = Math.max(this.mostPending, this.#pending);
      response.once('close', () => {
        this.#pending -= 1;
      });
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const message = JSON.parse(body) as GelfMessage;
        const attempt = (this.#attempts.get(message.short_message) ?? 0) + 1;
        this.#attempts.set(message.short_message, attempt);
        const answer = request.url === '/gelf' ? this.answer(message, attempt) : 404;
        if (answer === 202) this.messages.push(message);
        if (answer === 'drop') request.socket.destroy();
        else if (this.delayMs === 0) response.writeHead(answer).end();
        else setTimeout(() => response.writeHead(answer).end(), this.delayMs);
      });
    });
  }

  #stream(socket: Socket): void {
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let at = rest.indexOf(0); at >= 0; at = rest.indexOf(0)) {
        this.messages.push(JSON.parse(rest.toString('utf8', 0, at)) as GelfMessage);
        rest = rest.subarray(at + 1);
      }
    });
  }

  #datagram(datagram: Buffer): void {
    this.longest = Math.max(this.longest, datagram.length);
    if (datagram.length > 8_192) throw new Error('a datagram is too long');
    if (datagram[0] !== 0x1e || datagram[1] !== 0x0f) {
      this.#whole(datagram);
      return;
    }
    const id = datagram.toString('hex', 2, 10);
    const [number = 0, count = 0] = [datagram[10], datagram[11]];
    if (count > 128 || number >= count) throw new Error('a part has a wrong number');
    this.chunks += 1;
    const parts = this.#parts.get(id) ?? Array.from({ length: count }, () => undefined);
    parts[number] = datagram.subarray(12);
    this.#parts.set(id, parts);
    if (parts.includes(undefined)) return;
    this.#parts.delete(id);
    this.#whole(Buffer.concat(parts as Buffer[]));
  }

  #whole(bytes: Buffer): void {
    const text = bytes[0] === 0x78 ? inflateSync(bytes) : bytes;
    this.messages.push(JSON.parse(text.toString()) as GelfMessage);
  }
}
