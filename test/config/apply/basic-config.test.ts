import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { basicConfig, debug, getLogger, info, shutdown, warning } from '../../../lib/core.js';
import { ListHandler } from '../../support/list-handler.js';
import { resetLogging } from '../../support/reset-logging.js';
import { captureStderr } from '../../support/stderr-capture.js';

let directory: string;

beforeEach(() => {
  resetLogging();
  directory = mkdtempSync(join(tmpdir(), 'basic-config-'));
});

afterEach(async () => {
  await shutdown();
  rmSync(directory, { recursive: true });
});

describe('basicConfig', () => {
  it("logs to standard error in Python's form", () => {
    const { text } = captureStderr(() => {
      basicConfig({ level: 'DEBUG' });
      getLogger('a.b').debug('hello');
    });
    expect(text).toBe('DEBUG:a.b:hello\n');
  });

  it('logs to a file with format, datefmt, style, mode and level', () => {
    const filename = join(directory, 'app.log');
    basicConfig({
      filename,
      filemode: 'w',
      format: '{asctime}|{message}',
      datefmt: 'at',
      style: '{',
      level: 'INFO',
    });
    info('one');
    debug('two');
    expect(readFileSync(filename, 'utf8')).toBe('at|one\n');
  });

  it('does nothing the second time, unless forced', () => {
    basicConfig({ handlers: [new ListHandler()] });
    const second = new ListHandler();
    basicConfig({ handlers: [second] });
    expect(getLogger().handlers).not.toContain(second);
    basicConfig({ handlers: [second], force: true });
    expect(getLogger().handlers).toEqual([second]);
  });

  it('gives its formatter to handlers that have none', () => {
    const plain = new ListHandler();
    basicConfig({ handlers: [plain], format: '<%(message)s>' });
    warning('x');
    expect(plain.lines).toEqual(['<x>']);
  });

  it.each([
    [{ filename: 'a.log', stream: process.stderr }, "'stream' and 'filename' exclude each other"],
    [{ filename: 'a.log', handlers: [] }, "'handlers' excludes 'stream' and 'filename'"],
    [{ style: '@' }, 'basicConfig.style: expected "%" or "{" or "$", got "@"'],
    [{ level: 'loud' }, "basicConfig.level: unknown level 'loud'"],
    [{ nonsense: 1 }, 'basicConfig: unknown option nonsense'],
  ])('refuses %j', (options, message) => {
    expect(() => basicConfig(options as object)).toThrow(message);
  });

  it('is what the root functions call when there is no handler', () => {
    const { text } = captureStderr(() => {
      info('not at WARNING');
      warning('careful %s', 'now');
    });
    expect(text).toBe('WARNING:root:careful now\n');
  });
});
