import { hostname } from 'node:os';
import { parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { SysLogHandler } from '../../../lib/handlers/syslog/syslog.handler.js';
import type { SysLogHandlerOptions } from '../../../lib/handlers/syslog/syslog-options.js';
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.js';
import { hasRsyslog, hasRsyslogTls, type Rsyslog, startRsyslog } from '../../support/rsyslog.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const describeLive = hasRsyslog ? describe : describe.skip;
const itOverTls = hasRsyslogTls && hasOpenssl ? it : it.skip;

const hasUnixDgram = await import('unix-dgram' as string).then(
  () => true,
  () => false,
);
const itWithoutUnixDgram = hasUnixDgram ? it.skip : it;

/** What someone would send who wants records of his own in the log. */
const HOSTILE = [
  'first line\nsecond line',
  'forged\n<34>1 2026-01-01T00:00:00Z bank auth - - - root logged in',
  'forged\0<34>Jan  1 00:00:00 bank auth: root logged in',
  '\n20 <34>forged octet count',
  'ends here\r\n\r\n',
  '<0>starts with a priority',
  'Jan  1 00:00:00 bank auth: forged whole',
  '1 2026-01-01T00:00:00Z bank auth - - - forged whole',
  'bank auth: forged without a time',
  'é 日本 😀 \u2028 \u202e',
];

const folder = useTemporaryFolder();
const logger = getLogger('shop.orders');
logger.setLevel('DEBUG');
logger.propagate = false;

describeLive('SysLogHandler and rsyslogd', () => {
  let certificates: Certificates | undefined;
  let server: Rsyslog;
  let seen = 0;
  let stderr: ReturnType<typeof collectStderr>;

  beforeAll(async () => {
    certificates = hasOpenssl ? makeCertificates() : undefined;
    const tls = certificates && { ca: certificates.ca, own: certificates.good };
    server = await startRsyslog(hasRsyslogTls ? tls : undefined);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    stderr = collectStderr();
  });
  afterEach(() => {
    stderr.stop();
    logger.handlers.length = 0;
  });

  /** Logs messages over a handler, and gives back what arrived. */
  async function send(
    options: SysLogHandlerOptions,
    messages: readonly string[],
    sanitize: 'none' | 'escape' = 'none',
  ) {
    const handler = new SysLogHandler(options);
    handler.setFormatter(new Formatter({ sanitize }));
    logger.handlers.length = 0;
    logger.addHandler(handler);
    for (const message of messages) logger.warning(message, { extra: { user: 'ann"]\\\n', n: 1 } });
    await handler.close();
    expect(handler.stats).toMatchObject({ delivered: messages.length, dropped: 0 });
    seen += messages.length;
    return (await server.received(seen)).slice(-messages.length);
  }

  const udp = () => ({ address: ['127.0.0.1', server.udpPort] satisfies [string, number] });
  const tcp = () => ({ address: `127.0.0.1:${server.tcpPort}`, socktype: 'tcp' as const });
  const rfc = { protocol: 'rfc5424' as const, appName: 'shop', hostname: 'web-1', procId: '42' };
  const tls = () => ({ address: `localhost:${server.tlsPort}`, tls: { ca: certificates?.ca.cert ?? '' } });

  it.each([
    ['UDP', () => udp()],
    ['TCP with octet counting', () => tcp()],
    ['TCP with newlines', () => ({ ...tcp(), framing: 'lf' as const })],
    ['UDP by RFC 5424', () => ({ ...udp(), ...rfc })],
    ['TCP by RFC 5424', () => ({ ...tcp(), ...rfc })],
    ['TCP by RFC 5424 with newlines', () => ({ ...tcp(), ...rfc, framing: 'lf' as const })],
  ])('one message is one message over %s, whatever it holds', async (_title, options) => {
    for (const sanitize of ['none', 'escape'] as const) {
      const arrived = await send({ ...options(), ident: 'shop: ' }, HOSTILE, sanitize);
      expect(arrived.map(({ pri }) => pri)).toEqual(HOSTILE.map(() => '12'));
      expect(arrived.filter(({ hostname: from }) => from === 'bank')).toEqual([]);
      expect(arrived.map(({ rawmsg }) => rawmsg.includes('forged'))).toEqual(
        HOSTILE.map((text) => text.includes('forged')),
      );
    }
  });

  it('has facility, severity, name and text in the right places over UDP', async () => {
    const [message] = await send({ ...udp(), facility: 'local0', ident: 'myapp: ' }, ['hello']);
    expect(message).toMatchObject({ pri: '132', programname: 'myapp', msg: ' hello' });
  });

  it('has the fields of RFC 5424 in the right places', async () => {
    const structuredData = { origin: { software: 'shop "2"' } };
    const [message] = await send({ ...tcp(), ...rfc, structuredData, extraSdId: 'fields@32473' }, [
      'hello\nworld',
    ]);
    expect(message).toMatchObject({
      'protocol-version': '1',
      pri: '12',
      hostname: 'web-1',
      'app-name': 'shop',
      procid: '42',
      msgid: 'shop.orders',
      'structured-data': '[origin software="shop \\"2\\""][fields@32473 user="ann\\"\\]\\\\\\\\n" n="1"]',
    });
    expect(message?.msg).toMatch(/^hello(#012|\n)world$/);
  });

  it('is named after this machine, this program and the logger by default', async () => {
    const [message] = await send({ ...tcp(), protocol: 'rfc5424' }, ['hello']);
    expect(message).toMatchObject({
      hostname: hostname(),
      procid: String(process.pid),
      msgid: 'shop.orders',
    });
    // Jest itself, or the file of its worker processes.
    expect(message?.['app-name']).toBe(parse(process.argv[1] as string).name);
  });

  it('makes header fields fit, whatever they are given', async () => {
    const options = {
      ...tcp(),
      protocol: 'rfc5424' as const,
      hostname: 'a b\n<0>',
      appName: 'x'.repeat(60),
      msgId: 'é]"=',
    };
    const [message] = await send({ ...options, structuredData: { 'a b=]"': { 'n ame\n': 'v' } } }, ['hello']);
    expect(message).toMatchObject({
      hostname: 'a_b_<0>',
      'app-name': 'x'.repeat(48),
      msgid: '_]"=',
      'structured-data': '[a_b___ n_ame_="v"]',
      msg: 'hello',
    });
  });

  itOverTls('speaks TLS, and takes no server that it should not trust', async () => {
    const arrived = await send({ ...tls(), ...rfc }, HOSTILE);
    expect(arrived.map(({ pri }) => pri)).toEqual(HOSTILE.map(() => '12'));
    for (const options of [{ tls: true }, { tls: { ...tls().tls, servername: 'elsewhere.example' } }]) {
      const handler = new SysLogHandler({ address: ['localhost', server.tlsPort], ...options });
      await expect(handler.createSocket()).rejects.toThrow(/certificate|altnames/);
      await handler.close();
    }
  });

  itWithoutUnixDgram('names the package it needs for a unix datagram socket', async () => {
    const handler = new SysLogHandler({ address: server.socketPath });
    await expect(handler.createSocket()).rejects.toThrow('npm install unix-dgram');
    await handler.close();
  });

  it('cuts a message that is too large for a datagram rather than lose it', async () => {
    const [message] = await send({ ...udp(), ident: 'big: ' }, ['é'.repeat(40_000)]);
    expect(Buffer.byteLength(message?.rawmsg ?? '')).toBeGreaterThan(65_000);
  });

  it('goes on after the server was killed and started anew, every record accounted for', async () => {
    const handler = new SysLogHandler({ ...tcp(), ...rfc });
    logger.handlers.length = 0;
    logger.addHandler(handler);
    let issued = 0;
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < 200; count += 1) {
        logger.info('numbered %d', issued++);
        if (count === 100) await server.kill();
        if (count % 20 === 0) await delay(5);
      }
      await server.start();
    }
    logger.info('fresh');
    await handler.flush();
    await handler.close();
    const { emitted, delivered, dropped, queued } = handler.stats;
    expect(emitted).toBe(issued + 1);
    expect([delivered + dropped, queued]).toEqual([emitted, 0]);
    await delay(300);
    const arrived = server.messages().map(({ msg }) => msg);
    expect(arrived.filter((msg) => msg === 'fresh')).toHaveLength(1);
    const numbered = arrived.filter((msg) => msg.startsWith('numbered'));
    expect(new Set(numbered).size).toBe(numbered.length);
  }, 20_000);

  it('loses nothing with a spool while the server is killed again and again; what comes twice has its number twice', async () => {
    const before = server.messages().length;
    const handler = new SysLogHandler({ ...tcp(), ...rfc, spool: { directory: folder.path } });
    logger.handlers.length = 0;
    logger.addHandler(handler);
    for (let index = 0; index < 3_000; index += 1) {
      logger.info('kept %d', index);
      if (index % 100 === 99) await delay(10);
      if (index % 1_000 === 500) {
        await server.kill();
        void delay(50).then(() => server.start());
      }
    }
    for (const deadline = Date.now() + 20_000; handler.stats.spooled > 0 && Date.now() < deadline; )
      await delay(50);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 3_000, delivered: 3_000, dropped: 0, spooled: 0 });
    const arrived = (await server.received(before + 3_000)).slice(before);
    const byNumber = new Map(arrived.map((message) => [message['structured-data'], message.msg.trim()]));
    expect(new Set(byNumber.values())).toEqual(
      new Set(Array.from({ length: 3_000 }, (_, index) => `kept ${index}`)),
    );
    expect(byNumber.size).toBe(3_000);
  }, 40_000);
});
