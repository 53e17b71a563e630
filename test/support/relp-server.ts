import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A command as the server got it. */
export interface RelpCommand {
  readonly transaction: number;
  readonly command: string;
  readonly data: string;
}

/** A RELP server that does what a test wants: what it answers may be late, out of order, broken. */
export class RelpServer {
  readonly commands: RelpCommand[] = [];
  /** Answers a command; default what a server does that is well. */
  answer: (command: RelpCommand, reply: (text: string) => void, socket: Socket) => void = (command, reply) =>
    reply(RelpServer.well(command));
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      let rest = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        rest = Buffer.concat([rest, chunk]);
        for (let found = parse(rest); found !== undefined; found = parse(rest)) {
          rest = rest.subarray(found.end);
          this.commands.push(found.command);
          this.answer(found.command, (text) => socket.write(text), socket);
        }
      });
    });
  }

  /** The answer of a server that is well. */
  static well({ transaction, command }: RelpCommand): string {
    if (command === 'open') return frame(transaction, '200 OK\nrelp_version=0\ncommands=syslog');
    return command === 'close' ? `${transaction} rsp 0\n0 serverclose 0\n` : frame(transaction, '200 OK');
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The messages of syslog so far. */
  get messages(): string[] {
    return this.commands.filter(({ command }) => command === 'syslog').map(({ data }) => data);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** An answer as it goes over the wire. */
export function frame(transaction: number, data: string): string {
  return `${transaction} rsp ${Buffer.byteLength(data)} ${data}\n`;
}

function parse(bytes: Buffer): { command: RelpCommand; end: number } | undefined {
  const match = /^(\d+) (\w+) (\d+)([ \n])/.exec(bytes.toString('latin1', 0, 60));
  if (match === null) return undefined;
  const start = match[0].length;
  const length = Number(match[3]);
  const end = length === 0 ? start : start + length + 1;
  if (bytes.length < end) return undefined;
  const data = bytes.toString('utf8', start, start + length);
  return { command: { transaction: Number(match[1]), command: match[2] ?? '', data }, end };
}
