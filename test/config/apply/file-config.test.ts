import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActiveConfig } from '../../../lib/config/apply/dict-configurator.js';
import { convertIniToDict, fileConfig } from '../../../lib/config/apply/file-config.js';
import { registerComponent } from '../../../lib/config/components/component-registry.js';
import { LoggingConfigError } from '../../../lib/config/plan/config-plan.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { ListHandler } from '../../support/list-handler.js';
import { resetLogging } from '../../support/reset-logging.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
let active: ActiveConfig | undefined;
beforeEach(resetLogging);
afterEach(async () => {
  await active?.close();
  active = undefined;
});
afterAll(resetLogging);

/** A file with these handlers, each with the lines of its section. */
function ini(handlers: Record<string, string>): string {
  const names = Object.keys(handlers).join(',');
  const sections = Object.entries(handlers).map(([name, lines]) => `[handler_${name}]\n${lines}\n`);
  return `[loggers]\nkeys=root\n[handlers]\nkeys=${names}\n[formatters]\nkeys=\n[logger_root]\nlevel=DEBUG\nhandlers=${names}\n${sections.join('')}`;
}

function issuesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof LoggingConfigError) return error.describeIssues();
    throw error;
  }
  throw new Error('expected issues');
}

describe('arguments by position', () => {
  it.each<[string, object]>([
    [
      'class=FileHandler\nargs=("%(where)s.log", "w")',
      { class: 'logging.FileHandler', filename: 'app.log', mode: 'w' },
    ],
    [
      "class=handlers.RotatingFileHandler\nargs=('app.log', 'a', 10*1024*1024, 5, None, True)",
      {
        class: 'logging.handlers.RotatingFileHandler',
        filename: 'app.log',
        mode: 'a',
        maxBytes: 10_485_760,
        backupCount: 5,
        delay: true,
      },
    ],
    [
      "class=logging.handlers.TimedRotatingFileHandler\nargs=('app.log', 'midnight')\nkwargs={'backupCount': 7, 'delay': True}",
      {
        class: 'logging.handlers.TimedRotatingFileHandler',
        filename: 'app.log',
        when: 'midnight',
        backupCount: 7,
        delay: true,
      },
    ],
    [
      "class=handlers.SocketHandler\nargs=('localhost', handlers.DEFAULT_TCP_LOGGING_PORT)",
      { class: 'logging.handlers.SocketHandler', host: 'localhost', port: 9020 },
    ],
    [
      "class=handlers.SysLogHandler\nargs=(('localhost', handlers.SYSLOG_UDP_PORT), handlers.SysLogHandler.LOG_LOCAL7)",
      { class: 'logging.handlers.SysLogHandler', address: ['localhost', 514], facility: 23 },
    ],
    [
      "class=handlers.SMTPHandler\nargs=('localhost', 'from@abc', ['user1@abc', 'user2@xyz'], 'Logger Subject')\nkwargs={'timeout': 10.0}",
      {
        class: 'logging.handlers.SMTPHandler',
        ...{
          mailhost: 'localhost',
          fromaddr: 'from@abc',
          toaddrs: ['user1@abc', 'user2@xyz'],
          subject: 'Logger Subject',
          timeout: 10,
        },
      },
    ],
    [
      "class=handlers.HTTPHandler\nargs=('localhost:9022', '/log', 'GET')\nkwargs={'secure': True}",
      {
        class: 'logging.handlers.HTTPHandler',
        host: 'localhost:9022',
        url: '/log',
        method: 'GET',
        secure: true,
      },
    ],
    ['class=NullHandler', { class: 'logging.NullHandler' }],
    [
      'class=StreamHandler\nargs=(sys.stderr,)\nlevel=ERROR',
      { class: 'logging.StreamHandler', stream: 'ext://sys.stderr', level: 'ERROR' },
    ],
  ])('%s', (lines, expected) => {
    const text = ini({ h: lines });
    expect(convertIniToDict(text, { defaults: { where: 'app' } }).handlers?.h).toEqual(expected);
  });

  it("name a MemoryHandler's target after it", () => {
    const text = ini({
      m: 'class=handlers.MemoryHandler\nargs=(10, ERROR)\ntarget=out',
      out: 'class=NullHandler',
    });
    expect(convertIniToDict(text).handlers?.m).toEqual({
      class: 'logging.handlers.MemoryHandler',
      ...{ capacity: 10, flushLevel: 40, target: 'out' },
    });
  });

  it('are refused, with the line, where they cannot be read', () => {
    const at = (lines: string) =>
      issuesOf(() => convertIniToDict(ini({ h: lines }), { file: 'logging.conf' }));
    expect(at("class=FileHandler\nargs=('app.log')")).toEqual(
      [
        "logging.conf:12:1: handlers.h.args: expected a tuple, got ('app.log'); a tuple of one is written ('app.log',)",
        'logging.conf:10:1: handlers.h.filename: missing, and there is no default',
      ].reverse(),
    );
    expect(at("class=FileHandler\nargs=(open('x'),)")).toContainEqual(
      expect.stringContaining('nothing is called here'),
    );
    expect(at('class=NullHandler\nargs=(1,)')).toEqual([
      expect.stringContaining('NullHandler takes 0 arguments at most'),
    ]);
    expect(at("class=FileHandler\nargs=('a.log',)\nkwargs={'filename': 'b.log', 'mod': 'w'}")).toEqual([
      'logging.conf:13:1: handlers.h.filename: given by args too; keep one of the two',
      expect.stringMatching(/^logging\.conf:13:1: handlers\.h\.mod: unknown key; did you mean "mode"\?/),
    ]);
    expect(at('class=acme.Handler\nargs=(1,)')).toContainEqual(
      expect.stringContaining("kwargs={'name': value}"),
    );
    expect(at("class=FileHandler\nkwargs={'__proto__': {}, 'filename': 'x'}")).toEqual([
      expect.stringContaining('not allowed'),
    ]);
  });
});

describe('fileConfig', () => {
  const text = (file: string) =>
    `${ini({ file: "class=FileHandler\nargs=('%(folder)s/app.log', 'w')\nformatter=line" }).replace('[formatters]\nkeys=', '[formatters]\nkeys=line')}[formatter_line]\nformat=${file}%%(message)s\n`.replace(
      '%%',
      '%',
    );

  it('reads a file by path and by URL', () => {
    writeFileSync(folder.file('logging.conf'), text('1 '));
    active = fileConfig(folder.file('logging.conf'), { defaults: { folder: folder.path } });
    getLogger().info('by path');
    active = fileConfig(pathToFileURL(folder.file('logging.conf')), { defaults: { folder: folder.path } });
    getLogger().info('by URL');
    expect(folder.read('app.log')).toBe('1 by URL\n');
  });

  it('takes registered classes of the user', () => {
    class Loud {
      constructor(readonly given: { format: string }) {}
      format(record: { getMessage(): string }): string {
        return this.given.format + record.getMessage().toUpperCase();
      }
    }
    registerComponent('handler', 'filetest.ListHandler', ListHandler);
    registerComponent('formatter', 'filetest.Loud', Loud);
    const own = ini({ list: 'class=filetest.ListHandler\nformatter=loud' }).replace(
      '[formatters]\nkeys=',
      '[formatters]\nkeys=loud',
    );
    active = fileConfig(`${own}[formatter_loud]\nclass=filetest.Loud\nformat=>\n`);
    getLogger().info('hello');
    expect((active.handlers.get('list') as ListHandler).lines).toEqual(['>HELLO']);
  });

  it('changes nothing if there are errors, and reports them all with their lines', () => {
    active = fileConfig(ini({ h: 'class=NullHandler' }));
    const [handler] = getLogger().handlers;
    writeFileSync(
      folder.file('bad.conf'),
      `${ini({ a: 'class=NoHandler', b: 'level=LOUD\nclass=NullHandler\nformatter=x' })}[handler_a]\n`,
    );
    const issues = issuesOf(() => fileConfig(folder.file('bad.conf'))).map((issue) =>
      issue.replace(`${folder.path}/`, ''),
    );
    expect(issues).toEqual([
      expect.stringMatching(/^bad\.conf:11:1: handlers\.a\.class: /),
      expect.stringMatching(/^bad\.conf:13:1: handlers\.b\.level: /),
      expect.stringMatching(/^bad\.conf:15:1: handlers\.b\.formatter: /),
      'bad.conf:16:1: the section [handler_a] is there already, in line 10',
    ]);
    expect(getLogger().handlers).toEqual([handler]);
  });

  it('names a file that is not there', () => {
    expect(() => fileConfig(folder.file('none.conf'))).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_FILE' }),
    );
  });
});
