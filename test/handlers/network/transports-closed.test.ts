import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { DatagramHandler } from '../../../lib/handlers/network/datagram.handler.js';
import { DatagramTransport } from '../../../lib/handlers/network/datagram-transport.js';
import { StreamTransport } from '../../../lib/handlers/network/stream-transport.js';
import type { Transport } from '../../../lib/handlers/network/transport.js';
import { UnixDatagramTransport } from '../../../lib/handlers/network/unix-datagram-transport.js';
import { RelpTransport } from '../../../lib/handlers/syslog/relp/relp-transport.js';
import { makeSyslogTransport } from '../../../lib/handlers/syslog/syslog-transport.js';
import { collectStderr } from '../../support/stderr-collector.js';

/** Takes connections and says nothing, as a server does that speaks something else, or hangs. */
let server: Server;
let closed: Promise<unknown>;
beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).resume());
  closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
});

describe('a transport that is closed while it connects', () => {
  const LATE_MS = 60_000;
  const port = () => (server.address() as AddressInfo).port;
  const transports: Record<string, () => Transport> = {
    'TLS without an answer': () =>
      makeSyslogTransport({
        address: { host: '127.0.0.1', port: port() },
        socktype: 'tcp',
        framing: 'octet-counting',
        appendsNul: () => true,
        connectTimeoutMs: LATE_MS,
        settleMs: undefined,
        tls: {},
      }),
    'RELP without a session': () =>
      new RelpTransport({
        connect: () => connect(port()),
        readyEvent: 'connect',
        connectTimeoutMs: LATE_MS,
        ackTimeoutMs: LATE_MS,
        window: 1,
      }),
  };

  it.each(Object.entries(transports))('gives the connection up: %s', async (_name, make) => {
    const transport = make();
    const opening = transport.open();
    const refused = expect(opening).rejects.toThrow();
    await once(server, 'connection');
    transport.close();
    await refused;
    await closed;
    expect(transport.socket).toBeNull();
  });

  it('gives up a socket that a method of the user makes later', async () => {
    let give: (socket: Socket) => void = () => undefined;
    const transport = new StreamTransport({
      connect: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    const refused = expect(transport.open()).rejects.toThrow('closed before it was ready');
    transport.close();
    const socket = connect(port());
    give(socket);
    await refused;
    expect(socket.destroyed).toBe(true);
    expect(transport.socket).toBeNull();
  });

  it('closes a datagram socket that is made later', async () => {
    const closes: string[] = [];
    const fake = (name: string) => {
      const socket = {
        on: () => socket,
        removeAllListeners: () => socket,
        unref: () => socket,
        send: () => undefined,
        close: () => closes.push(name),
      };
      return Promise.resolve(socket);
    };
    const udp = new DatagramTransport('127.0.0.1', 9, { makeSocket: () => fake('udp') });
    const unix = new UnixDatagramTransport('/nowhere', () => fake('unix'));
    for (const transport of [udp, unix]) {
      const opening = transport.open().catch(() => undefined);
      await Promise.resolve();
      await Promise.resolve();
      transport.close();
      await opening;
      expect(transport.socket).toBeNull();
    }
    expect(closes).toEqual(['udp', 'unix']);
  });
});

describe('a datagram socket that somebody else has closed', () => {
  it('is replaced for the next record, and closing is no error', async () => {
    const receiver = createSocket('udp4');
    const got: string[] = [];
    receiver.on('message', (message) => got.push(JSON.parse(message.subarray(4).toString()).msg));
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const handler = new DatagramHandler({
      host: '127.0.0.1',
      port: receiver.address().port,
      format: 'json',
      retryStart: 0.01,
    });
    const log = (msg: string) => handler.handle(new LogRecord({ msg, levelno: 20, levelname: 'INFO' }));
    const stderr = collectStderr();
    const closeSocket = () => (handler.sock as ReturnType<typeof createSocket>).close();
    log('one');
    await handler.flush();
    closeSocket();
    log('two');
    await handler.flush();
    closeSocket();
    await handler.close();
    stderr.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    receiver.close();
    expect(got).toEqual(['one', 'two']);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 2, dropped: 0 });
  });
});

describe('a datagram to a unix socket', () => {
  it('that is too large is lost and counted, and holds up none behind it', async () => {
    const sent: number[] = [];
    class OverPath extends DatagramHandler {
      override makeSocket() {
        return {
          on: () => undefined,
          close: () => undefined,
          send(
            _bytes: Buffer,
            _offset: number,
            length: number,
            _path: string,
            done: (error?: Error) => void,
          ) {
            // As unix-dgram has it.
            const code = -constants.errno.EMSGSIZE;
            if (length > 1_000) done(Object.assign(new Error(`send ${code}`), { errno: code, code }));
            else {
              sent.push(length);
              done();
            }
          },
        };
      }
    }
    const stderr = collectStderr();
    const handler = new OverPath({ host: '/run/log.sock', port: null });
    for (const msg of ['x'.repeat(2_000), 'small'])
      handler.handle(new LogRecord({ msg, levelno: 20, levelname: 'INFO' }));
    await handler.close();
    expect(stderr.stop()).toContain('bytes are too many for a datagram to /run/log.sock');
    expect(sent).toHaveLength(1);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 1, queued: 0, dropped: 1 });
    expect(handler.stats.droppedBy.oversize).toBe(1);
  });
});

describe('a stream whose other side is slow', () => {
  it('is not given up while it takes something, however long a batch takes', async () => {
    jest.useFakeTimers();
    try {
      const slow = new SlowSocket(10_000);
      const transport = new StreamTransport({ connect: () => slow as unknown as Socket });
      await transport.open();
      let isSent = false;
      const sending = transport.send([Buffer.alloc(256 * 1024)]).then(() => {
        isSent = true;
      });
      await jest.advanceTimersByTimeAsync(20_000);
      expect(isSent).toBe(false);
      await jest.advanceTimersByTimeAsync(10_000);
      await sending;
      expect(slow.taken).toBe(256 * 1024);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is given up when it takes nothing for ten seconds', async () => {
    jest.useFakeTimers();
    try {
      const transport = new StreamTransport({ connect: () => new SlowSocket(1) as unknown as Socket });
      await transport.open();
      const failed = expect(transport.send([Buffer.alloc(100)])).rejects.toThrow('the connection broke');
      await jest.advanceTimersByTimeAsync(10_000);
      await failed;
    } finally {
      jest.useRealTimers();
    }
  });
});

/** A connected socket that takes so many bytes in a second. */
class SlowSocket extends Duplex {
  readonly connecting = false;
  taken = 0;
  constructor(private readonly bytesPerSecond: number) {
    super();
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    setTimeout(
      () => {
        this.taken += chunk.length;
        done();
      },
      (chunk.length / this.bytesPerSecond) * 1000,
    );
  }
  setNoDelay(): void {}
  setKeepAlive(): void {}
  unref(): void {}
}
