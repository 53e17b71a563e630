import { execFile } from 'node:child_process';
import type { Socket as DatagramSocket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter, getLogger, type Handler, type LogRecord, makeLogRecord } from '../../lib/core.js';
import {
  AdminEmailHandler,
  DatagramHandler,
  HTTPHandler,
  SMTPHandler,
  SocketHandler,
  SysLogHandler,
} from '../../lib/handlers.js';
import { freePort } from '../support/free-port.js';
import { HttpSink } from '../support/http-sink.js';
import { startTcpSink, startUdpSink } from '../support/line-sink.js';
import { ListHandler } from '../support/list-handler.js';
import { hasPython } from '../support/live-python.js';
import { MailServer } from '../support/mail-server.js';
import { resetLogging } from '../support/reset-logging.js';

const run = promisify(execFile);
const itWithPython = hasPython ? it : it.skip;
const host = '127.0.0.1';
const undo: (() => unknown)[] = [];

beforeEach(resetLogging);
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  jest.restoreAllMocks();
  resetLogging();
});

/** Logs with a handler whose methods note that they are called; the same in Python as below. */
const PYTHON = `
import json, sys, logging, logging.handlers
kind, port, methods = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
H = logging.handlers
base, args = {
  "socket": (H.SocketHandler, ("127.0.0.1", port)),
  "datagram": (H.DatagramHandler, ("127.0.0.1", port)),
  "syslog": (H.SysLogHandler, (("127.0.0.1", port),)),
  "http": (H.HTTPHandler, ("127.0.0.1:%d" % port, "/", "POST")),
  "smtp": (H.SMTPHandler, (("127.0.0.1", port), "a@example.com", "b@example.com", "s")),
}[kind]
calls = []
def noting(name):
    def method(self, *args, **kwargs):
        calls.append(name)
        return getattr(base, name)(self, *args, **kwargs)
    return method
Derived = type("Derived", (base,), {name: noting(name) for name in methods})
handler = Derived(*args)
calls.clear()
logging.getLogger().addHandler(handler)
for text in ("one", "two"): logging.error(text)
try: 1 / 0
except ZeroDivisionError: logging.exception("three")
logging.error("x" * int(sys.argv[4]))
print(json.dumps(calls))
`;

async function callsInPython(kind: string, port: number, methods: readonly string[], length: number) {
  const { stdout } = await run('python3', ['-c', PYTHON, kind, String(port), methods.join(), String(length)]);
  return JSON.parse(stdout) as string[];
}

/** Has methods of a handler note that they are called, as those of a derived class. */
function noteCalls(handler: Handler, methods: readonly string[], calls: string[]): void {
  for (const method of methods) {
    const usual = (handler as unknown as Record<string, (...args: unknown[]) => unknown>)[method];
    Object.assign(handler, {
      [method](...args: unknown[]) {
        calls.push(method);
        return usual?.apply(handler, args);
      },
    });
  }
}

async function callsHere(handler: Handler, methods: readonly string[], length: number): Promise<string[]> {
  const calls: string[] = [];
  noteCalls(handler, methods, calls);
  undo.push(() => handler.close());
  const log = getLogger('shop');
  // The root gets what is said of losses, too.
  log.propagate = false;
  log.addHandler(handler);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  // Python sends within the call.
  for (const text of ['one', 'two']) {
    log.error(text);
    await handler.flush();
  }
  log.exception('three', new Error('no'));
  await handler.flush();
  log.error('x'.repeat(length));
  await handler.flush();
  return calls;
}

describe('overridden methods are called in the order in which CPython calls them:', () => {
  itWithPython('SocketHandler', async () => {
    const sink = await startTcpSink();
    undo.push(() => sink.close());
    const methods = ['emit', 'makePickle', 'send', 'createSocket', 'makeSocket', 'format', 'handleError'];
    const handler = new SocketHandler({ host, port: sink.port });
    const ours = await callsHere(handler, methods, 10);
    expect(ours).toContain('makeSocket');
    expect(ours).toEqual(await callsInPython('socket', sink.port, methods, 10));
  });

  itWithPython('DatagramHandler, also for what is too large for a datagram', async () => {
    const sink = await startUdpSink();
    undo.push(() => sink.close());
    const methods = ['emit', 'makePickle', 'send', 'createSocket', 'makeSocket', 'format', 'handleError'];
    const ours = await callsHere(new DatagramHandler({ host, port: sink.port }), methods, 70_000);
    expect(ours.at(-1)).toBe('handleError');
    expect(ours).toEqual(await callsInPython('datagram', sink.port, methods, 70_000));
  });

  itWithPython('SysLogHandler, but for the socket, which Python makes with the handler', async () => {
    const sink = await startUdpSink();
    undo.push(() => sink.close());
    const methods = ['emit', 'format', 'mapPriority', 'encodePriority', 'createSocket', 'handleError'];
    const ours = await callsHere(new SysLogHandler({ address: [host, sink.port] }), methods, 10);
    expect(ours.indexOf('createSocket')).toBe(4);
    const theirs = await callsInPython('syslog', sink.port, methods, 10);
    expect(ours.filter((name) => name !== 'createSocket')).toEqual(theirs);
  });

  itWithPython('HTTPHandler, but for the connection, which Python makes anew for each record', async () => {
    const sink = await new HttpSink().listen();
    undo.push(() => sink.close());
    const methods = ['emit', 'mapLogRecord', 'getConnection', 'format', 'handleError'];
    const port = Number(sink.host.split(':')[1]);
    const ours = await callsHere(
      new HTTPHandler({ host: `${host}:${port}`, url: '/', method: 'POST' }),
      methods,
      10,
    );
    expect(ours.filter((name) => name === 'getConnection')).toHaveLength(1);
    const theirs = await callsInPython('http', port, methods, 10);
    const others = (calls: string[]) => calls.filter((name) => name !== 'getConnection');
    expect(others(ours)).toEqual(others(theirs));
  });

  itWithPython('SMTPHandler', async () => {
    const server = await new MailServer().listen();
    undo.push(() => server.close());
    const methods = ['emit', 'getSubject', 'format', 'handleError'];
    const handler = new SMTPHandler({
      ...{ mailhost: [host, server.port], fromaddr: 'a@example.com', toaddrs: 'b@example.com' },
      ...{ subject: 's', digest: false },
    });
    const ours = await callsHere(handler, methods, 10);
    expect(ours).toEqual(await callsInPython('smtp', server.port, methods, 10));
  });
});

describe('a createSocket of your own', () => {
  const record = () =>
    makeLogRecord({ name: 'shop', msg: 'over my own socket', levelno: 20, levelname: 'INFO' });

  it('gives a SocketHandler its connection, and is asked again when that broke', async () => {
    const sink = await startTcpSink();
    undo.push(() => sink.close());
    let asked = 0;
    class Own extends SocketHandler {
      override async createSocket(): Promise<void> {
        asked += 1;
        this.sock = connect(sink.port, host);
      }
    }
    const handler = new Own({ host: 'nowhere.invalid', port: 1, format: 'json', framing: 'newline' });
    undo.push(() => handler.close());
    handler.handle(record());
    await handler.flush();
    handler.handle(record());
    await handler.flush();
    expect([asked, (await sink.text()).match(/over my own socket/g)?.length]).toEqual([1, 2]);
    handler.sock = null;
    handler.handle(record());
    await handler.flush();
    expect([asked, (await sink.text()).match(/over my own socket/g)?.length]).toEqual([2, 3]);
  });

  it.each([
    ['DatagramHandler', (port: number) => new DatagramHandler({ host, port, format: 'json' }), 'sock'],
    ['SysLogHandler', (port: number) => new SysLogHandler({ address: [host, port] }), 'socket'],
  ] as const)('gives a %s its socket', async (_name, make, attribute) => {
    const sink = await startUdpSink();
    undo.push(() => sink.close());
    const handler: Handler = make(sink.port);
    const own = createSocket('udp4');
    const send = jest.spyOn(own, 'send');
    Object.assign(handler, {
      createSocket: () => Object.assign(handler, { [attribute]: own }),
    });
    handler.handle(record());
    await handler.flush();
    expect(await sink.text()).toContain('over my own socket');
    expect(send).toHaveBeenCalled();
    await handler.close();
    expect(() => own.close()).toThrow(/Not running/);
  });

  it('gives a SysLogHandler its stream', async () => {
    const sink = await startTcpSink();
    undo.push(() => sink.close());
    class Own extends SysLogHandler {
      override async createSocket(): Promise<void> {
        this.socket = connect(sink.port, host);
      }
    }
    const handler = new Own({ address: ['nowhere.invalid', 1], socktype: 'tcp' });
    undo.push(() => handler.close());
    handler.handle(record());
    await handler.flush();
    expect(await sink.text()).toContain('over my own socket');
  });

  it('that makes none is a failure, and the record waits', async () => {
    const errors: unknown[] = [];
    const handler = new SocketHandler({ host, port: 1 });
    undo.push(() => handler.close());
    Object.assign(handler, {
      createSocket: async () => undefined,
      handleError: (_record: LogRecord, error: unknown) => errors.push(String(error)),
    });
    handler.handle(record());
    await new Promise((go) => setTimeout(go, 20));
    expect(errors).toEqual([expect.stringContaining('createSocket made no connection')]);
    expect(handler.stats).toMatchObject({ queued: 1, dropped: 0 });
    Object.assign(handler, { maxRetries: 0 });
  });
});

describe('a makeSocket of your own', () => {
  it('is asked by a DatagramHandler, with the family of the address', async () => {
    const sink = await startUdpSink();
    undo.push(() => sink.close());
    const families: number[] = [];
    class Own extends DatagramHandler {
      override makeSocket(family: 4 | 6): DatagramSocket {
        families.push(family);
        return super.makeSocket(family);
      }
    }
    const handler = new Own({ host, port: sink.port, format: 'json' });
    undo.push(() => handler.close());
    handler.handle(makeLogRecord({ msg: 'one', levelno: 20 }));
    handler.handle(makeLogRecord({ msg: 'two', levelno: 20 }));
    await handler.flush();
    expect(families).toEqual([4]);
    expect(await sink.text()).toMatch(/one[\s\S]*two/);
  });

  it('of a DatagramHandler that gives something else is reported', async () => {
    const handler = new DatagramHandler({ host, port: 9 });
    const errors: unknown[] = [];
    Object.assign(handler, {
      makeSocket: () => connect as unknown as Socket,
      handleError: (_record: LogRecord, error: unknown) => errors.push(String(error)),
    });
    handler.handle(makeLogRecord({ msg: 'one' }));
    await new Promise((go) => setTimeout(go, 20));
    expect(errors).toEqual([
      expect.stringContaining('makeSocket: expected a socket of node:dgram, got function'),
    ]);
    Object.assign(handler, { makeSocket: DatagramHandler.prototype.makeSocket });
    await handler.close();
  });
});

describe('a handleError of your own', () => {
  const addresses = { fromaddr: 'a@example.com', digest: false, maxRetries: 0 } as const;
  const makers: Record<string, (port: number) => Handler> = {
    SocketHandler: (port) => new SocketHandler({ host, port }),
    SysLogHandler: (port) => new SysLogHandler({ address: [host, port], socktype: 'tcp' }),
    HTTPHandler: (port) => new HTTPHandler({ host: `${host}:${port}`, url: '/', maxRetries: 0 }),
    SMTPHandler: (port) =>
      new SMTPHandler({ mailhost: [host, port], toaddrs: 'b@example.com', subject: 's', ...addresses }),
    AdminEmailHandler: (port) =>
      new AdminEmailHandler({ mailhost: [host, port], admins: ['b@example.com'], ...addresses } as never),
  };

  it.each(Object.keys(makers))(
    'gets each record that a %s could not send, once, and may hand it on',
    async (name) => {
      const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      const port = await freePort();
      const handler = makers[name]?.(port) as Handler;
      const instead = new ListHandler();
      const errors: unknown[] = [];
      Object.assign(handler, {
        handleError(record: LogRecord, error: unknown) {
          errors.push(error);
          instead.handle(record);
          getLogger('shop').error('the log server is away');
        },
      });
      const log = getLogger('shop');
      log.addHandler(handler);
      log.error('order %d', 1);
      log.error('order %d', 2);
      for (let tries = 0; instead.records.length < 1 && tries < 200; tries += 1)
        await new Promise((go) => setTimeout(go, 10));
      await new Promise((go) => setTimeout(go, 1_200));
      const texts = instead.records.map((record) => record.getMessage());
      expect(texts).toEqual([...new Set(texts)]);
      expect(texts[0]).toBe('order 1');
      expect(texts).not.toContain('the log server is away');
      expect(String(errors[0])).toContain(`${host}:${port}`);
      expect(write.mock.calls.join('')).not.toContain('Logging error');
      // What is left is lost soon.
      Object.assign(handler, { handleError: () => undefined });
      await handler.close();
    },
    15_000,
  );

  it('of a SocketHandler closes the connection in silence with closeOnError, as in CPython', async () => {
    const sink = await startTcpSink();
    undo.push(() => sink.close());
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const handler = new SocketHandler({ host, port: sink.port });
    undo.push(() => handler.close());
    handler.closeOnError = true;
    handler.handle(makeLogRecord({ msg: 'one' }));
    await handler.flush();
    expect(handler.sock).not.toBeNull();
    handler.handleError(makeLogRecord({ msg: 'two' }), new Error('broken'));
    expect([handler.sock, write.mock.calls]).toEqual([null, []]);
    handler.handleError(makeLogRecord({ msg: 'two' }), new Error('broken'));
    expect(write.mock.calls.join('')).toContain('broken');
  });

  it('that throws or rejects is reported, and sending goes on', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const port = await freePort();
    const handler = new SocketHandler({ host, port, retryStart: 0.05, format: 'json', framing: 'newline' });
    Object.assign(handler, {
      handleError: async () => {
        throw new Error('broken on purpose');
      },
    });
    handler.handle(makeLogRecord({ msg: 'one' }));
    await new Promise((go) => setTimeout(go, 30));
    expect(write.mock.calls.join('')).toContain('broken on purpose');
    const sink = await startTcpSink(port);
    undo.push(() => sink.close());
    await handler.close();
    expect(await sink.text()).toContain('"one"');
  });
});

describe('the traceback that a SocketHandler sends', () => {
  it('is written by its formatter, as in CPython', () => {
    class Short extends Formatter {
      override formatException(): string {
        return 'short';
      }
    }
    const handler = new SocketHandler({ host, port: 1, format: 'json', framing: 'newline' });
    undo.push(() => handler.close());
    handler.setFormatter(new Short());
    const sent = handler.makePickle(makeLogRecord({ msg: 'failed', excInfo: new Error('no') })).toString();
    expect(JSON.parse(sent)).toMatchObject({ msg: 'failed', exc_text: 'short', exc_info: null });
  });
});
