import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { COMPLEX, DEFAULT_LOGGING } from '../config/fixtures/django-logging.js';
import { CommandLine } from '../support/command-line.js';

const CONF = `[loggers]
keys=root,orders
[handlers]
keys=console,file
[formatters]
keys=line
[logger_root]
level=WARNING
handlers=console
[logger_orders]
level=DEBUG
handlers=file
qualname=shop.orders
propagate=0
[handler_console]
class=StreamHandler
formatter=line
args=(sys.stdout,)
[handler_file]
class=handlers.RotatingFileHandler
args=('orders.log', 'a', 1000, 5)
[formatter_line]
format=%(levelname)s %(message)s
`;

describe('nestjs-logging convert', () => {
  const cli = new CommandLine({ 'logging.conf': CONF });

  it('turns a logging.conf into YAML, with the comment editors know', () => {
    const { stdout, stderr, status } = cli.run(['convert', 'logging.conf']);
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toMatch(
      /^# yaml-language-server: \$schema=node_modules\/nestjs-logging\/schema\/logging\.schema\.json\n/,
    );
    expect(parse(stdout)).toEqual({
      version: 1,
      formatters: { line: { format: '%(levelname)s %(message)s' } },
      handlers: {
        console: { class: 'logging.StreamHandler', formatter: 'line', stream: 'ext://sys.stdout' },
        file: {
          class: 'logging.handlers.RotatingFileHandler',
          filename: 'orders.log',
          mode: 'a',
          maxBytes: 1000,
          backupCount: 5,
        },
      },
      loggers: { 'shop.orders': { level: 'DEBUG', handlers: ['file'], propagate: false } },
      root: { level: 'WARNING', handlers: ['console'] },
    });
  });

  it('gives what its own check accepts', () => {
    cli.write('converted.yaml', cli.run(['convert', 'logging.conf']).stdout);
    expect(cli.run(['check', 'converted.yaml']).stdout).toContain('converted.yaml: ok');
  });

  it.each(Object.entries({ DEFAULT_LOGGING, COMPLEX }))(
    "turns Django's settings printed as JSON into YAML: %s",
    (_, settings) => {
      const { stdout, status } = cli.run(['convert', '-'], {
        input: JSON.stringify({ DEBUG: true, LOGGING: settings }),
      });
      expect(status).toBe(0);
      expect(parse(stdout)).toEqual(settings);
    },
  );

  it('says that the mails of Django have no recipients without its settings', () => {
    const mail = { class: 'django.utils.log.AdminEmailHandler', level: 'ERROR' };
    const notes = (handler: object) =>
      cli.run(['convert', '-'], {
        input: JSON.stringify({
          ADMINS: [['Ann', 'ann@x.org']],
          LOGGING: { version: 1, handlers: { mail: handler } },
        }),
      }).stderr;
    expect(notes(mail)).toMatch(/handlers\.mail: mails to nobody yet.*setDjangoSettings/);
    expect(notes({ ...mail, admins: ['ann@x.org'] })).toBe('');
  });

  it('reports what the application has to register, and what is wrong', () => {
    const config = {
      version: 1,
      handlers: { a: { class: 'acme.Handler', formatter: 'lien' } },
      formatters: { line: {} },
    };
    const { stdout, stderr, status } = cli.run(['convert', '-'], {
      input: JSON.stringify({ LOGGING: config }, null, 2),
    });
    expect(parse(stdout)).toEqual(config);
    expect(stderr).toContain('acme.Handler is your own class');
    expect(stderr).toMatch(
      /<stdin>:7:\d+: handlers\.a\.formatter: no formatter named "lien"; did you mean "line"\?/,
    );
    expect(status).toBe(0);
  });

  it('keeps what looks like a variable from being one, but not in formats of the $ style', () => {
    const formatters = { a: { format: '${message}', style: '$' }, b: { format: '%(message)s ${x}' } };
    const { stdout } = cli.run(['convert', '-'], { input: JSON.stringify({ version: 1, formatters }) });
    expect(parse(stdout).formatters).toEqual({ a: formatters.a, b: { format: '%(message)s $${x}' } });
  });

  it("quotes what a reader of YAML 1.1, such as Python's, would take for something else", () => {
    const values = { a: 'yes', b: 'on', c: '0123', d: '1_000', e: 'null', f: '12:30:45', y: 'n' };
    const { stdout } = cli.run(['convert', '-'], { input: JSON.stringify({ version: 1, values }) });
    expect(parse(stdout, { version: '1.1' }).values).toEqual(values);
    expect(parse(stdout, { version: '1.2' }).values).toEqual(values);
  });

  it('prints JSON for other programs', () => {
    expect(JSON.parse(cli.run(['convert', 'logging.conf', '--json']).stdout)).toMatchObject({ version: 1 });
  });

  it('reports the errors of an INI file with their lines', () => {
    cli.write('bad.conf', CONF.replace('args=(sys.stdout,)', 'args=(open("x"),)'));
    const { stdout, stderr, status } = cli.run(['convert', 'bad.conf']);
    expect([stdout, status]).toEqual(['', 1]);
    expect(stderr).toMatch(/^bad\.conf:18:1: handlers\.console\.args/);
  });

  it('says so where there is no configuration', () => {
    const { stderr, status } = cli.run(['convert', '-'], { input: '{"DEBUG": true}' });
    expect(stderr).toContain('no logging configuration in it');
    expect(status).toBe(1);
  });
});
