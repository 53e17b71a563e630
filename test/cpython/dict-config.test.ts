import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  dictConfig,
  Filter,
  Formatter,
  type FormatterOptions,
  getHandlerByName,
  getHandlerNames,
  getLogger,
  type LoggingConfig,
  type LogRecord,
  MemoryHandler,
  makeLogRecord,
  registerComponent,
  StreamHandler,
  type StreamHandlerOptions,
} from '../../lib/core.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
let written: string[];

class ExceptionFormatter extends Formatter {
  override formatException(error: unknown): string {
    return `Got a [${(error as Error).name}]`;
  }
}
class CustomHandler extends StreamHandler {}

registerComponent('formatter', 'suite.ExceptionFormatter', ExceptionFormatter);
registerComponent('handler', 'suite.CustomHandler', CustomHandler);

beforeEach(() => {
  resetLoggingAsPython();
  written = [];
});

/** A configuration with one formatter and one handler, and what is different about it. */
function config(changes: Partial<LoggingConfig> = {}): LoggingConfig {
  return {
    version: 1,
    formatters: { line: { format: '%(levelname)s %(message)s' } },
    handlers: { one: stream() },
    root: { level: 'WARNING', handlers: ['one'] },
    ...changes,
  };
}

function stream(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    class: 'logging.StreamHandler',
    formatter: 'line',
    stream: { write: (text: string) => written.push(text) },
    ...changes,
  };
}

/** What is written of an info and an error of that logger. */
function logTwo(name: string): string[] {
  written.length = 0;
  getLogger(name).info('info');
  getLogger(name).error('error');
  return [...written];
}

const BOTH = ['INFO info\n', 'ERROR error\n'];
const onParser = {
  loggers: { 'compiler.parser': { level: 'DEBUG', handlers: ['one'] } },
  root: { level: 'WARNING' },
};

describe('an active configuration', () => {
  it('has its handler under its name, and its level', () => {
    dictConfig(config());
    expect(getHandlerByName('one')).toBeInstanceOf(StreamHandler);
    expect(logTwo('anything')).toEqual(['ERROR error\n']);
  });

  it('has loggers with levels and handlers of their own', () => {
    dictConfig(config(onParser));
    expect(logTwo('compiler.parser')).toEqual(BOTH);
  });

  it('has classes by their registered names', () => {
    dictConfig(config({ ...onParser, handlers: { one: stream({ class: 'suite.CustomHandler' }) } }));
    expect(logTwo('compiler.parser')).toEqual(BOTH);
    expect(getHandlerByName('one')).toBeInstanceOf(CustomHandler);
  });

  it.each([
    ['a registered name', 'suite.ExceptionFormatter'],
    ['a class', ExceptionFormatter],
    ['a function', (options: FormatterOptions) => new ExceptionFormatter(options)],
  ])('has formatters made by () from %s', (_, factory) => {
    dictConfig(
      config({
        formatters: { line: { '()': factory as never, format: '%(levelname)s:%(name)s:%(message)s' } },
      }),
    );
    getLogger().exception('just testing', new RangeError('x'));
    expect(written).toEqual(['ERROR:root:just testing\nGot a [RangeError]\n']);
  });

  it('disables loggers it does not name, when it replaces another', () => {
    dictConfig(config(onParser));
    dictConfig(config({ loggers: { 'compiler.lexer': { level: 'DEBUG', handlers: ['one'] } } }));
    expect(getLogger('compiler.parser').disabled).toBe(true);
    expect(logTwo('compiler.lexer')).toContain('INFO info\n');
  });

  it('leaves them enabled on request', () => {
    dictConfig(config(onParser));
    dictConfig(
      config({
        disable_existing_loggers: false,
        loggers: { compiler: { level: 'DEBUG', handlers: ['one'] }, 'compiler.lexer': {} },
        root: { level: 'WARNING' },
      }),
    );
    expect([logTwo('compiler.parser'), logTwo('compiler.lexer')]).toEqual([BOTH, BOTH]);
  });

  it('leaves those below a logger it names, and only those', () => {
    dictConfig(config({ loggers: { 'compiler.parser': { level: 'DEBUG' } } }));
    const hyphenated = getLogger('compiler-hyphenated');
    dictConfig(
      config({
        loggers: { compiler: { level: 'DEBUG', handlers: ['one'] }, 'compiler.lexer': {} },
        root: { level: 'WARNING' },
      }),
    );
    expect([logTwo('compiler.parser'), logTwo('compiler.lexer')]).toEqual([BOTH, BOTH]);
    hyphenated.critical('not shown');
    expect([hyphenated.disabled, written]).toEqual([true, BOTH]);
  });

  it('disables everything with nothing in it, and enables again what is named', () => {
    const named = config({
      loggers: { a: { level: 'DEBUG', handlers: ['one'] } },
      disable_existing_loggers: false,
    });
    const logger = getLogger('a');
    dictConfig(named);
    expect(logger.disabled).toBe(false);
    dictConfig({ version: 1 });
    expect(logger.disabled).toBe(true);
    dictConfig({ ...named, disable_existing_loggers: true });
    expect(logger.disabled).toBe(false);
  });

  it('has levels changed by an incremental one, of handlers and of loggers', () => {
    dictConfig(
      config({
        handlers: { one: stream({ level: 'WARNING' }) },
        loggers: { 'compiler.parser': { level: 'WARNING', handlers: ['one'] } },
        root: { level: 'NOTSET' },
      }),
    );
    expect(logTwo('compiler.parser')).toEqual(['ERROR error\n']);
    dictConfig({ version: 1, incremental: true, loggers: { 'compiler.parser': { level: 'INFO' } } });
    expect(logTwo('compiler.parser')).toEqual(['ERROR error\n']);
    dictConfig({ version: 1, incremental: true, handlers: { one: { level: 'INFO' } } });
    expect(logTwo('compiler.parser')).toEqual(BOTH);
  });

  it('has filters by name', () => {
    dictConfig(
      config({
        filters: { parser: { name: 'compiler.parser' } },
        handlers: { one: stream({ filters: ['parser'] }) },
      }),
    );
    expect(
      ['compiler.parser', 'compiler', 'compiler.lexer', 'compiler.parser.code'].map(
        (name) => logTwo(name).length,
      ),
    ).toEqual([1, 0, 0, 1]);
  });

  it('has sections and entries by cfg://', () => {
    dictConfig(
      config({
        ...onParser,
        true_formatters: { line: { format: '%(levelname)s %(message)s' } },
        handler_configs: { first: stream() },
        formatters: 'cfg://true_formatters' as never,
        handlers: { one: 'cfg://handler_configs[first]' as never },
      }),
    );
    expect(logTwo('compiler.parser')).toEqual(BOTH);
  });

  it('has properties set by "."', () => {
    dictConfig(config({ handlers: { one: stream({ '.': { foo: 'bar', terminator: '!\n' } }) } }));
    getLogger().warning('Exclamation');
    expect([(getHandlerByName('one') as { foo?: string })?.foo, written]).toEqual([
      'bar',
      ['WARNING Exclamation!\n'],
    ]);
  });

  it('has properties of formatters set by "."', () => {
    class Custom extends Formatter {
      custom_property = '.';
    }
    const { formatters } = dictConfig(
      config({
        formatters: {
          line: {
            '()': Custom,
            style: '{',
            datefmt: '%Y',
            format: '{message}',
            '.': { custom_property: 'value' },
          },
        },
      }),
    );
    expect((formatters.get('line') as Custom).custom_property).toBe('value');
  });

  it('may be applied again: the file of the first is closed, and written to by the second', async () => {
    const file = {
      version: 1,
      handlers: { file: { class: 'logging.FileHandler', filename: folder.file('app.log') } },
      root: { handlers: ['file'] },
    } as const;
    const { handlers } = dictConfig(file);
    getLogger().warning('one');
    await dictConfig(file).settled;
    getLogger().warning('two');
    expect(folder.lines('app.log')).toEqual(['one', 'two']);
    expect(getLogger().handlers).not.toContain(handlers.get('file'));
    await dictConfig({ version: 1 }).settled;
  });

  it('has defaults for fields of formats', () => {
    dictConfig(
      config({
        formatters: { line: { format: '%(message)s ++ %(field)s', defaults: { field: 'default' } } },
      }),
    );
    const format = (fields: object) =>
      getHandlerByName('one')?.format(makeLogRecord({ msg: 'Hello', ...fields }));
    expect([format({ field: 'own' }), format({})]).toEqual(['Hello ++ own', 'Hello ++ default']);
  });

  it('has the target of a MemoryHandler by its name, whichever comes first', () => {
    dictConfig(
      config({
        formatters: { line: { format: '${asctime} (${name}) ${levelname}: ${message}', style: '$' } },
        handlers: {
          one: stream(),
          memory: {
            class: 'logging.handlers.MemoryHandler',
            capacity: 5,
            formatter: 'line',
            target: 'one',
            flushLevel: 'ERROR',
          },
        },
        loggers: { mymodule: { handlers: ['memory'] } },
      }),
    );
    const memory = getLogger('mymodule').handlers[0] as MemoryHandler;
    expect([memory.target, memory.flushLevel]).toEqual([getHandlerByName('one'), 40]);
    expect(getHandlerNames()).toEqual(new Set(['memory', 'one']));
  });

  it('hands objects of any class to a handler as they are', () => {
    class Resource {
      constructor(readonly type: string) {}
    }
    class Tagging extends StreamHandler {
      readonly #resource: Resource;
      constructor({ resource, ...options }: StreamHandlerOptions & { resource: Resource }) {
        super(options);
        this.#resource = resource;
      }
      override emit(record: LogRecord): void {
        record.msg = `${String(record.msg)} ${this.#resource.type}`;
        super.emit(record);
      }
    }
    dictConfig({
      version: 1,
      handlers: { own: { '()': Tagging, resource: new Resource('my_type') } },
      root: { level: 'INFO', handlers: ['own'] },
    });
    expect(captureStderr(() => getLogger().info('some log')).text).toBe('some log my_type\n');
  });

  it.each([
    ['a function', () => true],
    ['a Filter', new Filter('spam.eggs')],
    ['any object with a filter method', { filter: () => true }],
  ])('has filters given as they are: %s', (_, filter) => {
    dictConfig({ version: 1, root: { level: 'DEBUG', filters: [filter] } });
    expect(getLogger().filters).toEqual([filter]);
  });
});

describe('a configuration is refused', () => {
  class NoFormatter {}
  it.each([
    [
      'for a stream that there is not',
      { handlers: { one: stream({ stream: 'ext://sys.stdbout' }) } },
      '"ext://sys.stdbout" is not known',
    ],
    [
      'for a misspelt level of a handler',
      { handlers: { one: stream({ level: 'NTOSET' }) } },
      "handlers.one.level: unknown level 'NTOSET'",
    ],
    [
      'for a misspelt level of a logger',
      { root: { level: 'WRANING' } },
      "root.level: unknown level 'WRANING'",
    ],
    [
      'for a formatter that there is not',
      { handlers: { one: stream({ formatter: 'misspelled' }) } },
      'no formatter named "misspelled"',
    ],
    [
      'for an option that the class does not have',
      { handlers: { one: stream({ '9': 'x' }) } },
      'handlers.one.9: unknown',
    ],
    ['without a version', { version: undefined as never }, 'version: missing'],
    ['with another version', { version: 2 as never }, 'version: expected 1, got 2'],
    [
      'for a format in another style',
      { formatters: { line: { format: '%(message)s', style: '$' } } },
      'no fields',
    ],
    [
      'for a formatter that does not format',
      { formatters: { line: { class: NoFormatter, validate: false } } },
      'not an object with a format(record) method',
    ],
    ...[null, 1, {}].map(
      (filter) =>
        [
          'for a filter that is none',
          { root: { filters: [filter as never] } },
          'expected the name of a filter, or a filter',
        ] as const,
    ),
  ] as const)('as a whole: %s', (_, changes, message) => {
    expect(() => dictConfig(config(changes as Partial<LoggingConfig>))).toThrow(message);
  });

  it.each([
    ['class', { class: 'suite.ExceptionFormatter' }],
    ['()', { '()': 'suite.ExceptionFormatter' }],
  ])('for a format that does not fit its style, but not with validate: false: %s', (_, by) => {
    const formatter = { ...by, format: '%(levelname)s', style: '$' };
    expect(() => dictConfig(config({ formatters: { line: formatter } }))).toThrow('no fields');
    dictConfig(config({ formatters: { line: { ...formatter, validate: false } } }));
    expect(getLogger().handlers[0]?.formatter).toBeInstanceOf(ExceptionFormatter);
  });
});
