import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { formatRfc5424, formatStructuredData } from '../../../lib/handlers/syslog/rfc5424.js';
import { SysLogHandler } from '../../../lib/handlers/syslog/syslog.handler.js';
import { parseAddress } from '../../../lib/handlers/syslog/syslog-options.js';
import { fieldText } from '../../../lib/handlers/syslog/syslog-sender.js';
import { frameSyslog } from '../../../lib/handlers/syslog/syslog-transport.js';
import { askPython, hasPython } from '../../support/live-python.js';

const itLive = hasPython ? it : it.skip;

describe('SysLogHandler', () => {
  itLive("has Python's constants and tables", () => {
    const body = [
      'from logging.handlers import SysLogHandler as H',
      'constants = {k: v for k, v in vars(H).items() if k.startswith("LOG_")}',
      'return [constants, H.facility_names, H.priority_names, H.priority_map]',
    ].join('\n');
    const [answer] = askPython(body, [null]) as { text: unknown[] }[];
    const handler = new SysLogHandler();
    const constants = Object.fromEntries(
      Object.entries(SysLogHandler).filter(([name]) => name.startsWith('LOG_')),
    );
    expect([constants, handler.facility_names, handler.priority_names, handler.priority_map]).toEqual(
      answer?.text,
    );
  });

  it('encodes facility and severity, by number or by name', () => {
    const handler = new SysLogHandler();
    expect(handler.encodePriority('local0', 'err')).toBe(131);
    expect(handler.encodePriority(SysLogHandler.LOG_LOCAL7, SysLogHandler.LOG_DEBUG)).toBe(191);
    expect(() => handler.encodePriority('locl0', 'err')).toThrow('no facility named "locl0"');
    expect(() => handler.encodePriority('user', 'toString')).toThrow('no priority named "toString"');
  });

  it('maps levels of its own to warning, unless a derived class knows better', () => {
    expect(new SysLogHandler().mapPriority('NOTICE')).toBe('warning');
    expect(new SysLogHandler().mapPriority('constructor')).toBe('warning');
    class Notices extends SysLogHandler {
      override mapPriority(levelName: string): string {
        return levelName === 'NOTICE' ? 'notice' : super.mapPriority(levelName);
      }
    }
    expect(new Notices().mapPriority('NOTICE')).toBe('notice');
  });

  it('finds the port of a server, or the path of a unix socket', () => {
    expect(parseAddress(['h', 1])).toEqual({ host: 'h', port: 1 });
    expect(parseAddress('logs.example.com:514')).toEqual({ host: 'logs.example.com', port: 514 });
    expect(parseAddress('[::1]:514')).toEqual({ host: '::1', port: 514 });
    for (const local of ['/dev/log', '/var/run/log:1', '\\\\.\\pipe\\log', 'localhost']) {
      expect(parseAddress(local)).toEqual({ path: local });
    }
  });

  it('takes sockets by the numbers that socket.SOCK_STREAM and socket.SOCK_DGRAM stand for', () => {
    expect(new SysLogHandler({ socktype: 1 }).socktype).toBe('tcp');
    expect(new SysLogHandler({ socktype: 2 }).socktype).toBe('udp');
    expect(new SysLogHandler({ tls: true }).socktype).toBe('tcp');
    expect(new SysLogHandler({ address: '/dev/log' })).toMatchObject({
      socktype: undefined,
      unixsocket: true,
    });
  });

  it('reports what is wrong with its options', () => {
    expect(() => new SysLogHandler({ facility: 'usr' as never })).toThrow(
      'facility: expected a number from 0 to 23 or one of',
    );
    expect(() => new SysLogHandler({ address: ['h'] as never })).toThrow(
      "address: expected [host, port], 'host:port'",
    );
    expect(() => new SysLogHandler({ tls: { ca: '/no/such/file.pem' } })).toThrow(
      'SysLogHandler.tls.ca: cannot read',
    );
  });
});

describe('SysLogHandler and its server', () => {
  let server: Socket | undefined;
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  it("works from a configuration in Python's spelling", async () => {
    server = createSocket('udp4').bind(0, '127.0.0.1');
    await once(server, 'listening');
    const received = once(server, 'message') as Promise<[Buffer]>;
    const standing = dictConfig({
      version: 1,
      formatters: { short: { format: '%(name)s %(message)s' } },
      handlers: {
        syslog: {
          class: 'logging.handlers.SysLogHandler',
          address: ['127.0.0.1', server.address().port],
          facility: 'ext://logging.handlers.SysLogHandler.LOG_LOCAL3',
          socktype: 'ext://socket.SOCK_DGRAM',
          formatter: 'short',
          '.': { ident: 'shop: ' },
        },
      },
      loggers: { 'shop.orders': { handlers: ['syslog'], level: 'INFO', propagate: false } },
    });
    getLogger('shop.orders').error('order %d', 17);
    expect((await received)[0].toString()).toBe('<155>shop: shop.orders order 17\0');
    await standing.close();
  });

  it('sends to a unix socket that is a stream, a NUL after each message, as Python does', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'syslog-'));
    const chunks: Buffer[] = [];
    const stream = createServer((socket) => socket.on('data', (chunk) => chunks.push(chunk)));
    try {
      stream.listen(path.join(folder, 'log'));
      await once(stream, 'listening');
      const handler = new SysLogHandler({ address: path.join(folder, 'log'), ident: 'shop: ' });
      handler.setFormatter(new Formatter({ sanitize: 'none' }));
      handler.handle(new LogRecord({ msg: 'one\nand\0two', levelno: 20 }));
      handler.handle(new LogRecord({ msg: 'three', levelno: 20 }));
      await handler.close();
      const closed = new Promise((resolve) => stream.close(resolve));
      await closed;
      expect(Buffer.concat(chunks).toString()).toBe('<14>shop: one\\nand\\x00two\0<14>shop: three\0');
    } finally {
      stream.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a message by RFC 5424', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  const grammar =
    /^<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} (-|(\[[!#-<>-\\^-~]{1,32}( [!#-<>-\\^-~]{1,32}="([^"\\\]\0-\x08\x0a-\x1f\x7f]|\\["\\\]]|\\(?!["\\\]]))*")*\])+)( |$)/;

  it('fits the grammar whatever its fields hold, and none of them ends the header early', () => {
    const fields = fc.record({
      hostname: anyText,
      appName: anyText,
      procId: anyText,
      msgId: anyText,
      message: anyText,
      data: fc.array(fc.tuple(anyText, fc.array(fc.tuple(anyText, anyText), { maxLength: 3 })), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fields, ({ data, ...rest }) => {
        const structuredData = formatStructuredData(data);
        const text = formatRfc5424({ priority: 134, created: 1_700_000_000.123, structuredData, ...rest });
        expect(text).toMatch(grammar);
        expect(text.endsWith(rest.message)).toBe(true);
        const header = rest.message === '' ? text : text.slice(0, -rest.message.length);
        expect(header).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]/);
      }),
    );
  });
});

describe('the time of a message', () => {
  const header = (created: number) =>
    formatRfc5424({
      ...{ priority: 14, created, hostname: 'h', appName: 'a', procId: '1', msgId: 'm' },
      ...{ structuredData: '-', message: 'text' },
    });

  it('is - where the standard has no form for it, and the message is sent', () => {
    for (const created of [Number.NaN, 1e15, Number.POSITIVE_INFINITY, 253_402_300_800])
      expect(header(created)).toBe('<14>1 - h a 1 m - text');
    expect(header(253_402_300_799)).toBe('<14>1 9999-12-31T23:59:59.000Z h a 1 m - text');
  });
});

describe('structured data', () => {
  it.each([
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [10n, '10'],
    [Number.NaN, 'NaN'],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [false, 'false'],
  ])('has a value as a text, in quotes only where JSON needs them: %p', (value, text) => {
    expect(fieldText(value)).toBe(text);
  });

  it('has each element once: a message with a name twice is refused by receivers', () => {
    const data = [
      ['origin', [['software', 'shop']]],
      ['a b', [['x', '1']]],
      ['origin', [['user', 'ada']]],
      ['a=b', [['y', '2']]],
    ] as const;
    expect(formatStructuredData(data)).toBe('[origin software="shop" user="ada"][a_b x="1" y="2"]');
  });

  it('leaves out what does not fit, whole parameters, and keeps those behind that do', () => {
    const data = [['id', ['a', 'é', 'c'].map((name) => [name, name.repeat(name === 'é' ? 20 : 2)])]] as never;
    expect(formatStructuredData(data, 30)).toBe('[id a="aa" c="cc"]');
  });

  it('leaves half of a message to the text, however many fields a record has', async () => {
    const chunks: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (chunk) => chunks.push(chunk)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const handler = new SysLogHandler({
      address: ['127.0.0.1', port],
      socktype: 'tcp',
      protocol: 'rfc5424',
      extraSdId: 'shop@32473',
    });
    const extra = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, 'x'.repeat(9_000)]));
    handler.handle(new LogRecord({ msg: 'the text', levelno: 20, levelname: 'INFO', extra }));
    await handler.close();
    await new Promise((resolve) => server.close(resolve));
    const text = Buffer.concat(chunks).toString();
    expect(text).toMatch(/ \[shop@32473( f\d+="x+")+\] the text$/);
    expect(text.length).toBeGreaterThan(100_000);
  });
});

describe('options of SysLogHandler that contradict each other', () => {
  it.each([
    [{ address: ['localhost', 6514], socktype: 'udp', tls: true }, 'tls: goes over TCP'],
    [{ address: '/dev/log', tls: { insecure: true } }, 'tls: a unix socket is not encrypted'],
  ])('are refused: %j', (options, message) => {
    expect(() => new SysLogHandler(options as never)).toThrow(message);
  });
});

describe('messages on a stream', () => {
  it('are counted in bytes', () => {
    expect(frameSyslog(Buffer.from('é\n1 x'), 'octet-counting').toString()).toBe('6 é\n1 x');
  });

  it.each(['lf', 'nul'] as const)('hold nothing that ends them early: %s', (framing) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const framed = frameSyslog(Buffer.from(text), framing);
        expect(framed.at(-1)).toBe(framing === 'lf' ? 10 : 0);
        expect(framed.subarray(0, -1).some((byte) => byte === 10 || byte === 13 || byte === 0)).toBe(false);
      }),
    );
  });
});
