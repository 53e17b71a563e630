import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as core from '../../lib/core.js';
import * as handlers from '../../lib/handlers.js';
import { readPage } from '../support/docs/markdown.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

const exported: Readonly<Record<string, unknown>> = { ...core, ...handlers };
const filename = join(tmpdir(), 'never.log');

/** What makes an instance, whose own properties count as members too. */
const makers: Readonly<Record<string, () => object>> = {
  BaseRotatingHandler: () => new core.RotatingFileHandler({ filename, delay: true }),
  BufferingHandler: () => new core.BufferingHandler({ capacity: 1 }),
  DatagramHandler: () => new handlers.DatagramHandler({ host: 'localhost', port: 1 }),
  FileHandler: () => new core.FileHandler({ filename, delay: true }),
  Handler: () => new core.NullHandler(),
  HTTPHandler: () => new handlers.HTTPHandler({ host: 'localhost', url: '/' }),
  Logger: () => new core.Logger('x'),
  LoggerAdapter: () => new core.LoggerAdapter(core.getLogger('x')),
  MemoryHandler: () => new core.MemoryHandler({ capacity: 1 }),
  QueueListener: () => new core.QueueListener(new core.RecordQueue()),
  RotatingFileHandler: () => new core.RotatingFileHandler({ filename, delay: true }),
  SMTPHandler: () =>
    new handlers.SMTPHandler({
      mailhost: 'localhost',
      fromaddr: 'a@example.com',
      toaddrs: 'b@example.com',
      subject: 's',
    }),
  SocketHandler: () => new handlers.SocketHandler({ host: 'localhost', port: 1 }),
  SysLogHandler: () => new handlers.SysLogHandler({ address: ['localhost', 1] }),
  TimedRotatingFileHandler: () => new core.TimedRotatingFileHandler({ filename, delay: true }),
  WatchedFileHandler: () => new core.WatchedFileHandler({ filename, delay: true }),
};

/** Every documented key once; all of it is planned below. */
const configurations = [
  {
    version: 1,
    disable_existing_loggers: false,
    formatters: {
      line: {
        format: '%(message)s',
        datefmt: '%H',
        style: '%',
        validate: true,
        defaults: { a: 1 },
        class: 'logging.Formatter',
      },
      made: { '()': 'logging.Formatter' },
    },
    filters: { shop: { name: 'shop' }, made: { '()': 'logging.Filter' } },
    handlers: {
      one: {
        class: 'logging.StreamHandler',
        level: 'INFO',
        formatter: 'line',
        filters: ['shop'],
        '.': { terminator: '' },
      },
      made: { '()': 'logging.NullHandler' },
    },
    loggers: { shop: { level: 'INFO', propagate: false, filters: ['shop'], handlers: ['one'] } },
    root: { level: 'INFO', filters: ['shop'], handlers: ['one'] },
  },
  { version: 1, incremental: true },
] as const;

/** Whether a value has a key at a path such as `handlers.*.level`; a lone `.` at its end is a key too. */
function hasPath(value: unknown, path: string): boolean {
  const keys = path.endsWith('..') ? [...path.slice(0, -2).split('.'), '.'] : path.split('.');
  const walk = (from: unknown, at: number): boolean => {
    if (at === keys.length) return true;
    if (typeof from !== 'object' || from === null) return false;
    const entries = Object.entries(from).filter(([key]) => keys[at] === '*' || keys[at] === key);
    return entries.some(([, next]) => walk(next, at + 1));
  };
  return walk(value, 0);
}

/** What is wrong with a name of ours, or nothing. */
function issue(name: string): string[] {
  const [, type = '', member, option] = /^(\w+)(?:\.(\w+)|\(\{ (\w+) \}\))?$/.exec(name) ?? [];
  const value = exported[type];
  if (value === undefined) return [`${name}: core exports no ${type || 'such name'}`];
  if (member !== undefined) {
    const instance = makers[type]?.() ?? new (value as new () => object)();
    return member in instance || member in (value as object) ? [] : [`${name}: no such member`];
  }
  if (option === undefined || takes(value, option)) return [];
  return [`${name}: no such option`];
}

function takes(value: unknown, option: string): boolean {
  if (value === core.basicConfig) {
    // It complains of what it does not know, but only while the root has no handlers.
    resetLoggingAsPython();
    expect(() => core.basicConfig({ no_such_option: undefined } as object)).toThrow('unknown option');
    resetLoggingAsPython();
    core.basicConfig({ [option]: undefined });
    return true;
  }
  const { optionsSchema } = value as { optionsSchema?: { entries?: object } };
  return optionsSchema?.entries !== undefined && option in optionsSchema.entries;
}

const rows = [...readPage('docs/python/reference.md').text.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(
  ([, theirs = '', ours = '']) => ({ theirs, ours }),
);

describe("the table of Python's reference", () => {
  afterAll(resetLoggingAsPython);

  it('leads to names that are exported, members and options included', () => {
    expect(rows.length).toBeGreaterThan(250);
    const names = rows.flatMap(({ ours }) =>
      [...ours.replace(/\[[^\]]*\]\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    expect(names.flatMap(issue)).toEqual([]);
  });

  it('has rows that say something', () => {
    expect(rows.filter(({ ours }) => !/`|\]\(/.test(ours))).toEqual([]);
  });

  it('has the keys of a configuration, each of which is taken', () => {
    for (const configuration of configurations)
      expect(() => core.planConfig(configuration as never)).not.toThrow();
    const keys = rows.filter(({ ours }) => ours.startsWith('[as in Python]')).map(({ theirs }) => theirs);
    expect(keys.length).toBeGreaterThan(25);
    expect(
      keys.filter((key) => !configurations.some((configuration) => hasPath(configuration, key))),
    ).toEqual([]);
  });
});
