import { describe, expect, it, jest } from '@jest/globals';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { getHandlerByName } from '../../../lib/core/handler.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../../lib/formatters/json.formatter.js';
import { BufferingHandler } from '../../../lib/handlers/memory/buffering.handler.js';
import { MemoryHandler } from '../../../lib/handlers/memory/memory.handler.js';
import { ListHandler } from '../../support/list-handler.js';
import { collectStderr } from '../../support/stderr-collector.js';

function record(levelno: number, msg = 'text'): LogRecord {
  return new LogRecord({ levelno, msg });
}

describe('BufferingHandler', () => {
  it('keeps records until there are as many as its capacity, then forgets them', () => {
    const handler = new BufferingHandler({ capacity: 3 });
    handler.handle(record(20));
    handler.handle(record(20));
    expect(handler.buffer).toHaveLength(2);
    handler.handle(record(20));
    expect(handler.buffer).toHaveLength(0);
  });

  it('lets a derived class decide when to flush and what that is', () => {
    const batches: unknown[][] = [];
    class Batches extends BufferingHandler {
      override shouldFlush(last: LogRecord): boolean {
        return last.msg === 'end';
      }
      override flush(): void {
        if (this.buffer.length > 0) batches.push(this.buffer.splice(0).map(({ msg }) => msg));
      }
    }
    const handler = new Batches({ capacity: 1 });
    for (const msg of ['a', 'b', 'end', 'c']) handler.handle(record(20, msg));
    void handler.close();
    expect(batches).toEqual([['a', 'b', 'end'], ['c']]);
  });

  it('refuses a capacity that is none', () => {
    expect(() => new BufferingHandler({ capacity: -1 })).toThrow('capacity: expected 0 or more');
  });
});

describe('MemoryHandler', () => {
  it('hands its records to the target when it is full', () => {
    const target = new ListHandler();
    const handler = new MemoryHandler({ capacity: 2, target });
    handler.handle(record(10, 'one'));
    expect(target.lines).toEqual([]);
    handler.handle(record(10, 'two'));
    expect(target.lines).toEqual(['one', 'two']);
  });

  it('flushes a target that holds lines back itself', () => {
    const target = new ListHandler();
    const flush = jest.spyOn(target, 'flush');
    const handler = new MemoryHandler({ capacity: 100, target });
    handler.handle(record(10, 'one'));
    void handler.flush();
    expect(target.lines).toEqual(['one']);
    expect(flush).toHaveBeenCalledTimes(1);
  });

  it('reports a target that cannot be flushed', async () => {
    const target = new ListHandler();
    jest.spyOn(target, 'flush').mockReturnValue(Promise.reject(new Error('no room')));
    const collected = collectStderr();
    new MemoryHandler({ capacity: 1, target }).handle(record(10, 'one'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(collected.stop()).toContain('Error: no room');
  });

  it('hands them over at once when a record of the flush level arrives', () => {
    const target = new ListHandler();
    const handler = new MemoryHandler({ capacity: 100, target });
    handler.handle(record(30, 'before'));
    handler.handle(record(40, 'error'));
    expect(target.lines).toEqual(['before', 'error']);
    const patient = new MemoryHandler({ capacity: 100, flushLevel: 'CRITICAL', target });
    patient.handle(record(40, 'kept'));
    expect(patient.buffer).toHaveLength(1);
  });

  it('does not ask the level of the target, as in Python', () => {
    const target = new ListHandler({ level: 'ERROR' });
    const handler = new MemoryHandler({ capacity: 1, target });
    handler.handle(record(10, 'detail'));
    expect(target.lines).toEqual(['detail']);
  });

  it('keeps its records while there is no target', () => {
    const handler = new MemoryHandler({ capacity: 1 });
    handler.handle(record(40, 'early'));
    handler.handle(record(40, 'later'));
    const target = new ListHandler();
    handler.setTarget(target);
    void handler.flush();
    expect(target.lines).toEqual(['early', 'later']);
    expect(handler.buffer).toEqual([]);
  });

  it('keeps the fields of the call, whatever becomes of the object that it was given', () => {
    const target = new ListHandler({ formatter: new JsonFormatter() });
    const logger = getLogger('shop.memory');
    logger.setLevel('DEBUG');
    const handler = new MemoryHandler({ capacity: 10, target });
    logger.addHandler(handler);
    const progress: Record<string, unknown> = { step: 1 };
    logger.info('working', { extra: progress });
    progress.step = 2;
    progress.of = 3;
    logger.info('working', progress);
    progress.step = 3;
    void handler.flush();
    logger.removeHandler(handler);
    expect(target.records.map((one) => one.extraFields())).toEqual([{ step: 1 }, { step: 2, of: 3 }]);
  });

  it('passes on what it had when it was flushed: what the target logs meanwhile waits', () => {
    const logger = getLogger('shop.circle');
    logger.setLevel('DEBUG');
    class Chatty extends ListHandler {
      override emit(one: LogRecord): void {
        super.emit(one);
        if (this.records.length < 100) logger.debug('sent %s', one.msg);
      }
    }
    const target = new Chatty();
    const handler = new MemoryHandler({ capacity: 1_000, target });
    logger.addHandler(handler);
    logger.info('order');
    void handler.flush();
    expect([target.lines, handler.buffer.map(({ args }) => args)]).toEqual([['order'], [['order']]]);
    logger.removeHandler(handler);
  });

  it('loses the oldest, and counts them, when no target comes for very many', () => {
    const handler = new MemoryHandler({ capacity: 10 });
    for (let count = 0; count < 50_003; count += 1) handler.handle(record(20, String(count)));
    expect(handler.buffer).toHaveLength(50_000);
    expect(handler.buffer[0]?.msg).toBe('3');
    expect(handler.dropped).toBe(3);
  });

  it('releases its target and is closed, also where the target cannot be flushed, as in Python', () => {
    class Failing extends ListHandler {
      override flush(): void {
        throw new Error('no flush');
      }
    }
    const target = new Failing();
    const handler = new MemoryHandler({ capacity: 10, target });
    handler.name = 'released';
    handler.handle(record(20, 'one'));
    expect(() => handler.close()).toThrow('no flush');
    expect(target.lines).toEqual(['one']);
    expect(handler.target).toBeNull();
    expect(getHandlerByName('released')).toBeUndefined();
  });

  it('flushes when it is closed by default', () => {
    const target = new ListHandler();
    for (const [flushOnClose, msg] of [
      [true, 'flushed'],
      [false, 'lost'],
    ] as const) {
      const handler = new MemoryHandler({ capacity: 10, target, flushOnClose });
      handler.handle(record(20, msg));
      void handler.close();
      expect(handler.target).toBeNull();
    }
    expect(target.lines).toEqual(['flushed']);
  });

  it('finds the target by its name in a configuration, wherever that is, and knows where each call was made', () => {
    const { handlers } = dictConfig({
      version: 1,
      formatters: { caller: { format: '%(filename)s:%(funcName)s %(message)s' } },
      handlers: {
        memory: { class: 'logging.handlers.MemoryHandler', capacity: 10, target: 'list' },
        list: { class: ListHandler, formatter: 'caller' },
      },
      loggers: { memory: { level: 'DEBUG', handlers: ['memory'], propagate: false } },
    });
    function place(): void {
      getLogger('memory').debug('detail');
    }
    place();
    getLogger('memory').error('failed');
    const target = handlers.get('list') as ListHandler;
    expect((handlers.get('memory') as MemoryHandler).target).toBe(target);
    expect(target.lines[0]).toBe('memory.handler.test.ts:place detail');
  });

  it('does not read the stack for a target that prints no caller', () => {
    const target = new ListHandler();
    target.setFormatter(new Formatter({ format: '%(message)s' }));
    const handler = new MemoryHandler({ capacity: 10, target });
    const kept = record(20);
    kept.caller = () => {
      throw new Error('read');
    };
    handler.handle(kept);
    expect(handler.buffer).toHaveLength(1);
  });
});
