import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import type { RelpHandlerOptions } from '../../../lib/handlers/syslog/relp/relp.handler.js';
import { RelpHandler } from '../../../lib/handlers/syslog/relp/relp.handler.js';
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.js';
import { hasRsyslogRelp, hasRsyslogTls, type Rsyslog, startRsyslog } from '../../support/rsyslog.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const describeLive = hasRsyslogRelp ? describe : describe.skip;
const itOverTls = hasRsyslogTls && hasOpenssl ? it : it.skip;
const folder = useTemporaryFolder();

const logger = getLogger('shop.orders');
logger.setLevel('DEBUG');
logger.propagate = false;

describeLive('RelpHandler and rsyslogd', () => {
  let certificates: Certificates | undefined;
  let server: Rsyslog;
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

  function use(options: Partial<RelpHandlerOptions> = {}): RelpHandler {
    const handler = new RelpHandler({ address: ['127.0.0.1', server.relpPort], appName: 'shop', ...options });
    logger.handlers.length = 0;
    logger.addHandler(handler);
    return handler;
  }

  const arrived = (word: string) =>
    server
      .messages()
      .map(({ msg }) => msg.trim())
      .filter((msg) => msg.startsWith(word));

  it('brings messages, whatever they hold, with the fields of RFC 5424 in the right places', async () => {
    const before = server.messages().length;
    const handler = use({ facility: 'local0', hostname: 'web-1', procId: '42' });
    const hostile = [
      'hello',
      'two\nlines\n3 syslog 6 forged\n',
      '\0',
      'é 日本 😀',
      ' \n',
      'x'.repeat(100_000),
    ];
    for (const message of hostile) logger.warning(message);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 6, delivered: 6, dropped: 0 });
    const messages = (await server.received(before + 6)).slice(before);
    expect(messages).toHaveLength(6);
    expect(messages[0]).toMatchObject({
      pri: '132',
      hostname: 'web-1',
      'app-name': 'shop',
      procid: '42',
      msgid: 'shop.orders',
      'structured-data': '[meta sequenceId="1"]',
      msg: 'hello',
      inputname: 'imrelp',
    });
    expect(messages.map(({ procid }) => procid)).toEqual(new Array(6).fill('42'));
    expect(messages[5]?.msg.length).toBeGreaterThan(65_000);
  });

  it('loses none of 20 000 records while the server is killed 10 times', async () => {
    const handler = use();
    let duplicates = 0;
    for (let index = 0; index < 20_000; index++) {
      logger.info('numbered %d', index);
      if (index % 100 === 99) await delay(10);
      if (index % 2_000 === 1_000) {
        await server.kill();
        void delay(50).then(() => server.start());
      }
    }
    for (const deadline = Date.now() + 60_000; handler.stats.queued > 0 && Date.now() < deadline; )
      await delay(50);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 20_000, delivered: 20_000, dropped: 0, queued: 0 });
    const numbers = arrived('numbered').map((msg) => Number(msg.split(' ')[1]));
    duplicates = numbers.length - new Set(numbers).size;
    expect(new Set(numbers).size).toBe(20_000);
    // Of each kill, at most what was out without an answer.
    expect(duplicates).toBeLessThanOrEqual(10 * 128);
    console.info(`20 000 records, 10 kills: 0 lost, ${duplicates} twice`);
  }, 120_000);

  it('loses nothing with a spool where the server comes up after the program that logged has ended', async () => {
    await server.kill();
    const first = use({ spool: { directory: folder.path } });
    expect(first.delivery).toBe('at-least-once');
    for (let index = 0; index < 500; index++) logger.info('spooled %d', index);
    const started = performance.now();
    await first.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(first.stats).toMatchObject({ emitted: 500, delivered: 0, spooled: 500, dropped: 0 });
    await server.start();
    const second = use({ spool: { directory: folder.path } });
    await second.flush();
    await second.close();
    expect(second.stats).toMatchObject({ emitted: 500, recovered: 500, delivered: 500, spooled: 0 });
    await delay(200);
    expect(arrived('spooled')).toEqual(Array.from({ length: 500 }, (_, index) => `spooled ${index}`));
  }, 30_000);

  itOverTls(
    'speaks TLS, shows its certificate, and takes no server that it should not trust',
    async () => {
      const { ca, good, selfSigned } = certificates as Certificates;
      const address = `localhost:${server.relpTlsPort}`;
      const handler = use({ address, tls: { ca: ca.cert, cert: good.cert, key: good.key } });
      for (let index = 0; index < 300; index++) logger.info('secret %d', index);
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: 300, dropped: 0 });
      expect(arrived('secret')).toHaveLength(300);
      const mistrusting = use({ address, tls: { ca: selfSigned.cert, cert: good.cert, key: good.key } });
      await expect(mistrusting.createSocket()).rejects.toThrow(/certificate|self.signed/i);
      await mistrusting.close();
    },
    20_000,
  );
});
