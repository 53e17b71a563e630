import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadLoggingConfig } from '../../lib/core.js';
import { CommandLine } from '../support/command-line.js';

const VALUES = `version: 1
disable_existing_loggers: nope
formatters:
  line: { format: '%(mesage)s %(user_id)s', datefmt: 3 }
  own: { format: '%(mesage)s', defaults: { mesage: '-' } }
handlers:
  timed:
    class: logging.handlers.TimedRotatingFileHandler
    filename: a.log
    when: daily
    atTime: "25:00"
    encoding: klingon
  file: { class: logging.FileHandler, filename: b.log, mode: rw, level: verbose }
root: { level: VERBOSE, handlers: [timed, file] }
`;
const WARNINGS = `version: 1
formatters:
  line: { format: '%(message)s %(user_id)s %(request_id)s %(names)s' }
handlers:
  console: { class: logging.StreamHandler, formatter: line }
  sized: { class: logging.handlers.RotatingFileHandler, filename: a.log, maxBytes: 1000 }
  timed: { class: logging.handlers.TimedRotatingFileHandler, filename: a.log }
  kept: { class: logging.handlers.TimedRotatingFileHandler, filename: c.log, backupCount: 3 }
loggers:
  shop: { handlers: [console], level: debug }
  apart: { handlers: [console], propagate: false }
  quiet: { propagate: false }
  quiet.below: { level: INFO }
root: { level: INFO, handlers: [console, sized, timed, kept] }
`;
const INI = `[loggers]
keys=root,shop
[handlers]
keys=file
[formatters]
keys=line
[logger_root]
levle=DEBUG
handlers=file
[logger_shop]
qualname=shop
handlers=
propogate=0
[handler_file]
class=handlers.RotatingFileHandler
folder=logs
maxBytes=1000
args=('%(folder)s/shop.log', 'a', 1000, 5)
[formatter_line]
fmt=%(message)s
[handler_other]
class=NullHandler
[app:main]
use=egg:shop
`;

describe('nestjs-logging check', () => {
  const cli = new CommandLine({ 'values.yaml': VALUES, 'warnings.yaml': WARNINGS, 'misspelt.ini': INI });

  it('refuses every value that a start would refuse, several in one entry, each with its place', () => {
    const { stdout, status } = cli.run(['check', 'values.yaml']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'values.yaml:2:1: disable_existing_loggers: expected a boolean, got "nope"',
      `values.yaml:4:11: formatters.line.format: records have no "mesage"; did you mean "message"? For a field of your own give a default: defaults: { mesage: '-' }`,
      'values.yaml:4:45: formatters.line.datefmt: expected string, got 3',
      'values.yaml:10:5: handlers.timed.when: no unit named "daily"; did you mean "MIDNIGHT"? There are S, M, H, D, MIDNIGHT, W0 (Monday) to W6',
      `values.yaml:11:5: handlers.timed.atTime: "25:00" is not a time of day; write 'HH:MM:SS', from '00:00:00' to '23:59:59'`,
      expect.stringMatching(
        /^values\.yaml:12:5: handlers\.timed\.encoding: "klingon" is unknown; known: "utf-8"/,
      ),
      `values.yaml:13:56: handlers.file.mode: "rw" does not write; use 'a', 'w' or 'x'`,
    ]);
    expect(status).toBe(1);
  });

  it('refuses handlers that write to each other, as the start does', async () => {
    cli.write(
      'circles.yaml',
      `version: 1
handlers:
  own: { class: MemoryHandler, capacity: 5, target: own }
  first: { class: QueueHandler, handlers: [console, second] }
  second: { class: MemoryHandler, capacity: '5', target: first }
  behind: { class: MemoryHandler, capacity: 5, target: first }
  console: { class: StreamHandler }
root: { handlers: [first] }
`,
    );
    const issues = [
      'circles.yaml:5:35: handlers.second.capacity: expected number, got "5"; write it without quotes',
      'circles.yaml:3:45: handlers.own.target: handlers.own refers to itself',
      'circles.yaml:5:50: handlers.second.target: handlers.first refers to handlers.second refers to handlers.first: none of them can be made',
    ];
    expect(cli.run(['check', 'circles.yaml']).stdout.split('\n').slice(0, 3).sort()).toEqual(issues.sort());
    await expect(loadLoggingConfig(join(cli.folder, 'circles.yaml'))).rejects.toMatchObject({
      issues: { length: 3 },
    });
  });

  it('refuses options that refer to a component which they do not take', async () => {
    cli.write(
      'references.yaml',
      `version: 1
formatters:
  line: { format: '%(message)s' }
  own: { format: cfg://formatters.line, style: '%' }
  colours: { class: ColorlogFormatter, log_colors: cfg://formatters.line }
handlers:
  console: { class: StreamHandler, stream: cfg://formatters.line }
  buffered: { class: MemoryHandler, capacity: 5, target: [console] }
  queued: { class: QueueHandler, handlers: console }
  behind: { class: MemoryHandler, capacity: 5, target: cfg://handlers.console }
root: { handlers: [queued] }
`,
    );
    const issues = [
      'references.yaml:4:10: formatters.own.format: expected string, got Formatter',
      'references.yaml:5:40: formatters.colours.log_colors: "cfg://formatters.line" is a component, which this option does not take',
      expect.stringMatching(/^references\.yaml:7:36: handlers\.console\.stream: expected /),
      'references.yaml:8:50: handlers.buffered.target: expected a handler, or the name of one in the configuration',
      'references.yaml:9:34: handlers.queued.handlers: expected Array, got StreamHandler',
    ];
    expect(cli.run(['check', 'references.yaml']).stdout.trimEnd().split('\n')).toEqual(issues);
    await expect(loadLoggingConfig(join(cli.folder, 'references.yaml'))).rejects.toMatchObject({
      issues: { length: 5 },
    });
  });

  it('refuses formats that fail with each record, and what is looked up at the start', () => {
    cli.write(
      'closer.yaml',
      `version: 1
formatters:
  number: { format: '%(message)d' }
  open: { format: '%(message)s 100 %' }
  own: { format: '%(user_id)d' }
  zone: { format: '%(levelno)d %(created).3f %(asctime)s', datefmt: '%H' }
  list: { class: pythonjsonlogger.json.JsonFormatter, fmt: message }
handlers:
  mail: { class: django.utils.log.AdminEmailHandler, reporter_class: shop.Reporter }
  one: { class: LokiHandler, url: 'http://loki:3100', spool: { directory: spool } }
  two: { class: LokiHandler, url: 'http://loki:3100', spool: { directory: ./spool } }
root: { handlers: [mail, one, two] }
`,
    );
    expect(cli.run(['check', 'closer.yaml']).stdout.trimEnd().split('\n')).toEqual([
      'closer.yaml:3:13: formatters.number.format: each record would fail: %d format: a real number is required, not str',
      'closer.yaml:4:11: formatters.open.format: each record would fail: incomplete format',
      `closer.yaml:7:55: formatters.list.fmt: Invalid format 'message' for '%' style in "message" for style '%'`,
      expect.stringMatching(
        /^closer\.yaml:9:54: handlers\.mail\.reporter_class: no exception reporter is registered as "shop\.Reporter"/,
      ),
      'closer.yaml:11:64: handlers.two.spool.directory: "./spool" is the spool of "one"; give each handler a directory of its own',
    ]);
    expect(cli.run(['check', 'closer.yaml', '--allow-unknown']).stdout).not.toContain('reporter');
  });

  it('takes an incremental configuration, whose handlers the application has', () => {
    cli.write('later.yaml', 'version: 1\nincremental: true\nhandlers: { console: { level: debug } }\n');
    expect(cli.run(['check', 'later.yaml'])).toMatchObject({
      status: 0,
      stdout:
        'later.yaml: ok, 0 loggers, 0 handlers\n  note: handlers.console has to exist when this is applied\n',
    });
  });

  it('names the file that is empty', () => {
    cli.write('empty.yaml', '');
    expect(cli.run(['check', 'empty.yaml']).stdout).toBe(
      'empty.yaml: a configuration is an object, got null\n',
    );
  });

  it('warns of what is allowed and seldom meant', () => {
    const { stdout, status } = cli.run(['check', 'warnings.yaml', '--environment', 'production']);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'warnings.yaml: ok, 5 loggers, 4 handlers',
      '  warning: warnings.yaml:10:11: loggers.shop.handlers: "console" is on root too, so that each record comes out twice; take it off one of them, or set propagate: false',
      '  warning: warnings.yaml:12:3: loggers.quiet: no handler gets its records: it has propagate: false, and there are no handlers up to there',
      '  warning: warnings.yaml:13:3: loggers.quiet.below: no handler gets its records: quiet has propagate: false, and there are no handlers up to there',
      '  warning: warnings.yaml:10:32: loggers.shop.level: DEBUG in production',
      '  warning: warnings.yaml:6:3: handlers.sized: no backupCount: the file never rolls, and grows without end',
      '  warning: warnings.yaml:7:3: handlers.timed: no backupCount: rolled files are never deleted',
      '  warning: warnings.yaml:7:62: handlers.timed.filename: "sized" writes to this file too; let loggers share one handler',
    ]);
    const [verdict] = JSON.parse(cli.run(['check', 'warnings.yaml', '--json']).stdout);
    expect(verdict).toMatchObject({ ok: true, issues: [], notes: [] });
    expect(verdict.warnings).toHaveLength(6);
    expect(verdict.warnings.join()).not.toContain('production');
  });

  it('warns the same where the root is a logger without a name, and a file has two names', () => {
    cli.write(
      'django.yaml',
      `version: 1
handlers:
  console: { class: StreamHandler }
  file: { class: RotatingFileHandler, filename: a.log, backupCount: 5 }
  other: { class: FileHandler, filename: ./a.log }
loggers:
  '': { handlers: [console, file, other], level: NOTSET }
  shop: { handlers: [console], level: NOTSET }
`,
    );
    const { stdout } = cli.run(['check', 'django.yaml', '--environment', 'production']);
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      expect.stringContaining('django.yaml:8:11: loggers.shop.handlers: "console" is on root too'),
      expect.stringMatching(/django\.yaml:7:\d+: loggers\.\.level: NOTSET in production$/),
      expect.stringContaining('handlers.file: no maxBytes: the file never rolls, and grows without end'),
      expect.stringContaining('handlers.other.filename: "file" writes to this file too'),
    ]);
  });

  it('warns of what so many processes may not share, if their number is given', () => {
    cli.write(
      'shared.yaml',
      `version: 1
handlers:
  emptied: { class: FileHandler, filename: a.log, mode: w }
  appended: { class: FileHandler, filename: b.log }
  rolled: { class: RotatingFileHandler, filename: c.log, mode: w, maxBytes: 1000, backupCount: 3 }
  own: { class: FileHandler, filename: "d-\${NODE_APP_INSTANCE:-0}.log", mode: w }
  queued: { class: QueueHandler, worker: { handlers: { file: { class: FileHandler, filename: e.log, mode: w } } } }
  sent: { class: HTTPHandler, host: logs, url: /in, format: json, spool: { directory: spool } }
root: { level: INFO, handlers: [emptied, appended, rolled, own, queued, sent] }
`,
    );
    const warnings = (...options: string[]) =>
      cli
        .run(['check', 'shared.yaml', ...options])
        .stdout.trimEnd()
        .split('\n')
        .slice(1);
    expect(warnings()).toEqual([]);
    expect(warnings('--instances', '1')).toEqual([]);
    expect(warnings('--instances', '4')).toEqual([
      expect.stringMatching(
        /shared\.yaml:3:\d+: handlers\.emptied\.filename: each of 4 processes empties this file .*use mode "a"$/,
      ),
      expect.stringMatching(
        /shared\.yaml:7:\d+: handlers\.queued\.worker\.handlers\.file\.filename: each of 4 processes empties/,
      ),
      expect.stringMatching(
        /shared\.yaml:8:\d+: handlers\.sent\.spool\.directory: one of 4 processes takes this spool/,
      ),
    ]);
    expect(cli.run(['check', 'shared.yaml', '--instances', 'many']).status).toBe(2);
    // The number is there where so many processes are.
    const numbered =
      'version: 1\nhandlers: { a: { class: FileHandler, filename: "a-${NODE_APP_INSTANCE}.log" } }\n';
    cli.write('numbered.yaml', `${numbered}root: { handlers: [a] }\n`);
    expect(cli.run(['check', 'numbered.yaml']).status).toBe(1);
    expect(cli.run(['check', 'numbered.yaml', '--instances', '2']).status).toBe(0);
  });

  it('warns of one file in two workers', () => {
    const worker = '{ handlers: { file: { class: FileHandler, filename: a.log } } }';
    cli.write(
      'workers.yaml',
      `version: 1
handlers:
  one: { class: QueueHandler, worker: ${worker} }
  two: { class: QueueHandler, worker: ${worker} }
root: { level: INFO, handlers: [one, two] }
`,
    );
    expect(cli.run(['check', 'workers.yaml']).stdout).toContain('"one.file" writes to this file too');
  });

  it('names the bytes of a size that has a unit', () => {
    cli.write(
      'sizes.yaml',
      `version: 1
handlers:
  one: { class: RotatingFileHandler, filename: a.log, maxBytes: 10MiB, backupCount: 1 }
  two: { class: RotatingFileHandler, filename: b.log, maxBytes: much, backupCount: 1 }
root: { level: INFO, handlers: [one, two] }
`,
    );
    const { stdout, status } = cli.run(['check', 'sizes.yaml']);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'handlers.one.maxBytes: expected a number of bytes: write 10_485_760 for "10MiB"\n',
    );
    expect(stdout).toContain('handlers.two.maxBytes: expected a number of bytes, got "much"\n');
  });

  it('warns of keys and sections of an INI file that nothing reads', () => {
    const { stdout, status } = cli.run(['check', 'misspelt.ini']);
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('warning: misspelt.ini'))).toEqual([
      '  warning: misspelt.ini:8:1: root: levle: this key does nothing; did you mean "level"?',
      '  warning: misspelt.ini:13:1: loggers.shop: propogate: this key does nothing; did you mean "propagate"?',
      "  warning: misspelt.ini:17:1: handlers.file: maxbytes: this key does nothing; give it in args, or by name: kwargs={'maxBytes': …}",
      '  warning: misspelt.ini:20:1: formatters.line: fmt: this key does nothing; did you mean "format"?',
      '  warning: misspelt.ini:21:1: handlers.other: [handler_other]: no list names it; add other to the keys of [handlers]',
    ]);
  });
});
