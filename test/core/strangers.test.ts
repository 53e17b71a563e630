import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggerClass } from '../../lib/core/loggers/logger.js';
import { getLogger, setLoggerClass } from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

beforeEach(resetLogging);

describe('a Logger of another copy of this package', () => {
  it('is refused as the class of new loggers, with the reason', () => {
    class Foreign {}
    Object.defineProperty(Foreign.prototype, Symbol.for('nestjs-logging.logger'), { value: true });
    const set = () => setLoggerClass(Foreign as unknown as LoggerClass);
    expect(set).toThrow('another copy of nestjs-logging');
    expect(() => getLogger('shop').warning('still works')).not.toThrow();
  });
});

describe('a filter without a prototype, such as the namespace of a module', () => {
  it.each(['the logger', 'the handler'])('is asked by %s', (place) => {
    const seen: unknown[] = [];
    const filter = Object.assign(Object.create(null), {
      filter: (record: { msg: unknown }) => seen.push(record.msg) > 0 && record.msg !== 'no',
    });
    const handler = new ListHandler();
    const logger = getLogger('shop');
    logger.addHandler(handler);
    (place === 'the logger' ? logger : handler).addFilter(filter);
    logger.error('yes');
    logger.error('no');
    expect(seen).toEqual(['yes', 'no']);
    expect(handler.lines).toEqual(['yes']);
  });
});
