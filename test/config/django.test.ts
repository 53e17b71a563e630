import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ActiveConfig, dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { registerComponent } from '../../lib/config/components/component-registry.js';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { AdminEmailHandler } from '../../lib/handlers/mail/admin-email.handler.js';
import { registerExceptionReporter, setDjangoSettings } from '../../lib/handlers/mail/django-settings.js';
import { ExceptionReporter } from '../../lib/handlers/mail/exception-reporter.js';
import { mailOutbox } from '../../lib/handlers/mail/mail-backends.js';
import { MailServer } from '../support/mail-server.js';
import { resetLogging } from '../support/reset-logging.js';
import { collectStderr } from '../support/stderr-collector.js';
import { COMPLEX, COMPLEX_PERCENT, DEFAULT_LOGGING, EXAMPLES } from './fixtures/django-logging.js';

class SpecialFilter {
  constructor(readonly options: { foo: string }) {}
  filter(record: LogRecord): boolean {
    return record.special !== 'no';
  }
}

class CustomErrorReporter extends ExceptionReporter {
  override get_traceback_text(): string {
    return `custom report of ${String(this.report.error)}`;
  }
}

registerComponent('filter', 'project.logging.SpecialFilter', SpecialFilter);
registerExceptionReporter('somepackage.error_reporter.CustomErrorReporter', CustomErrorReporter);

const LOCMEM = 'django.core.mail.backends.locmem.EmailBackend';
const MAILS = { ADMINS: [['Ada', 'ada@example.com']] as [string, string][], EMAIL_BACKEND: LOCMEM } as const;

let stderr: ReturnType<typeof collectStderr>;
let active: ActiveConfig | undefined;

beforeEach(() => {
  resetLogging();
  stderr = collectStderr();
});

afterEach(async () => {
  await active?.close();
  active = undefined;
  stderr.stop();
  setDjangoSettings({});
  mailOutbox().length = 0;
});

function load(config: object): ActiveConfig {
  active = dictConfig(config as LoggingConfig);
  return active;
}

async function mails(): Promise<readonly { subject: string; text: string; html?: string }[]> {
  for (const handler of active?.handlers.values() ?? []) await handler.flush();
  return mailOutbox();
}

describe("Django's default logging", () => {
  it('mails errors to the admins in production, and prints nothing', async () => {
    setDjangoSettings({ DEBUG: false, ...MAILS });
    load(DEFAULT_LOGGING);
    getLogger('django.request').warning('not found');
    getLogger('django.request').error('Internal Server Error: %s', '/pay', {
      excInfo: new TypeError('no card'),
    });
    expect(stderr.text).toBe('');
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      subject: '[Django] ERROR: Internal Server Error: /pay',
      from: { address: 'root@localhost' },
      to: [{ name: 'Ada', address: 'ada@example.com' }],
    });
    expect(mail?.text).toMatch(/^Internal Server Error: \/pay\n\nTypeError: no card\n {4}at /);
  });

  it('prints in development, and mails nothing', async () => {
    setDjangoSettings({ DEBUG: true, ...MAILS });
    load(DEFAULT_LOGGING);
    getLogger('django.request').error('failed');
    getLogger('django').debug('too low');
    expect(stderr.text).toBe('failed\n');
    expect(await mails()).toEqual([]);
  });

  it('prints the lines of the server with their time', () => {
    load(DEFAULT_LOGGING);
    getLogger('django.server').info('"GET / HTTP/1.1" %s %s', 200, 12, {
      extra: { server_time: '25/Nov/2026 10:00:00', status_code: 200 },
    });
    getLogger('django.server').info('Watching for file changes');
    expect(stderr.text).toMatch(
      /^\[25\/Nov\/2026 10:00:00\] "GET \/ HTTP\/1\.1" 200 12\n\[\d\d\/\w{3}\/\d{4} \d\d:\d\d:\d\d,\d{3}\] Watching for file changes\n$/,
    );
  });

  it('mails nothing without admins', async () => {
    setDjangoSettings({ DEBUG: false, EMAIL_BACKEND: LOCMEM });
    load(DEFAULT_LOGGING);
    getLogger('django').error('failed');
    expect(await mails()).toEqual([]);
  });

  it('mails over SMTP, with the settings of the project', async () => {
    const server = await new MailServer({
      authOptional: false,
      onAuth: ({ username }, _session, callback) => callback(null, { user: username ?? '' }),
    }).listen();
    setDjangoSettings({
      ...{
        DEBUG: false,
        ADMINS: ['Ada <ada@example.com>', 'bob@example.com'],
        SERVER_EMAIL: 'shop@example.com',
      },
      ...{
        EMAIL_HOST: '127.0.0.1',
        EMAIL_PORT: server.port,
        EMAIL_HOST_USER: 'shop',
        EMAIL_HOST_PASSWORD: 'x',
      },
      EMAIL_SUBJECT_PREFIX: '[Shop] ',
    });
    load(DEFAULT_LOGGING);
    getLogger('django.request').error('it broke', {
      extra: { request: { method: 'GET', url: '/pay?token=s3cr3t', ip: '10.1.1.1' } },
    });
    await active?.handlers.get('mail_admins')?.flush();
    await server.close();
    expect(server.mails).toMatchObject([
      { from: 'shop@example.com', to: ['ada@example.com', 'bob@example.com'], user: 'shop' },
    ]);
    expect(server.mails[0]?.headers.get('subject')).toBe('[Shop] ERROR (EXTERNAL IP): it broke');
    expect(server.mails[0]?.body).toContain('Request: GET /pay from 10.1.1.1');
    expect(server.mails[0]?.body).not.toContain('s3cr3t');
  });
});

describe("the examples of Django's documentation", () => {
  it.each([
    ['in { style', COMPLEX],
    ['in % style', COMPLEX_PERCENT],
  ])('the complex one, %s: filters, formats and mails', async (_, config) => {
    setDjangoSettings({ DEBUG: true, ...MAILS });
    load(config);
    expect(active?.filters.get('special')).toMatchObject({ options: { foo: 'bar' } });
    const logger = getLogger('myproject.custom');
    logger.info('hello');
    logger.error('failed');
    logger.error('not this one', { extra: { special: 'no' } });
    expect(stderr.text).toBe('INFO hello\nERROR failed\n');
    expect((await mails()).map(({ subject }) => subject)).toEqual(['[Django] ERROR: failed']);
  });

  it.each(Object.keys(EXAMPLES))('loads: %s', (name) => {
    setDjangoSettings({ ...MAILS, EMAIL_FILE_PATH: tmpdir() });
    expect(() => load(EXAMPLES[name] as object)).not.toThrow();
  });

  it('sends HTML where asked, with nothing in it that the page would run', async () => {
    setDjangoSettings(MAILS);
    load({ ...EXAMPLES['mails with HTML'], root: { handlers: ['mail_admins'] } });
    getLogger('shop').error('<script>alert(1)</script>', { excInfo: new Error('<b>') });
    const [mail] = await mails();
    expect(mail?.html).toContain('<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>');
    expect(mail?.html).not.toMatch(/<(script|b)>/);
  });

  it("takes the project's reporter", async () => {
    setDjangoSettings(MAILS);
    load({ ...EXAMPLES['a reporter of the project'], root: { handlers: ['mail_admins'] } });
    getLogger('shop').error('failed', { excInfo: new TypeError('x') });
    expect((await mails())[0]?.text).toBe('failed\n\ncustom report of TypeError: x\n');
  });

  it('names the remedy for a reporter nobody registered', () => {
    const config = {
      version: 1,
      handlers: { mail: { class: 'django.utils.log.AdminEmailHandler', reporter_class: 'a.b.C' } },
    };
    expect(() => load(config)).toThrow(
      /no exception reporter is registered as "a\.b\.C".*registerExceptionReporter\('a\.b\.C'/s,
    );
  });

  it('writes mails to files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mails-'));
    setDjangoSettings({ ...MAILS, EMAIL_FILE_PATH: folder });
    load({ ...EXAMPLES['mails to files'], root: { handlers: ['mail_admins'] } });
    getLogger('shop').error('failed');
    await active?.handlers.get('mail_admins')?.flush();
    const files = readdirSync(folder);
    expect(files).toHaveLength(1);
    expect(readFileSync(path.join(folder, files[0] as string), 'utf8')).toContain(
      'Subject: [Django] ERROR: failed',
    );
    rmSync(folder, { recursive: true });
  });

  it('asks a callback', async () => {
    class UnreadablePostError extends Error {}
    setDjangoSettings(MAILS);
    load({
      version: 1,
      filters: {
        skip_unreadable_posts: {
          '()': 'django.utils.log.CallbackFilter',
          callback: (record: LogRecord) => !(record.excInfo instanceof UnreadablePostError),
        },
      },
      handlers: {
        mail_admins: {
          level: 'ERROR',
          filters: ['skip_unreadable_posts'],
          class: 'django.utils.log.AdminEmailHandler',
        },
      },
      root: { handlers: ['mail_admins'] },
    });
    getLogger('shop').exception('upload', new UnreadablePostError());
    getLogger('shop').exception('payment', new TypeError());
    expect((await mails()).map(({ subject }) => subject)).toEqual(['[Django] ERROR: payment']);
  });
});

describe('AdminEmailHandler', () => {
  it('distinguishes internal addresses from others, and keeps the subject on one line', async () => {
    setDjangoSettings({ ...MAILS, INTERNAL_IPS: ['10.0.0.1'] });
    load({ version: 1, handlers: { mail: { class: 'AdminEmailHandler' } }, root: { handlers: ['mail'] } });
    getLogger().error('a\r\nBcc: eve@example.com', {
      extra: { request: { socket: { remoteAddress: '10.0.0.1' } } },
    });
    getLogger().error('b', {
      extra: {
        request: {
          get ip() {
            throw new Error('no');
          },
        },
      },
    });
    expect((await mails()).map(({ subject }) => subject)).toEqual([
      '[Django] ERROR (internal IP): a\\r\\nBcc: eve@example.com',
      '[Django] ERROR (EXTERNAL IP): b',
    ]);
  });

  it('takes its own options before the settings', async () => {
    setDjangoSettings(MAILS);
    load({
      version: 1,
      handlers: {
        mail: {
          class: 'django.utils.log.AdminEmailHandler',
          admins: ['ops@example.com'],
          fromaddr: 'shop@example.com',
          subject_prefix: '',
        },
      },
      root: { handlers: ['mail'] },
    });
    getLogger().error('failed');
    expect(await mails()).toMatchObject([
      {
        subject: 'ERROR: failed',
        to: [{ address: 'ops@example.com' }],
        from: { address: 'shop@example.com' },
      },
    ]);
    expect((active?.handlers.get('mail') as AdminEmailHandler | undefined)?.stats).toMatchObject({
      emitted: 1,
      delivered: 1,
    });
  });

  it('refuses what says how a mail server is spoken to, where the server is that of the settings', () => {
    setDjangoSettings(MAILS);
    expect(() => new AdminEmailHandler({ credentials: ['shop', 'hunter2'], secure: [] })).toThrow(
      /credentials, secure: belongs to mailhost; .*EMAIL_HOST_USER/,
    );
    expect(() => new AdminEmailHandler({ implicitTls: true })).toThrow('implicitTls: belongs to mailhost');
  });

  it.each<[string, object]>([
    ['of its own', { mailhost: 'mail.example.com', credentials: ['shop', 'hunter2'] }],
    ['of the settings', {}],
  ])(
    'warns of a server %s that is not verified or gets a password in the clear, as SMTPHandler',
    (_of, options) => {
      setDjangoSettings({
        ADMINS: ['ops@example.com'],
        EMAIL_HOST: 'mail.example.com',
        EMAIL_HOST_USER: 'shop',
        EMAIL_HOST_PASSWORD: 'hunter2',
      });
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      try {
        void new AdminEmailHandler({ insecure: true, ...options } as never).close();
        expect(warn.mock.calls.map(([text]) => text)).toEqual([
          'AdminEmailHandler does not verify the certificate of mail.example.com (insecure: true)',
          'AdminEmailHandler sends its password to mail.example.com without encryption; add secure: []',
        ]);
      } finally {
        warn.mockRestore();
      }
    },
  );

  it('refuses admins that are no addresses', () => {
    expect(() => setDjangoSettings({ ADMINS: ['ada@example.com\r\nBcc: eve@example.com'] })).toThrow(
      /ADMINS: expected addresses/,
    );
  });
});

describe('RequireDebugTrue and RequireDebugFalse', () => {
  const environment = process.env.NODE_ENV;
  afterEach(() => {
    process.env.NODE_ENV = environment;
  });

  it.each([
    ['production', false],
    ['development', true],
    ['', true],
  ])('go by NODE_ENV where nothing is said: %j', (value, isDebug) => {
    process.env.NODE_ENV = value;
    const { filters } = load(DEFAULT_LOGGING);
    const passes = (name: string) => (filters.get(name) as { filter(): boolean }).filter();
    expect([passes('require_debug_true'), passes('require_debug_false')]).toEqual([isDebug, !isDebug]);
  });

  it('go by their own option first', () => {
    setDjangoSettings({ DEBUG: true });
    const { filters } = load({
      version: 1,
      filters: { f: { '()': 'django.utils.log.RequireDebugFalse', debug: false } },
    });
    expect((filters.get('f') as { filter(): boolean }).filter()).toBe(true);
  });
});
