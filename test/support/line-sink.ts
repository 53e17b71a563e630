import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that keeps the bytes it gets. */
export interface ByteSink {
  readonly port: number;
  /** What has come so far, as text, once nothing more comes for a moment. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** How long nothing has to come for all to have come, in milliseconds. */
const QUIET_MS = 40;

/** A TCP server, on a port of the system's choice if none is given. */
export async function startTcpSink(port = 0): Promise<ByteSink> {
  const received = new Received();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => received.add(chunk)).on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    text: () => received.text(),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A UDP server; each datagram is followed by a newline. */
export async function startUdpSink(): Promise<ByteSink> {
  const received = new Received();
  const socket: DatagramSocket = createSocket('udp4');
  socket.on('message', (message) => {
    received.add(message);
    received.add(Buffer.from('\n'));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    text: () => received.text(),
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

class Received {
  readonly #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  async text(): Promise<string> {
    for (let count = -1; count !== this.#chunks.length; ) {
      count = this.#chunks.length;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
    return Buffer.concat(this.#chunks).toString();
  }
}
