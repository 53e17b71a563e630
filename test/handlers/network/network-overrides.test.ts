import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter, getLogger, getLoggingErrors, type Handler, type Logger } from '../../../lib/core.js';
import {
  AdminEmailHandler,
  DatagramHandler,
  HTTPHandler,
  SMTPHandler,
  SocketHandler,
  SysLogHandler,
} from '../../../lib/handlers.js';
import { HttpSink } from '../../support/http-sink.js';
import { startTcpSink, startUdpSink } from '../../support/line-sink.js';
import { MailServer } from '../../support/mail-server.js';
import { resetLogging } from '../../support/reset-logging.js';

const rejected = jest.fn();
let log: Logger;
let errorsBefore: number;
const undo: (() => unknown)[] = [];

beforeEach(() => {
  resetLogging();
  log = getLogger('shop');
  log.propagate = false;
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.on('unhandledRejection', rejected);
  rejected.mockClear();
  errorsBefore = countErrors();
});
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
  process.off('unhandledRejection', rejected);
  jest.restoreAllMocks();
  resetLogging();
});

/** Handlers with nobody to send to: they are closed together, which takes seconds. */
const hopeless: Handler[] = [];
afterAll(async () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await Promise.all(hopeless.map((handler) => handler.close()));
  jest.restoreAllMocks();
});

function countErrors(): number {
  return getLoggingErrors().reduce((sum, { count }) => sum + count, 0);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const answers: [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('broken on purpose');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('rejected on purpose'))],
  ['gives null', () => null],
  ['gives an array', () => []],
  ['gives a promise', async () => 'later'],
];

/** A server that takes what is sent. */
interface Receiver {
  readonly port: number;
  /** All that came so far, as text. */
  came(): Promise<string>;
}

async function tcp(): Promise<Receiver> {
  const sink = await startTcpSink();
  undo.push(() => sink.close());
  return { port: sink.port, came: () => sink.text() };
}

async function udp(): Promise<Receiver> {
  const sink = await startUdpSink();
  undo.push(() => sink.close());
  return { port: sink.port, came: () => sink.text() };
}

async function web(): Promise<Receiver> {
  const sink = await new HttpSink().listen();
  undo.push(() => sink.close());
  return {
    port: Number(sink.host.split(':')[1]),
    came: async () => sink.requests.map(({ url, body }) => `${url} ${body}`).join('\n'),
  };
}

async function mail(): Promise<Receiver> {
  const server = await new MailServer().listen();
  undo.push(() => server.close());
  return { port: server.port, came: async () => server.mails.map(({ body }) => body).join('\n') };
}

const host = '127.0.0.1';
const addresses = { fromaddr: 'shop@example.com', digest: false } as const;
const makers = {
  socket: (port: number) => new SocketHandler({ host, port, format: 'json', framing: 'newline' }),
  datagram: (port: number) => new DatagramHandler({ host, port, format: 'json', framing: 'newline' }),
  form: (port: number) => new HTTPHandler({ host: `${host}:${port}`, url: '/', method: 'POST' }),
  json: (port: number) => new HTTPHandler({ host: `${host}:${port}`, url: '/', format: 'json' }),
  formatted: (port: number) =>
    new HTTPHandler({ host: `${host}:${port}`, url: '/', format: 'json', formatter: new Formatter() }),
  bsd: (port: number) => new SysLogHandler({ address: [host, port] }),
  rfc5424: (port: number) => new SysLogHandler({ address: [host, port], protocol: 'rfc5424' }),
  smtp: (port: number) =>
    new SMTPHandler({ mailhost: [host, port], toaddrs: 'ops@example.com', subject: 'Shop', ...addresses }),
  admin: (port: number) =>
    new AdminEmailHandler({ mailhost: [host, port], admins: ['ops@example.com'], ...addresses } as never),
};

async function check(
  make: (port: number) => Handler,
  receive: () => Promise<Receiver>,
  methods: readonly string[],
  answer: () => unknown,
): Promise<void> {
  const receiver = await receive();
  for (const method of methods) {
    const handler = make(receiver.port);
    undo.unshift(() => handler.close());
    log.addHandler(handler);
    const before = countErrors();
    const usual = (handler as unknown as Record<string, unknown>)[method];
    Object.assign(handler, { [method]: answer });
    expect(() => log.error('bad record')).not.toThrow();
    await settled();
    expect([method, countErrors() - before]).not.toEqual([method, 0]);
    Object.assign(handler, { [method]: usual });
    log.error('good record');
    await handler.flush();
    log.removeHandler(handler);
  }
  const came = await receiver.came();
  expect(came.replaceAll('+', ' ')).toContain('good record');
  expect(came).not.toMatch(/bad.record|object Promise|\{\}\]/);
  expect(rejected).not.toHaveBeenCalled();
}

describe.each(answers)('an override that %s is reported, and nothing is sent for it:', (_what, answer) => {
  it('SocketHandler.makePickle', () => check(makers.socket, tcp, ['makePickle'], answer));
  it('DatagramHandler.makePickle', () => check(makers.datagram, udp, ['makePickle'], answer));
  it('HTTPHandler.mapLogRecord', async () => {
    await check(makers.form, web, ['mapLogRecord'], answer);
    await check(makers.json, web, ['mapLogRecord'], answer);
  });
  it('HTTPHandler.format', () => check(makers.formatted, web, ['format'], answer));
  it('SysLogHandler.mapPriority, encodePriority, format', async () => {
    await check(makers.bsd, udp, ['mapPriority', 'encodePriority', 'format'], answer);
    await check(makers.rfc5424, udp, ['mapPriority', 'encodePriority', 'format'], answer);
  });
  it('SMTPHandler.getSubject, format', () => check(makers.smtp, mail, ['getSubject', 'format'], answer));
  it('AdminEmailHandler.format_subject, format', () =>
    check(makers.admin, mail, ['format_subject', 'format'], answer));
});

describe('a formatter that is async', () => {
  it.each([
    ['bsd', udp],
    ['rfc5424', udp],
    ['formatted', web],
    ['smtp', mail],
    ['admin', mail],
  ] as const)('is reported, and its promise is not sent: %s', async (name, receive) => {
    const receiver = await receive();
    const handler = makers[name](receiver.port);
    undo.unshift(() => handler.close());
    log.addHandler(handler);
    for (const format of [async () => 'bad record', async () => Promise.reject(new Error('rejected'))]) {
      handler.setFormatter({ format } as never);
      log.error('bad record');
      await settled();
    }
    handler.setFormatter(null);
    log.error('good record');
    await handler.flush();
    expect(countErrors()).toBeGreaterThan(errorsBefore + 1);
    expect(rejected).not.toHaveBeenCalled();
    const came = await receiver.came();
    expect(came).toContain('good record');
    expect(came).not.toMatch(/bad record|object Promise/);
  });
});

describe.each(answers.slice(0, 2))('what %s', (_what, fails) => {
  it.each([
    ['SocketHandler.send', makers.socket, 'send'],
    ['DatagramHandler.send', makers.datagram, 'send'],
    ['AdminEmailHandler.send_mail', makers.admin, 'send_mail'],
    ['SocketHandler.makeSocket', makers.socket, 'makeSocket'],
    ['HTTPHandler.getConnection', makers.form, 'getConnection'],
  ] as const)('in place of %s is reported', async (_name, make, method) => {
    const handler: Handler = make(9);
    hopeless.push(handler);
    Object.assign(handler, { [method]: fails });
    log.addHandler(handler);
    expect(() => log.error('one')).not.toThrow();
    await settled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
    Object.assign(handler, { [method]: () => null });
  });
});

describe('a makeSocket or getConnection', () => {
  it.each([
    ['socket', 'makeSocket', 'makeSocket: expected a socket of node:net or node:tls, got another object'],
    [
      'form',
      'getConnection',
      'getConnection: expected an agent of node:http or node:https, got another object',
    ],
  ] as const)('that gives something else is reported: %s.%s', async (name, method, error) => {
    const handler: Handler = makers[name](9);
    hopeless.push(handler);
    Object.assign(handler, { [method]: () => ({}) });
    log.addHandler(handler);
    log.error('one');
    await settled();
    expect(jest.mocked(process.stderr.write).mock.calls.join('\n')).toContain(error);
  });

  it('may be async: what it resolves to is used', async () => {
    const to = await tcp();
    const socket = makers.socket(9);
    Object.assign(socket, { makeSocket: async () => connect({ host, port: to.port }) });
    const toWeb = await web();
    const http = makers.form(toWeb.port);
    Object.assign(http, { getConnection: async () => new Agent({ keepAlive: true }) });
    undo.unshift(
      () => socket.close(),
      () => http.close(),
    );
    log.addHandler(socket);
    log.addHandler(http);
    log.error('one');
    await Promise.all([socket.flush(), http.flush()]);
    expect(await to.came()).toContain('"msg":"one"');
    expect(await toWeb.came()).toContain('msg=one');
  });

  it('that is async and whose socket fails ends nothing', async () => {
    const socket = makers.socket(9);
    Object.assign(socket, { makeSocket: async () => connect({ host, port: 1 }) });
    hopeless.push(socket);
    log.addHandler(socket);
    log.error('one');
    await expect(socket.createSocket()).rejects.toThrow();
    await settled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
  });
});
