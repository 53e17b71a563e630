import { beforeEach, describe, expect, it } from '@jest/globals';
import { addLevelName, Filter, getLogger, isLogRecord, LogRecord, makeLogRecord } from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { useRootLines } from '../support/root-lines.js';

const root = useRootLines();

function logFromFour(): void {
  for (const name of ['shop', 'shop.orders', 'shop.orders.paid', 'shop.ordersX'])
    getLogger(name).info('here');
}

describe('a filter', () => {
  it('with a name lets that logger and those below it pass', () => {
    root.handler.addFilter(new Filter({ name: 'shop.orders' }));
    logFromFour();
    expect(root.lines).toEqual(['shop.orders INFO here', 'shop.orders.paid INFO here']);
  });

  it('may be a function', () => {
    const filter = (record: LogRecord) => record.name.split('.')[1] === 'orders';
    root.handler.addFilter(filter);
    logFromFour();
    expect(root.lines).toEqual(['shop.orders INFO here', 'shop.orders.paid INFO here']);
    root.handler.removeFilter(filter);
    getLogger('shop').info('again');
    expect(root.lines).toHaveLength(3);
  });

  it('without a name lets everything pass', () => {
    expect(new Filter().filter(makeLogRecord({ name: 'shop.orders' }))).toBe(true);
  });
});

describe('levels of one’s own', () => {
  const LEVELS = [111, 112, 113, 114, 115, 116] as const;
  const shown = () => root.lines.map((line) => line.split(' ')[1]);
  const logAtAll = () => {
    for (const level of LEVELS) getLogger().log(level, 'here');
  };

  beforeEach(() => {
    for (const level of LEVELS) addLevelName(level, `L${level}`);
  });

  it('count as the level of a logger', () => {
    getLogger().setLevel(115);
    logAtAll();
    expect(shown()).toEqual(['L115', 'L116']);
  });

  it('count as the level of a handler', () => {
    root.handler.setLevel('L114');
    logAtAll();
    expect(shown()).toEqual(['L114', 'L115', 'L116']);
  });

  it('are seen by filters of the handler and of the logger', () => {
    root.handler.addFilter({ filter: (record) => record.levelno !== 113 });
    logAtAll();
    expect(shown()).toEqual(['L111', 'L112', 'L114', 'L115', 'L116']);
    root.handler.lines.length = 0;
    getLogger().addFilter((record) => record.levelno < 115);
    logAtAll();
    expect(shown()).toEqual(['L111', 'L112', 'L114']);
  });
});

describe('a filter that gives another record', () => {
  const copyOf = (record: LogRecord, msg: unknown) =>
    new LogRecord({ name: record.name, levelno: record.levelno, msg, args: record.args });

  it('on a handler changes it for that handler alone', () => {
    const own = new ListHandler();
    own.addFilter((record) => copyOf(record, 'another'));
    getLogger('shop').addHandler(own);
    getLogger('shop').info('the first');
    expect(own.lines).toEqual(['another']);
    expect(root.lines).toEqual(['shop INFO the first']);
  });

  it('on a logger hands it to the next filter, and to the handlers', () => {
    const seen = new Set<LogRecord>();
    class Copying extends Filter {
      override filter(record: LogRecord) {
        seen.add(record);
        return copyOf(record, `${String(record.msg)}!`);
      }
    }
    getLogger('shop').addFilter(new Copying());
    getLogger('shop').addFilter(new Copying());
    getLogger('shop').info('hello');
    expect([...seen].every(isLogRecord)).toBe(true);
    expect(seen.size).toBe(2);
    expect(root.lines).toEqual(['shop INFO hello!!']);
  });
});
