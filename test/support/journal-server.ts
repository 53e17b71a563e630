import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** An entry as the journal would have it: the values of each field. */
export type JournalFields = Readonly<Record<string, readonly string[]>>;

/** A socket of `unix-dgram` that takes what is sent to one path, and `errno` numbers to fail with first. */
export interface FakeDatagrams {
  readonly datagrams: Buffer[];
  readonly paths: Set<string>;
  /** Numbers of errors that the next datagrams fail with. */
  readonly failures: number[];
  /** How many sockets are open. */
  open: number;
  createSocket(type: string): object;
}

/** Stands for the package `unix-dgram`, which not every machine can compile; the engine tests have the package itself. */
export function fakeDatagrams(): FakeDatagrams {
  const fake: FakeDatagrams = {
    ...{ datagrams: [], paths: new Set<string>(), failures: [], open: 0 },
    createSocket: () => {
      fake.open += 1;
      return {
        on: () => undefined,
        close: () => {
          fake.open -= 1;
        },
        send(bytes: Buffer, _at: number, _length: number, to: string, done: (error?: Error) => void) {
          const code = fake.failures.shift();
          if (code !== undefined) return done(Object.assign(new Error(`send ${code}`), { code }));
          fake.paths.add(to);
          fake.datagrams.push(Buffer.from(bytes));
          done();
        },
      };
    },
  };
  return fake;
}

/** Reads an entry of the native protocol as its specification has it, apart from what writes it. */
export function parseEntry(datagram: Buffer): JournalFields {
  const fields: Record<string, string[]> = {};
  let at = 0;
  while (at < datagram.length) {
    let end = at;
    while (datagram[end] !== 0x3d && datagram[end] !== 0x0a) end += 1;
    const name = datagram.toString('latin1', at, end);
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(name)) throw new Error(`no name of a field: ${name}`);
    let [start, stop] = [end + 1, datagram.indexOf(0x0a, end + 1)];
    if (datagram[end] === 0x0a) {
      start = end + 9;
      stop = start + Number(datagram.readBigUInt64LE(end + 1));
    }
    if (datagram[stop] !== 0x0a) throw new Error(`the value of ${name} does not end`);
    fields[name] = [...(fields[name] ?? []), datagram.toString('utf8', start, stop)];
    at = stop + 1;
  }
  return fields;
}

/** Takes what services print, as `/run/systemd/journal/stdout` does, in a folder of its own. */
export class JournalStream {
  readonly directory: string = mkdtempSync(path.join(tmpdir(), 'journal-'));
  /** The first seven lines of each connection. */
  readonly heads: string[][] = [];
  readonly lines: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  async start(): Promise<this> {
    const server = createServer((socket) => this.#read(socket));
    await new Promise<void>((resolve) => server.listen(path.join(this.directory, 'stdout'), resolve));
    this.#server = server;
    return this;
  }

  /** All lines, once nothing more comes for a moment. */
  async text(): Promise<string> {
    for (let count = -1; count !== this.lines.length; ) {
      count = this.lines.length;
      await delay(40);
    }
    return this.lines.join('\n');
  }

  /** Ends it at once, as a crash would. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #read(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let rest = '';
    const head: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (head.length === 7) this.lines.push(line);
        else if (head.push(line) === 7) this.heads.push(head);
      }
    });
  }
}
