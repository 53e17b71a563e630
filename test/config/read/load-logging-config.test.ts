import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LoggingConfigError } from '../../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { type LoadOptions, loadLoggingConfig } from '../../../lib/config/read/load-logging-config.js';
import { resetLogging } from '../../support/reset-logging.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
beforeEach(resetLogging);
afterAll(resetLogging);

/** Writes files and loads the first. */
function load(files: Record<string, string>, options: LoadOptions = {}): Promise<LoggingConfig> {
  for (const [name, text] of Object.entries(files)) writeFileSync(folder.file(name), text);
  return loadLoggingConfig(folder.file(Object.keys(files)[0] as string), { env: {}, ...options });
}

/** The issues as lines, without the folder. */
async function issuesOf(loading: Promise<unknown>): Promise<string[]> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof LoggingConfigError)
      return error.describeIssues().map((text) => text.replaceAll(`${folder.path}/`, ''));
    throw error;
  }
  throw new Error('expected issues');
}

const MINIMAL = 'version: 1\n';

describe('loadLoggingConfig', () => {
  it('reads YAML, with anchors and merges', async () => {
    const config = await load({
      'logging.yaml': `
version: 1
x-rotation: &rotation
  class: logging.handlers.RotatingFileHandler
  maxBytes: 1_000
  delay: yes
handlers:
  one: { <<: *rotation, filename: one.log }
  two:
    <<: *rotation
    filename: two.log
    maxBytes: 5
root:
  handlers: [one, two]
`,
    });
    const common = { class: 'logging.handlers.RotatingFileHandler', delay: true };
    expect(config.handlers).toEqual({
      one: { ...common, maxBytes: 1000, filename: 'one.log' },
      two: { ...common, maxBytes: 5, filename: 'two.log' },
    });
  });

  it('reads JSON', async () => {
    const config = await load({
      'logging.json': '{"$schema": "./x.json", "version": 1, "root": {"level": "INFO"}}',
    });
    expect(config).toMatchObject({ $schema: './x.json', version: 1, root: { level: 'INFO' } });
  });

  it("reads Python's INI format", async () => {
    const config = await load({
      'logging.conf':
        '[loggers]\nkeys=root\n[handlers]\nkeys=out\n[formatters]\nkeys=\n[logger_root]\nhandlers=out\n[handler_out]\nclass=StreamHandler\nargs=(sys.stdout,)\n',
    });
    expect(config.handlers).toEqual({ out: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout' } });
  });

  it('reads a module, whose default export may be a function', async () => {
    mkdirSync(folder.file('node_modules'), { recursive: true });
    const plain = await load({ 'plain.mjs': 'export default { version: 1, root: { level: "INFO" } };' });
    expect(plain.root).toEqual({ level: 'INFO' });
    const asked = await load(
      {
        'asked.mjs':
          'export default async ({ environment, env }) => ({ version: 1, root: { level: env.L }, "x-for": environment });',
      },
      { environment: 'test', env: { L: 'ERROR' } },
    );
    expect(asked).toMatchObject({ root: { level: 'ERROR' }, 'x-for': 'test' });
  });

  it('names a module whose export is invalid or that cannot be loaded', async () => {
    expect(await issuesOf(load({ 'a.mjs': 'export default { version: 1, root: { levle: 1 } };' }))).toEqual([
      'a.mjs: root.levle: unknown key; did you mean "level"?',
    ]);
    expect(await issuesOf(load({ 'b.mjs': 'throw new Error("no such luck");' }))).toEqual([
      'b.mjs: cannot be loaded: no such luck',
    ]);
    expect(await issuesOf(load({ 'c.mjs': 'export const config = {};' }))).toEqual([
      expect.stringMatching(/^c\.mjs: a configuration is an object/),
    ]);
  });

  it('names the file that is not there, and the endings it knows', async () => {
    await expect(loadLoggingConfig(folder.file('none.yaml'))).rejects.toMatchObject({
      code: 'ERR_LOGGING_FILE',
    });
    await expect(loadLoggingConfig(folder.file('logging.toml'))).rejects.toMatchObject({
      code: 'ERR_LOGGING_ARGUMENT',
      message: expect.stringContaining('.yaml'),
    });
  });

  it('leaves the check to others on request, who then report the places too', async () => {
    const config = await load(
      { 'logging.yaml': `${MINIMAL}handlers:\n  a: { class: AUDIT }\n` },
      { check: false },
    );
    const { planConfig } = await import('../../../lib/config/plan/config-plan.js');
    expect(() => planConfig({ ...config })).toThrow(
      /logging\.yaml:3:8: handlers\.a\.class: no handler class/,
    );
    expect(() => planConfig({ ...config }, { resolve: () => class {} })).not.toThrow();
  });
});

describe('the errors of a file', () => {
  it('are reported all at once, each with its place', async () => {
    const text = `version: 2
formatters:
  verbose:
    format: '%(asctime)s'
    datefmtt: '%H'
handlers:
  console:
    class: logging.StreamHandlr
    formatter: verbos
  file:
    class: logging.handlers.RotatingFileHandler
    filename: \${LOG_DIR}/app.log
    backupCount: lots
    level: LOUD
    level: INFO
loggers:
  shop.orders:
    levle: DEBUG
    handlers: [file, fil]
root: *nothing
`;
    expect(await issuesOf(load({ 'logging.yaml': text }))).toEqual([
      'logging.yaml:1:1: version: expected 1, got 2',
      'logging.yaml:5:5: formatters.verbose.datefmtt: unknown key; did you mean "datefmt"?',
      expect.stringMatching(
        /^logging\.yaml:8:5: handlers\.console\.class: .*did you mean "logging\.StreamHandler"\?/,
      ),
      'logging.yaml:9:5: handlers.console.formatter: no formatter named "verbos"; did you mean "verbose"?',
      'logging.yaml:12:5: handlers.file.filename: the environment variable LOG_DIR is not set; set it, or give a default: ${LOG_DIR:-…}',
      'logging.yaml:13:5: handlers.file.backupCount: expected number, got "lots"',
      expect.stringMatching(/^logging\.yaml:14:5: handlers\.file\.level: unknown level 'LOUD'/),
      'logging.yaml:15:5: handlers.file.level: this key exists already; keep one of the two',
      'logging.yaml:18:5: loggers.shop.orders.levle: unknown key; did you mean "level"?',
      'logging.yaml:19:22: loggers.shop.orders.handlers.1: no handler named "fil"; did you mean "file"?',
      expect.stringMatching(/^logging\.yaml:20:7: .*nothing/),
    ]);
  });

  it('carry file, line and column as properties', async () => {
    const error = await load({ 'logging.yaml': 'version: 1\nroot:\n  levle: INFO\n' }).catch(
      (reason) => reason,
    );
    expect(error.issues).toEqual([
      {
        path: 'root.levle',
        message: expect.any(String),
        file: folder.file('logging.yaml'),
        line: 3,
        column: 3,
      },
    ]);
  });

  it('in the syntax are reported with those in the rest', async () => {
    const text = 'version: 1\nformatters:\n  a: { format: "x" \nroot:\n  levle: INFO\n';
    const issues = await issuesOf(load({ 'logging.yaml': text }));
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.every((issue) => /^logging\.yaml:\d+:\d+: /.test(issue))).toBe(true);
  });

  it('in JSON have their place too', async () => {
    expect(
      await issuesOf(load({ 'a.json': '{\n  "version": 1,\n  "root": { "levle": "INFO" }\n}' })),
    ).toEqual(['a.json:3:13: root.levle: unknown key; did you mean "level"?']);
    expect(await issuesOf(load({ 'b.json': '{\n  "version": 1,\n  root: {}\n}' }))).toEqual([
      expect.stringMatching(/^b\.json:3:3: .*JSON/),
    ]);
    expect(await issuesOf(load({ 'c.json': '{"version": 1' }))).toEqual([
      expect.stringMatching(/^c\.json:1:\d+: /),
    ]);
  });

  it.each([
    ['a tag', 'x: !!python/object:os.system ls', /the tag .*python\/object:os\.system is not allowed/],
    ['a tag of its own', 'x: !env HOME', /the tag !env is not allowed/],
    ['a prototype', 'handlers:\n  __proto__: { a: 1 }', /__proto__: this key is not allowed/],
    [
      'a prototype as an alias',
      'x-a: &a __proto__\nhandlers:\n  *a : { b: 1 }',
      /__proto__: this key is not allowed/,
    ],
    ['a circle', 'handlers: &h\n  a: *h', /refers to itself/],
    ['a second document', 'root: {}\n---\nroot: {}', /a second document/],
    [
      'a number in base 60',
      'handlers:\n  a: { class: logging.NullHandler, x: 12:30:00 }',
      /12:30:00 is one thing to Python's YAML reader and another to others/,
    ],
  ])('refuse %s', async (_, text, message) => {
    const issues = await issuesOf(load({ 'logging.yaml': MINIMAL + text }));
    expect(issues.join('\n')).toMatch(message);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it('stop aliases that multiply', async () => {
    const names = 'abcdefghij';
    const rows = [...names].map((name, index) => {
      const before = names[index - 1];
      return `x-${name}: &${name} [${before === undefined ? 'lol' : new Array(10).fill(`*${before}`).join(', ')}]`;
    });
    const started = Date.now();
    const issues = await issuesOf(load({ 'logging.yaml': `${MINIMAL}${rows.join('\n')}` }));
    expect(issues).toEqual([expect.stringContaining('aliases multiply it')]);
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});

describe('environment variables in values', () => {
  const env = { LOG_DIR: '/var/log', SIZE: '1000', ON: 'true', EMPTY: '' };
  const value = async (text: string) => {
    const config = await load({ 'logging.yaml': `${MINIMAL}x-value: ${text}\n` }, { env });
    return config['x-value'];
  };

  it.each<[string, unknown]>([
    ['${LOG_DIR}/app.log', '/var/log/app.log'],
    ['${NONE:-/tmp}/app.log', '/tmp/app.log'],
    ['${EMPTY:-filled}', 'filled'],
    ['a${EMPTY}b', 'ab'],
    ['${NONE:-${LOG_DIR}/deep}', '/var/log/deep'],
    ['${LOG_DIR:-${UNSET}}', '/var/log'],
    ['${SIZE}', 1000],
    ['${NONE:-1e3}', 1000],
    ['${ON}', true],
    ['"${SIZE}"', '1000'],
    ["'${ON}'", 'true'],
    ['${SIZE}0', '10000'],
    ['$${SIZE}', '${SIZE}'],
    ['$$${SIZE}', '$${SIZE}'],
    ['$SIZE', '$SIZE'],
    ['[ "${ON}", { a: "${LOG_DIR}" } ]', ['true', { a: '/var/log' }]],
  ])('%s', async (text, expected) => {
    expect(await value(text)).toEqual(expected);
  });

  it.each([
    ['${NONE}', /NONE is not set/],
    ['a ${LOG_DIR', /after \$\{LOG_DIR comes \}/],
    ['${LOG_DIR:-x', /a \} is missing/],
    ['${1}', /comes the name of a variable/],
    ['${toString}', /toString is not set/],
  ])('%s is an issue', async (text, message) => {
    expect((await issuesOf(value(`'${text}'`))).join()).toMatch(message);
  });

  it('become numbers in JSON, where all is in quotes', async () => {
    const config = await load({ 'logging.json': '{"version": 1, "x-size": "${SIZE}"}' }, { env });
    expect(config['x-size']).toBe(1000);
  });

  it('are not looked for in formats of the $ style', async () => {
    const config = await load({
      'logging.yaml': `${MINIMAL}formatters:\n  a: { style: $, format: '\${levelname} \${message}' }\n`,
    });
    expect(config.formatters?.a?.format).toBe('${levelname} ${message}');
  });
});

describe('an overlay', () => {
  const base = `version: 1
formatters:
  short: { format: '%(message)s' }
handlers:
  console: { class: logging.StreamHandler, formatter: short, level: DEBUG }
  file: { class: logging.FileHandler, filename: '\${LOG_FILE}', delay: true }
root: { level: DEBUG, handlers: [console, file] }
`;

  it('is chosen by NODE_ENV: objects merge, lists and texts replace, null removes', async () => {
    const overlay = 'handlers:\n  console: { level: WARNING }\n  file: null\nroot: { handlers: [console] }\n';
    const config = await load(
      { 'logging.yaml': base, 'logging.production.yaml': overlay },
      { env: { NODE_ENV: 'production' } },
    );
    expect(config.handlers).toEqual({
      console: { class: 'logging.StreamHandler', formatter: 'short', level: 'WARNING' },
    });
    expect(config.root).toEqual({ level: 'DEBUG', handlers: ['console'] });
  });

  it('is chosen by the option before NODE_ENV, and not at all for false', async () => {
    const files = { 'logging.yaml': MINIMAL, 'logging.a.yaml': 'x-from: a', 'logging.b.yaml': 'x-from: b' };
    const from = async (options: LoadOptions) =>
      (await load(files, { env: { NODE_ENV: 'a' }, ...options }))['x-from'];
    expect(await from({})).toBe('a');
    expect(await from({ environment: 'b' })).toBe('b');
    expect(await from({ environment: 'c' })).toBeUndefined();
    expect(await from({ environment: false })).toBeUndefined();
  });

  it('cannot be another file than one beside the base', async () => {
    await expect(load({ 'logging.yaml': MINIMAL }, { environment: '../other' })).rejects.toMatchObject({
      code: 'ERR_LOGGING_ARGUMENT',
    });
  });

  it('has its own errors, reported with those of the base', async () => {
    const overlay = 'handlers:\n  file: { filename: a.log }\n  console: { formatter: nothing }\n';
    const issues = await issuesOf(
      load({ 'logging.yaml': `${base}x: 1\n`, 'logging.dev.yaml': overlay }, { environment: 'dev' }),
    );
    expect(issues).toEqual([
      expect.stringMatching(/^logging\.yaml:8:1: x: unknown key/),
      expect.stringMatching(/^logging\.dev\.yaml:3:14: handlers\.console\.formatter: /),
    ]);
  });
});
