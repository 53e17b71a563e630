import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  dictConfig,
  Filter,
  Formatter,
  getHandlerByName,
  getLogger,
  type LoggingConfig,
  LoggingConfigError,
  type LogRecord,
  registerComponent,
  registerExternal,
} from '../../../lib/core.js';
import { ListHandler } from '../../support/list-handler.js';
import { resetLogging } from '../../support/reset-logging.js';

beforeEach(resetLogging);

/** A handler with an option, and what it was given. */
class Keeping extends ListHandler {
  readonly options: Readonly<Record<string, unknown>>;
  closed = 0;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
  }
  override close(): void {
    super.close();
    this.closed += 1;
  }
}

/** The issues of a configuration, as `path: message`. */
function issuesOf(config: unknown): string[] {
  try {
    dictConfig(config as LoggingConfig);
  } catch (error) {
    if (error instanceof LoggingConfigError)
      return error.issues.map((issue) => `${issue.path}: ${issue.message}`);
    throw error;
  }
  return [];
}

describe('dictConfig', () => {
  it('makes handlers, formatters and filters and hangs them on loggers', () => {
    const { handlers } = dictConfig({
      version: 1,
      formatters: { f: { format: '{levelname} {message}', style: '{' } },
      filters: { shop: { name: 'shop' } },
      handlers: { h: { class: Keeping, level: 'WARNING', formatter: 'f', filters: ['shop'], color: 'red' } },
      loggers: { shop: { level: 'DEBUG', handlers: ['h'], propagate: false } },
      root: { level: 'ERROR' },
    });
    getLogger('shop.orders').warning('hello');
    getLogger('shop').info('too low for the handler');
    const handler = handlers.get('h') as Keeping;
    expect(handler.lines).toEqual(['WARNING hello']);
    expect(handler.options).toEqual({ color: 'red' });
    expect(getHandlerByName('h')).toBe(handler);
    expect(getLogger().level).toBe(40);
    expect(getLogger('shop').propagate).toBe(false);
  });

  it('reports every error at once, with its place, the value and what to do', () => {
    expect(
      issuesOf({
        version: 2,
        formatters: { verbose: { format: '%(message)s', styl: '{' }, odd: { format: 'nothing', style: '%' } },
        handlers: {
          file: { class: 'logging.FileHandlr', formatter: 'verbos', level: 'LOUD' },
          none: { formatter: 'verbose' },
          null: { class: 'logging.NullHandler', colour: 'red' },
        },
        loggers: { a: { handlers: ['fil'], levle: 'INFO', propagate: 'yes' }, b: [] },
        root: { level: 'inof', handlers: 'file', filters: ['nope'] },
        formaters: {},
        level: 'INFO',
      }),
    ).toEqual(
      expect.arrayContaining([
        'version: expected 1, got 2',
        'formatters.verbose.styl: unknown key; did you mean "style"?',
        expect.stringMatching(
          /^handlers\.file\.class: no handler class is registered as "logging\.FileHandlr"; did you mean "logging\.FileHandler"\?/,
        ),
        'handlers.file.formatter: no formatter named "verbos"; did you mean "verbose"?',
        expect.stringMatching(/^handlers\.file\.level: unknown level 'LOUD'; known are CRITICAL/),
        expect.stringMatching(/^handlers\.none: no class; add class: 'logging\.StreamHandler'/),
        expect.stringMatching(/^handlers\.null\.colour: unknown key/),
        'loggers.a.handlers.0: no handler named "fil"; did you mean "file"?',
        'loggers.a.levle: unknown key; did you mean "level"?',
        'loggers.a.propagate: expected a boolean, got "yes"',
        'loggers.b: expected an object with level, handlers, filters, propagate; got a list',
        `root.level: unknown level 'inof'; did you mean "INFO"?`,
        'root.handlers: expected a list, got "file"',
        'root.filters.0: no filter named "nope"; there is no filter at all',
        'formaters: unknown key; did you mean "formatters"?',
        'level: unknown key; root and loggers have levels: root: { level: … }',
      ]),
    );
  });

  it('leaves the running configuration untouched if it refuses one, whenever it finds out', () => {
    dictConfig({ version: 1, handlers: { h: { class: Keeping } }, root: { level: 'INFO', handlers: ['h'] } });
    const running = getHandlerByName('h') as Keeping;
    class Broken extends ListHandler {
      constructor() {
        super();
        throw new Error('no such device');
      }
    }
    const made: Keeping[] = [];
    class Watched extends Keeping {
      constructor(options: Record<string, unknown>) {
        super(options);
        made.push(this);
      }
    }
    expect(
      issuesOf({
        version: 1,
        handlers: { a: { class: Watched }, h: { class: Broken } },
        root: { level: 'ERROR', handlers: ['a'] },
      }),
    ).toEqual(['handlers.h: Broken could not be made: no such device']);
    expect(made.map((handler) => handler.closed)).toEqual([1]);
    expect(getHandlerByName('h')).toBe(running);
    getLogger('x').info('still here');
    expect(running.lines).toEqual(['still here']);
    expect(running.closed).toBe(0);
  });

  it('closes the old handlers, after the new ones stand', async () => {
    const order: string[] = [];
    class Noting extends Keeping {
      constructor(options: Record<string, unknown>) {
        super(options);
        order.push(`made ${String(options.id)}`);
      }
      override close(): void {
        super.close();
        order.push(`closed ${String(this.options.id)}`);
      }
    }
    const config = (id: number): LoggingConfig => ({
      version: 1,
      handlers: { h: { class: Noting, id } },
      root: { handlers: ['h'] },
    });
    dictConfig(config(1));
    await dictConfig(config(2)).settled;
    expect(order).toEqual(['made 1', 'made 2', 'closed 1']);
  });

  it('disables loggers that exist and are not named, by default', () => {
    const before = getLogger('old');
    const child = getLogger('kept.child');
    dictConfig({ version: 1, loggers: { kept: {} } });
    expect([before.disabled, child.disabled]).toEqual([true, false]);
    dictConfig({ version: 1, disable_existing_loggers: false });
    expect(before.disabled).toBe(false);
  });

  it('changes levels only when incremental', () => {
    dictConfig({ version: 1, handlers: { h: { class: Keeping } }, root: { level: 'INFO', handlers: ['h'] } });
    const handler = getHandlerByName('h');
    dictConfig({
      version: 1,
      incremental: true,
      handlers: { h: { level: 'ERROR' } },
      loggers: { a: { level: 'DEBUG' } },
    });
    expect(getHandlerByName('h')).toBe(handler);
    expect(handler?.level).toBe(40);
    expect(getLogger('a').level).toBe(10);
    expect(issuesOf({ version: 1, incremental: true, handlers: { hh: { level: 'INFO' } } })).toEqual([
      'handlers.hh: no handler named "hh" to change; did you mean "h"?',
    ]);
  });

  it('takes registered names, classes and functions, with () and class', () => {
    registerComponent('handler', 'acme.Keeping', Keeping);
    registerComponent(
      'filter',
      'acme.only',
      ({ word }: { word: string }) =>
        (record: LogRecord) =>
          record.getMessage().includes(word),
    );
    const { handlers } = dictConfig({
      version: 1,
      filters: { only: { '()': 'acme.only', word: 'yes' } },
      formatters: { f: { '()': () => new Formatter({ format: '> %(message)s' }) } },
      handlers: {
        a: { class: 'acme.Keeping', filters: ['only', new Filter()], formatter: 'f' },
        b: { '()': (options: Record<string, unknown>) => new Keeping(options), x: 1 },
      },
      root: { level: 'INFO', handlers: ['a', 'b'] },
    });
    getLogger('z').info('yes');
    getLogger('z').info('no');
    expect((handlers.get('a') as Keeping).lines).toEqual(['> yes']);
    expect((handlers.get('b') as Keeping).options).toEqual({ x: 1 });
  });

  it('resolves ext:// from a list of names, and nothing else', () => {
    registerExternal('acme.queue', 'the queue');
    const { handlers } = dictConfig({
      version: 1,
      handlers: { h: { class: Keeping, queue: 'ext://acme.queue', out: ['ext://sys.stdout'] } },
    });
    expect((handlers.get('h') as Keeping).options).toEqual({ queue: 'the queue', out: [process.stdout] });
    expect(issuesOf({ version: 1, handlers: { h: { class: Keeping, x: 'ext://node:fs' } } })[0]).toMatch(
      /^handlers\.h\.x: "ext:\/\/node:fs" is not known/,
    );
  });

  it('resolves cfg:// through own keys only, and knows the keys it used', () => {
    const { handlers } = dictConfig({
      version: 1,
      handlers: { h: { class: Keeping, to: 'cfg://mail.to[1]', all: 'cfg://mail' } },
      mail: { to: ['a', 'b'] },
    });
    expect((handlers.get('h') as Keeping).options).toMatchObject({ to: 'b', all: { to: ['a', 'b'] } });
    expect(
      issuesOf({ version: 1, handlers: { h: { class: Keeping, x: 'cfg://mail.constructor' } }, mail: {} }),
    ).toEqual(['handlers.h.x: "cfg://mail.constructor" leads nowhere: no key "constructor"']);
  });

  it('gives one handler to another by cfg://', () => {
    const { handlers } = dictConfig({
      version: 1,
      handlers: { a: { class: Keeping, next: 'cfg://handlers.z' }, z: { class: Keeping } },
    });
    expect((handlers.get('a') as Keeping).options.next).toBe(handlers.get('z'));
  });

  it('sets properties given under "."', () => {
    const { handlers } = dictConfig({
      version: 1,
      handlers: { h: { class: Keeping, '.': { mood: 'good' } } },
    });
    expect((handlers.get('h') as unknown as { mood: string }).mood).toBe('good');
  });

  it('refuses names that would reach a prototype', () => {
    const config = JSON.parse(
      '{"version": 1, "handlers": {"__proto__": {"class": "logging.NullHandler"}, "h": {"class": "logging.NullHandler", "__proto__": {"x": 1}}}}',
    );
    expect(issuesOf(config)).toEqual(
      expect.arrayContaining([
        'handlers.__proto__: this name is not allowed',
        'handlers.h.__proto__: this key is not allowed',
      ]),
    );
  });

  it('refuses what is not a handler', () => {
    expect(issuesOf({ version: 1, handlers: { h: { class: class Bag {} } } })[0]).toMatch(
      /^handlers\.h: Bag could not be made: Bag gave object, not an object of a class derived from Handler/,
    );
  });

  it('does not change the object it is given', () => {
    const config: LoggingConfig = {
      version: 1,
      handlers: { h: { class: 'logging.NullHandler', level: 'INFO' } },
      root: { handlers: ['h'] },
    };
    const copy = JSON.stringify(config);
    dictConfig(Object.freeze(config));
    expect(JSON.stringify(config)).toBe(copy);
  });

  it('brings out what the old handler of a file holds back before a new one empties it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dict-config-'));
    try {
      const filename = join(directory, 'app.log');
      const config = (mode: string): LoggingConfig => ({
        version: 1,
        handlers: {
          h: { class: 'logging.FileHandler', filename, mode, bufferSize: 4096, flushLevel: 'CRITICAL' },
        },
        root: { level: 'INFO', handlers: ['h'] },
      });
      dictConfig(config('a'));
      getLogger().info('old');
      dictConfig(config('w'));
      getLogger().critical('new');
      expect(readFileSync(filename, 'utf8')).toBe('new\n');
    } finally {
      dictConfig({ version: 1 });
      rmSync(directory, { recursive: true });
    }
  });
});

describe('an option that is an object with methods', () => {
  const stream = () => {
    const lines: string[] = [];
    return { lines, write: (text: string) => lines.push(text) > 0 };
  };

  it('is that object, and not a copy', () => {
    const given = stream();
    dictConfig({
      version: 1,
      handlers: { h: { class: 'StreamHandler', stream: given }, k: { class: Keeping, '.': { given } } },
      root: { level: 'INFO', handlers: ['h', 'k'] },
    });
    getLogger('shop').info('hello');
    expect(given.lines).toEqual(['hello\n']);
    expect((getHandlerByName('k') as unknown as { given: unknown }).given).toBe(given);
  });

  it('is copied where there are references in it', () => {
    registerExternal('acme.limit', 7);
    const given = { ...stream(), limit: 'ext://acme.limit', deep: { console: 'cfg://handlers.h' } };
    const { handlers } = dictConfig({
      version: 1,
      handlers: { h: { class: 'NullHandler' }, k: { class: Keeping, given } },
    });
    expect((handlers.get('k') as Keeping).options.given).toEqual({
      ...given,
      limit: 7,
      deep: { console: handlers.get('h') },
    });
    expect(given.limit).toBe('ext://acme.limit');
  });

  it('is refused with its place if it refers to itself', () => {
    const given: Record<string, unknown> = stream();
    given.list = [{ given }];
    expect(issuesOf({ version: 1, handlers: { k: { class: Keeping, given } } })).toEqual([
      'handlers.k.given.list.0.given: refers to itself; give an object of a class, or make it known with registerExternal',
    ]);
  });

  it('may be there twice', () => {
    const given = { a: 1 };
    expect(
      issuesOf({ version: 1, handlers: { k: { class: Keeping, one: given, two: [given, given] } } }),
    ).toEqual([]);
  });
});
