import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import { SMTPHandler } from '../../../lib/handlers/mail/smtp.handler.js';
import type { SMTPHandlerOptions } from '../../../lib/handlers/mail/smtp-options.js';
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.js';
import { MailServer } from '../../support/mail-server.js';
import { collectStderr } from '../../support/stderr-collector.js';

const record = (options: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 40, msg: 'payment %d failed', args: [7], ...options });

let server: MailServer;
let stderr: ReturnType<typeof collectStderr>;
const open: SMTPHandler[] = [];

beforeEach(async () => {
  server = await new MailServer().listen();
  stderr = collectStderr();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  stderr.stop();
  await server.close();
});

const basics = () => ({
  mailhost: ['127.0.0.1', server.port] as [string, number],
  fromaddr: 'Shop <shop@example.com>',
  toaddrs: ['ops@example.com', 'Ada <ada@example.com>'],
  subject: 'Shop: error',
});

function handler(options: Partial<SMTPHandlerOptions> = {}): SMTPHandler {
  const made = new SMTPHandler({ ...basics(), ...options });
  open.push(made);
  return made;
}

async function replaceServer(...args: ConstructorParameters<typeof MailServer>): Promise<void> {
  await server.close();
  server = await new MailServer(...args).listen();
}

describe('SMTPHandler', () => {
  it("sends a record as Python's mail", async () => {
    const smtp = handler({ formatter: new Formatter({ format: '%(levelname)s é %(message)s' }) });
    smtp.handle(record());
    await smtp.flush();
    const [mail] = server.mails;
    expect(mail?.from).toBe('shop@example.com');
    expect(mail?.to).toEqual(['ops@example.com', 'ada@example.com']);
    expect(mail?.headers.get('from')).toBe('Shop <shop@example.com>');
    expect(mail?.headers.get('to')).toBe('ops@example.com, Ada <ada@example.com>');
    expect(mail?.headers.get('subject')).toBe('Shop: error');
    expect(Math.abs(Date.parse(mail?.headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000);
    expect(mail?.headers.get('content-type')).toMatch(/^text\/plain; charset=utf-8/);
    expect(mail?.body.trimEnd()).toBe('ERROR é payment 7 failed');
    expect(smtp.stats).toMatchObject({ emitted: 1, delivered: 1, dropped: 0 });
  });

  it('says what it knows of a transport that rejects with nothing', async () => {
    const nodemailer = { createTransport: () => ({ sendMail: () => Promise.reject() }) };
    const smtp = handler({ nodemailer, maxRetries: 0 });
    smtp.handle(record());
    await smtp.flush();
    expect(stderr.text).toContain('the mail could not be sent: undefined; the record is lost');
    expect(smtp.stats).toMatchObject({ emitted: 1, delivered: 0, dropped: 1 });
  });

  it('takes the subject from getSubject, on one line', async () => {
    class Telling extends SMTPHandler {
      override getSubject(given: LogRecord) {
        return `Shop: ${given.getMessage()}`;
      }
    }
    const smtp = new Telling(basics());
    open.push(smtp);
    smtp.handle(record({ msg: 'x\r\nBcc: eve@example.com\r\n\r\nbody\u2028y', args: [] }));
    await smtp.flush();
    const [mail] = server.mails;
    expect(mail?.headers.get('subject')).toBe('Shop: x Bcc: eve@example.com body y');
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(mail?.to).toEqual(['ops@example.com', 'ada@example.com']);
  });

  it('never takes recipients or headers from a record', async () => {
    const smtp = handler();
    smtp.handle(
      record({
        msg: 'x\r\n.\r\nMAIL FROM:<eve@example.com>\r\nRCPT TO:<eve@example.com>\r\nDATA',
        args: [],
        extra: { to: 'eve@example.com', headers: { bcc: 'eve@example.com' }, toaddrs: 'eve@example.com' },
      }),
    );
    await smtp.flush();
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]?.to).toEqual(['ops@example.com', 'ada@example.com']);
    expect([...(server.mails[0]?.headers.keys() ?? [])].sort()).toEqual([
      ...['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from', 'message-id'],
      ...['mime-version', 'subject', 'to'],
    ]);
  });

  it('logs in', async () => {
    await replaceServer({
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) =>
        password === 'pässword' ? callback(null, { user: username ?? '' }) : callback(new Error('no')),
    });
    const smtp = handler({ credentials: ['ada', 'pässword'] });
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails[0]?.user).toBe('ada');
  });

  it('counts and reports a password that is refused, and does not show it', async () => {
    await replaceServer({
      authOptional: false,
      onAuth: (_auth, _session, callback) => callback(new Error('bad login')),
    });
    const smtp = handler({ credentials: ['ada', 'hunter2hunter2'] });
    smtp.handle(record());
    await smtp.flush();
    expect(smtp.stats).toMatchObject({ delivered: 0, dropped: 1, droppedBy: { rejected: 1 } });
    expect(stderr.text).toContain('bad login');
    expect(stderr.text + String(smtp)).not.toMatch(/hunter2/);
  });

  it('sends to the recipients that are taken, and names the others', async () => {
    await replaceServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(address.startsWith('ada') ? new Error('unknown') : null),
    });
    const smtp = handler();
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails[0]?.to).toEqual(['ops@example.com']);
    expect(stderr.text).toContain('not for ada@example.com');
    expect(smtp.stats.delivered).toBe(1);
  });

  it('loses a mail that is refused for good', async () => {
    await replaceServer({ onRcptTo: (_to, _session, callback) => callback(new Error('unknown')) });
    const smtp = handler();
    smtp.handle(record());
    await smtp.flush();
    expect(smtp.stats).toMatchObject({ dropped: 1, droppedBy: { rejected: 1 } });
    expect(stderr.text).toContain('the mail server refused');
  });

  it('tries again what is refused for now', async () => {
    let refusals = 0;
    await replaceServer({
      onMailFrom: (_from, _session, callback) => {
        refusals += 1;
        callback(refusals === 1 ? Object.assign(new Error('later'), { responseCode: 451 }) : null);
      },
    });
    const smtp = handler();
    smtp.handle(record());
    await server.received(1);
    await smtp.flush();
    expect(smtp.stats).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it('waits for a server that is away', async () => {
    const { port } = server;
    const smtp = handler();
    await server.close();
    smtp.handle(record());
    smtp.handle(record({ args: [8] }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(smtp.stats).toMatchObject({ queued: 2, dropped: 0 });
    server = await new MailServer().listen(port);
    await smtp.flush();
    expect(server.mails.map(({ body }) => body.trimEnd())).toEqual(['payment 7 failed', 'payment 8 failed']);
  });
});

describe('the digest of SMTPHandler', () => {
  it('makes one mail of a storm', async () => {
    const smtp = handler({ digest: { intervalMs: 80, maxRecords: 10 } });
    for (let index = 0; index < 50; index++) smtp.handle(record({ args: [index] }));
    await server.received(1);
    await smtp.flush();
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]?.headers.get('subject')).toBe('Shop: error (50 records)');
    expect(server.mails[0]?.body).toMatch(
      /^50 records from [\dTZ:.-]+ to [\dTZ:.-]+\. 40 of them were too many/,
    );
    expect(server.mails[0]?.body.match(/payment \d failed/g)).toHaveLength(10);
    expect(smtp.stats).toMatchObject({
      emitted: 50,
      delivered: 10,
      dropped: 40,
      droppedBy: { overflow: 40 },
    });
  });

  it('by default lets ten a minute go alone', async () => {
    const smtp = handler();
    for (let index = 0; index < 30; index++) smtp.handle(record({ args: [index] }));
    await server.received(10);
    // That the tenth was taken is known here a little later than there.
    while (smtp.stats.delivered < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(smtp.stats).toMatchObject({ delivered: 10, queued: 20 });
    await smtp.flush();
    expect(server.mails).toHaveLength(11);
    expect(server.mails[10]?.headers.get('subject')).toBe('Shop: error (20 records)');
  });

  it('is off with digest: false', async () => {
    const smtp = handler({ digest: false });
    for (let index = 0; index < 15; index++) smtp.handle(record({ args: [index] }));
    await server.received(15);
    expect(new Set(server.mails.map(({ headers }) => headers.get('subject')))).toEqual(
      new Set(['Shop: error']),
    );
  });

  it('goes out when the handler is closed', async () => {
    const smtp = handler({ digest: { intervalMs: 600_000 } });
    smtp.handle(record());
    smtp.handle(record({ args: [8] }));
    await smtp.close();
    expect(server.mails.map(({ headers }) => headers.get('subject'))).toEqual(['Shop: error (2 records)']);
  });
});

const describeWithTls = hasOpenssl ? describe : describe.skip;

describeWithTls('SMTPHandler over TLS', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  const trust = () => ({ ca: certificates.ca.cert });

  it('encrypts by STARTTLS with secure', async () => {
    await replaceServer(certificates.good);
    const smtp = handler({ secure: [], context: trust() });
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('encrypts from the start with implicitTls', async () => {
    await replaceServer({ ...certificates.good, secure: true });
    const smtp = handler({ implicitTls: true, context: trust() });
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('sends nothing in the clear where STARTTLS was asked for and is not offered', async () => {
    const smtp = handler({ secure: [], credentials: ['a', 'b'], maxRetries: 0 });
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails).toHaveLength(0);
    expect(smtp.stats.dropped).toBe(1);
  });

  it.each(['selfSigned', 'wrongName', 'expired'] as const)(
    'refuses a server whose certificate is not valid: %s',
    async (name) => {
      await replaceServer(certificates[name]);
      const smtp = handler({ secure: [], context: trust(), maxRetries: 0 });
      smtp.handle(record());
      await smtp.flush();
      expect(server.mails).toHaveLength(0);
      expect(smtp.stats.dropped).toBe(1);
      expect(stderr.text).toContain('could not be sent');
    },
  );

  it('takes any certificate with insecure: true, and warns of it', async () => {
    await replaceServer(certificates.selfSigned);
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const smtp = handler({ secure: [], insecure: true });
    const warnings = emitWarning.mock.calls.map(([text]) => text);
    emitWarning.mockRestore();
    smtp.handle(record());
    await smtp.flush();
    expect(server.mails).toHaveLength(1);
    expect(warnings).toEqual(['SMTPHandler does not verify the certificate of 127.0.0.1 (insecure: true)']);
  });

  it('warns of a password that would go in the clear', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    handler({ mailhost: 'mail.example.com', credentials: ['a', 'b'] });
    expect(emitWarning.mock.calls.map(([text]) => text)).toEqual([
      'SMTPHandler sends its password to mail.example.com without encryption; add secure: []',
    ]);
    emitWarning.mockRestore();
  });
});

describe('the options of SMTPHandler', () => {
  const bad: [string, object, RegExp][] = [
    ['a recipient with a line break', { toaddrs: 'a@b.c\r\nBcc: eve@x.y' }, /toaddrs: expected an address/],
    ['a recipient that is two', { toaddrs: ['a@b.c, eve@x.y'] }, /toaddrs: expected an address/],
    ['no recipient', { toaddrs: [] }, /toaddrs: expected an address/],
    ['a recipient without a domain', { toaddrs: 'root' }, /toaddrs: expected an address/],
    ['a sender with a line break', { fromaddr: 'a@b.c\nX: y' }, /fromaddr: expected one address/],
    ['a host with a port in it', { mailhost: 'a:25' }, /mailhost: expected a host/],
    ['a secure that is no list', { secure: true }, /secure: expected/],
    [
      'a key that is not there',
      { secure: ['/no/such.key'] },
      /SMTPHandler\.secure: cannot read the file "\/no\/such\.key"/,
    ],
    ['an unknown key of digest', { digest: { interval: 5 } }, /digest/],
    ['a password alone', { credentials: 'hunter2hunter2' }, /credentials: expected \[user, password\]$/],
  ];

  it.each(bad)('refuse %s', (_, options, message) => {
    expect(() => new SMTPHandler({ ...basics(), ...options } as SMTPHandlerOptions)).toThrow(message);
  });

  it('take a copy of nodemailer', async () => {
    const sent: object[] = [];
    const nodemailer = {
      createTransport: () => ({ sendMail: async (message: object) => void sent.push(message) }),
    };
    const smtp = handler({ nodemailer });
    smtp.handle(record());
    await smtp.flush();
    expect(sent).toMatchObject([
      { subject: 'Shop: error', envelope: { to: ['ops@example.com', 'ada@example.com'] } },
    ]);
  });
});
