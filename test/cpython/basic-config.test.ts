import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BasicConfigOptions,
  basicConfig,
  critical,
  debug,
  error,
  FileHandler,
  Formatter,
  getLogger,
  info,
  log,
  StreamHandler,
  shutdown,
  warning,
} from '../../lib/core.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
const BRIDGE = 'The Øresund Bridge joins Copenhagen to Malmö';

beforeEach(resetLoggingAsPython);
afterEach(async () => {
  await shutdown();
  resetLoggingAsPython();
});

const onlyHandler = () => getLogger().handlers[0] as StreamHandler;
const formatterOfIt = () => onlyHandler().formatter as Formatter;
const keeping = (texts: string[]) => ({ write: (text: string) => texts.push(text) });

describe('basicConfig without options', () => {
  it('writes to standard error in the usual format, and leaves the level', () => {
    basicConfig();
    expect(getLogger().handlers).toHaveLength(1);
    expect(onlyHandler()).toBeInstanceOf(StreamHandler);
    expect(onlyHandler().stream).toBe(process.stderr);
    expect([formatterOfIt().fmt, formatterOfIt().datefmt]).toEqual([
      '%(levelname)s:%(name)s:%(message)s',
      undefined,
    ]);
    expect(getLogger().level).toBe(30);
  });
});

describe('basicConfig', () => {
  it.each(['%', '{', '$'] as const)('has that format in style %s too', (style) => {
    const texts: string[] = [];
    basicConfig({ stream: keeping(texts), style });
    error('Log an error');
    expect(texts).toEqual(['ERROR:root:Log an error\n']);
  });

  it('takes a stream', () => {
    const stream = keeping([]);
    basicConfig({ stream });
    expect(getLogger().handlers.map((handler) => (handler as StreamHandler).stream)).toEqual([stream]);
  });

  it('takes a file, appended to, or emptied by the mode', () => {
    for (const [filemode, lines] of [
      [undefined, ['WARNING:root:one']],
      ['a', ['WARNING:root:one', 'WARNING:root:one']],
      ['w', ['WARNING:root:one']],
      ['wb', ['WARNING:root:one']],
    ] as const) {
      basicConfig({ filename: folder.file('test.log'), filemode, force: true });
      expect(onlyHandler()).toBeInstanceOf(FileHandler);
      expect((onlyHandler() as FileHandler).mode).toBe(filemode ?? 'a');
      warning('one');
      expect(folder.lines('test.log')).toEqual(lines);
    }
  });

  it('takes format, date format and level', () => {
    basicConfig({ format: '%(asctime)s - %(message)s', datefmt: 'bar', level: 57 });
    expect([formatterOfIt().fmt, formatterOfIt().datefmt, getLogger().level]).toEqual([
      '%(asctime)s - %(message)s',
      'bar',
      57,
    ]);
    basicConfig({ level: 58 });
    expect(getLogger().level).toBe(57);
  });

  it.each([
    [{ filename: 'test.log', stream: process.stderr }, "'stream' and 'filename' exclude each other"],
    [{ filename: 'test.log', handlers: [] }, "'handlers' excludes"],
    [{ stream: process.stderr, handlers: [] }, "'handlers' excludes"],
    [{ loglevel: 20 }, 'unknown option loglevel'],
  ])('refuses what does not go together: case %#', (options, message) => {
    expect(() => basicConfig(options as BasicConfigOptions)).toThrow(message);
  });

  it('passes over a mode without a file', () => {
    basicConfig({ filename: undefined, filemode: 'a' });
    expect(onlyHandler().stream).toBe(process.stderr);
  });

  it('gives one formatter to those handlers that have none', () => {
    const handlers = [
      new StreamHandler(),
      new StreamHandler({ stream: process.stdout }),
      new StreamHandler(),
    ];
    const own = new Formatter();
    handlers[2]?.setFormatter(own);
    basicConfig({ handlers });
    expect(getLogger().handlers).toEqual(handlers);
    expect(handlers[0]?.formatter).toBe(handlers[1]?.formatter);
    expect([handlers[0]?.formatter === null, handlers[2]?.formatter]).toEqual([false, own]);
  });

  it('with force replaces what is there', () => {
    const [old, fresh]: string[][] = [[], []];
    const logAll = () => {
      for (const call of [warning, info, debug]) call('said');
    };
    basicConfig({ level: 'WARNING', handlers: [new StreamHandler({ stream: keeping(old as string[]) })] });
    logAll();
    basicConfig({
      level: 'INFO',
      handlers: [new StreamHandler({ stream: keeping(fresh as string[]) })],
      force: true,
    });
    logAll();
    expect(getLogger().handlers).toHaveLength(1);
    expect([old, fresh]).toEqual([['WARNING:root:said\n'], ['WARNING:root:said\n', 'INFO:root:said\n']]);
  });

  it.each([
    ['utf-8', 'strict', BRIDGE],
    ['ascii', 'ignore', 'The resund Bridge joins Copenhagen to Malm'],
    ['ascii', undefined, 'The \\xd8resund Bridge joins Copenhagen to Malm\\xf6'],
  ])('writes a file in %s, errors: %s', (encoding, errors, text) => {
    basicConfig({
      filename: folder.file('test.log'),
      encoding,
      errors,
      format: '%(message)s',
      level: 'DEBUG',
    });
    const file = onlyHandler() as FileHandler;
    expect([file.encoding, file.errors]).toEqual([encoding, errors ?? 'backslashreplace']);
    debug(BRIDGE);
    expect(folder.lines('test.log')).toEqual([text]);
  });

  it('takes null for the way with errors, which is the default too', () => {
    basicConfig({
      filename: folder.file('test.log'),
      encoding: 'ascii',
      errors: null,
      format: '%(message)s',
    });
    warning('\u{1f602} \u2603');
    expect(folder.lines('test.log')).toEqual(['\\U0001f602 \\u2603']);
  });

  it('reports a character that the encoding lacks, where errors are strict', () => {
    basicConfig({
      filename: folder.file('test.log'),
      encoding: 'ascii',
      errors: 'strict',
      format: '%(message)s',
    });
    const failed: string[] = [];
    onlyHandler().handleError = (_, issue) => failed.push((issue as Error).message);
    warning(BRIDGE);
    expect(failed).toEqual([expect.stringContaining('ascii')]);
    expect(folder.read('test.log')).toBe('');
  });
});

describe('a root function', () => {
  it.each(
    Object.entries({ debug, info, warning, error, critical, log: (msg: string) => log('WARNING', msg) }),
  )('%s configures logging if nobody did', (_, call) => {
    expect(getLogger().handlers).toHaveLength(0);
    captureStderr(() => call('test me'));
    expect(getLogger().handlers).toHaveLength(1);
    expect(onlyHandler().stream).toBe(process.stderr);
  });
});
