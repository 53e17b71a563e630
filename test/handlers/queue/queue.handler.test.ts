import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../../lib/formatters/json.formatter.js';
import { QueueHandler } from '../../../lib/handlers/queue/queue.handler.js';
import { QueueListener } from '../../../lib/handlers/queue/queue-listener.js';
import { RecordQueue } from '../../../lib/handlers/queue/record-queue.js';
import { compiledProgram } from '../../support/compiled-sources.js';
import { ListHandler } from '../../support/list-handler.js';
import { captureStderr } from '../../support/stderr-capture.js';
import { collectStderr } from '../../support/stderr-collector.js';

function record(msg: string, args: unknown[] = [], levelno = 20): LogRecord {
  return new LogRecord({ levelno, msg, args });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('QueueHandler', () => {
  it('puts records in the queue it is given, their message merged, and changes nothing of the original', () => {
    const queue = new RecordQueue();
    const handler = new QueueHandler({ queue });
    const original = record('paid %d', [1]);
    handler.handle(original);
    const queued = queue.get_nowait();
    expect(queued).toMatchObject({ message: 'paid 1', msg: 'paid 1', args: [] });
    expect(original.msg).toBe('paid %d');
    expect(queued?.getMessage()).toBe('paid 1');
  });

  it('merges the message at the call, so that what changes later does not show', () => {
    const queue = new RecordQueue();
    const basket = { items: 1 };
    new QueueHandler({ queue }).handle(record('%(items)d items', [basket]));
    basket.items = 2;
    expect(queue.get_nowait()?.getMessage()).toBe('1 items');
  });

  it('keeps the fields of the call, whatever becomes of the object that it was given', () => {
    const queue = new RecordQueue();
    const extra: Record<string, unknown> = { step: 1 };
    const handler = new QueueHandler({ queue });
    handler.handle(new LogRecord({ msg: 'working', extra }));
    extra.step = 2;
    extra.of = 3;
    handler.handle(new LogRecord({ msg: 'working', extra }).expose());
    extra.step = 3;
    expect([queue.get_nowait()?.extraFields(), queue.get_nowait()?.extraFields()]).toEqual([
      { step: 1 },
      { step: 2, of: 3 },
    ]);
  });

  it('makes the traceback text, apart from the message', () => {
    const queue = new RecordQueue();
    new QueueHandler({ queue }).handle(new LogRecord({ msg: 'failed', excInfo: new TypeError('no') }));
    const queued = queue.get_nowait();
    expect(queued?.msg).toBe('failed');
    expect(queued?.excText).toContain('TypeError: no\n');
  });

  it('with a formatter, makes its text the message, traceback included, as Python does', () => {
    const queue = new RecordQueue();
    const handler = new QueueHandler({ queue });
    handler.setFormatter(new Formatter({ format: '[%(levelname)s] %(message)s' }));
    handler.handle(new LogRecord({ levelno: 40, msg: 'failed', excInfo: new TypeError('no') }));
    const queued = queue.get_nowait();
    expect(queued?.msg).toMatch(/^\[ERROR\] failed\nTypeError: no\n/);
    expect([queued?.excInfo, queued?.excText]).toEqual([undefined, undefined]);
  });

  it('takes any object with put_nowait for a queue', () => {
    const items: unknown[] = [];
    const handler = new QueueHandler({ queue: { put_nowait: (item) => items.push(item) } });
    handler.handle(record('text'));
    expect(items).toHaveLength(1);
  });

  it('lets a derived class send records elsewhere', () => {
    const sent: string[] = [];
    class Sender extends QueueHandler {
      override enqueue(queued: LogRecord): void {
        sent.push(`${queued.message} for ${String(queued.user)}`);
      }
    }
    new Sender().handle(new LogRecord({ msg: 'hello', extra: { user: 'ann' } }));
    expect(sent).toEqual(['hello for ann']);
  });

  it('drops by its policy when the queue is full, counts it, and says so once', () => {
    const handler = new QueueHandler({ queue: { maxRecords: 10, overflow: 'dropNewest' } });
    const { text } = captureStderr(() => {
      for (let count = 0; count < 15; count += 1) handler.handle(record(String(count)));
    });
    expect(handler.stats).toMatchObject({ emitted: 15, queued: 9, dropped: 6 });
    expect(text.match(/the queue is full, records are lost: 1 so far/g)).toHaveLength(1);
  });
});

describe('QueueListener', () => {
  it('hands records to its handlers in later turns, in order', async () => {
    const queue = new RecordQueue();
    const handler = new QueueHandler({ queue });
    const list = new ListHandler();
    const listener = new QueueListener(queue, list);
    handler.handle(record('before the start'));
    listener.start();
    for (let count = 0; count < 500; count += 1) handler.handle(record('%d', [count]));
    expect(list.lines).toEqual([]);
    while (!queue.empty()) await turn();
    expect(list.lines).toEqual([
      'before the start',
      ...Array.from({ length: 500 }, (_, count) => String(count)),
    ]);
    void listener.stop();
  });

  it('respects the level of its handlers only on request', () => {
    for (const respect_handler_level of [false, true]) {
      const queue = new RecordQueue();
      const list = new ListHandler({ level: 'WARNING' });
      const listener = new QueueListener(queue, list, { respect_handler_level });
      listener.start();
      queue.put_nowait(record('info'));
      queue.put_nowait(record('error', [], 40));
      void listener.stop();
      expect(list.lines).toEqual(respect_handler_level ? ['error'] : ['info', 'error']);
    }
  });

  it('handles all that waits before it stops, and nothing after, until it is started again', async () => {
    const queue = new RecordQueue();
    const list = new ListHandler();
    const listener = new QueueListener(queue, list);
    listener.start();
    listener.start();
    queue.put_nowait(record('one'));
    void listener.stop();
    queue.put_nowait(record('two'));
    await turn();
    expect(list.lines).toEqual(['one']);
    listener.start();
    await turn();
    expect(list.lines).toEqual(['one', 'two']);
    void listener.stop();
    expect(listener.isRunning).toBe(false);
  });

  it.each(['dropLowestLevel', 'dropNewest', 'dropOldest'] as const)(
    'stops on a full queue without losing a record for the mark that ends it: %s',
    (overflow) => {
      const queue = new RecordQueue({ maxRecords: 10, overflow });
      const list = new ListHandler();
      const listener = new QueueListener(queue, list);
      listener.start();
      for (let count = 0; count < 10; count += 1) queue.put_nowait(record('%d', [count], 40));
      void listener.stop();
      expect(listener.isRunning).toBe(false);
      expect(list.lines).toHaveLength(10);
      expect(queue.stats).toMatchObject({ emitted: 10, delivered: 10, queued: 0, dropped: 0 });
    },
  );

  it('counts no mark as a record, wherever it is', () => {
    const queue = new RecordQueue();
    for (const item of [record('one'), null, record('two'), null]) queue.put_nowait(item);
    expect(queue.stats).toMatchObject({ emitted: 2, queued: 2 });
    expect(queue.qsize()).toBe(4);
    const items = Array.from({ length: 5 }, () => queue.get_nowait());
    expect(items.map((item) => (item ? item.getMessage() : item))).toEqual([
      'one',
      null,
      'two',
      null,
      undefined,
    ]);
    expect(queue.stats).toMatchObject({ emitted: 2, delivered: 2, queued: 0 });
    expect(queue.empty()).toBe(true);
  });

  it('stops though a queue of the user has no room for the mark', () => {
    class Full extends RecordQueue {
      override put_nowait(item: LogRecord | null): void {
        if (item === null) throw new Error('queue.Full');
        super.put_nowait(item);
      }
    }
    const queue = new Full();
    const list = new ListHandler();
    const listener = new QueueListener(queue, list);
    listener.start();
    queue.put_nowait(record('one'));
    void listener.stop();
    expect([listener.isRunning, list.lines]).toEqual([false, ['one']]);
  });

  it('leaves out what its own handlers log: it would never end', () => {
    const queue = new RecordQueue();
    const handler = new QueueHandler({ queue });
    class Talkative extends ListHandler {
      override emit(one: LogRecord): void {
        super.emit(one);
        handler.handle(record('talking about it'));
      }
    }
    const list = new Talkative();
    handler.listener = new QueueListener(queue, list);
    handler.listener.start();
    handler.handle(record('said'));
    void handler.flush();
    void handler.flush();
    expect(list.lines).toEqual(['said']);
    void handler.close();
  });
});

describe('QueueHandler in a configuration', () => {
  function configure(options: object) {
    return dictConfig({
      version: 1,
      handlers: {
        queue: { class: 'logging.handlers.QueueHandler', handlers: ['list'], ...options },
        list: { class: ListHandler, level: 'WARNING', formatter: 'caller' },
      },
      formatters: { caller: { format: '%(filename)s %(levelname)s %(message)s' } },
      loggers: { queued: { level: 'DEBUG', handlers: ['queue'], propagate: false } },
    });
  }

  it("takes Python 3.12's keys, and its listener runs when the configuration is active", async () => {
    const queue = { '()': 'queue.Queue', maxsize: 100 };
    const listener = 'logging.handlers.QueueListener';
    const { handlers } = configure({ queue, listener, respect_handler_level: true });
    const handler = handlers.get('queue') as QueueHandler;
    expect(handler.listener?.isRunning).toBe(true);
    getLogger('queued').info('left out');
    getLogger('queued').error('handled %s', 'later');
    await turn();
    expect((handlers.get('list') as ListHandler).lines).toEqual([
      'queue.handler.test.ts ERROR handled later',
    ]);
    await handler.close();
  });

  it('takes a listener class of the user', async () => {
    class Shouting extends QueueListener {
      override prepare(one: LogRecord): LogRecord {
        one.msg = String(one.msg).toUpperCase();
        return one;
      }
    }
    const { handlers } = configure({ listener: Shouting });
    getLogger('queued').error('text');
    await handlers.get('queue')?.flush();
    expect((handlers.get('list') as ListHandler).lines).toEqual(['queue.handler.test.ts ERROR TEXT']);
    await handlers.get('queue')?.close();
  });

  it('reports what a queue of the user refuses later, where nobody waits for it', async () => {
    const put_nowait = () => Promise.reject(new Error('no room'));
    const handler = new QueueHandler({ queue: { put_nowait } as never });
    const stderr = collectStderr();
    handler.handle(new LogRecord({ msg: 'text', levelno: 20 }));
    // An unhandled rejection would end the process.
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(stderr.stop()).toContain('Error: no room');
    await handler.close();
  });

  it('flushes every handler, also behind one that throws', async () => {
    class Failing extends ListHandler {
      override flush(): void {
        throw new Error('no flush');
      }
    }
    let flushed = 0;
    class Counting extends ListHandler {
      override flush(): void {
        flushed += 1;
      }
    }
    const handler = new QueueHandler({ handlers: [new Failing(), new Counting()] });
    await expect(handler.flush()).rejects.toThrow('no flush');
    expect(flushed).toBe(1);
    await handler.close();
  });

  it('finds out during the call where it was made, if a JSON formatter will ask', async () => {
    const list = new ListHandler({ formatter: new JsonFormatter({ includeCaller: true }) });
    const handler = new QueueHandler({ handlers: [list] });
    const logger = getLogger('queued');
    logger.handlers.splice(0, Number.POSITIVE_INFINITY, handler);
    logger.error('text');
    await handler.flush();
    expect(JSON.parse(list.lines[0] ?? '{}')).toMatchObject({
      file: expect.stringContaining('queue.handler.test.ts'),
    });
    await handler.close();
  });

  it('reports what is wrong with its keys', () => {
    expect(() => configure({ queue: 'queue.Quue' })).toThrow('handlers.queue.queue: ');
    expect(() => configure({ handlers: ['lst'] })).toThrow('did you mean "list"?');
    expect(() => configure({ queue: { put_nowait: () => undefined } })).toThrow(
      'a listener needs a queue it can take from',
    );
  });
});

describe('at the end of the process', () => {
  it.each(['process.exit(0)', 'throw new Error("end")', ''])('handles all that waits: %s', (ending) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'queue-'));
    try {
      const program = compiledProgram(
        `import { appendFileSync } from 'node:fs';
        import { Handler } from '../../lib/core/handler.js';
        import { LogRecord } from '../../lib/core/records/log-record.js';
        import { QueueHandler } from '../../lib/handlers/queue/queue.handler.js';
        class Out extends Handler { emit(record) { appendFileSync(process.argv[2], this.format(record) + '\\n'); } }
        const handler = new QueueHandler({ handlers: [new Out()] });
        for (let count = 0; count < 1000; count++) handler.handle(new LogRecord({ msg: 'record ' + count }));
        ${ending}`,
      );
      const output = path.join(folder, 'output');
      spawnSync(process.execPath, [program, output]);
      expect(readFileSync(output, 'utf8').trim().split('\n')).toEqual(
        Array.from({ length: 1000 }, (_, count) => `record ${count}`),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a queue and a listener under "()"', () => {
  it('are made by the class or function given there, with the other keys', () => {
    class Tagged extends RecordQueue {
      readonly tag: unknown;
      constructor(options: { tag?: unknown }) {
        super();
        this.tag = options.tag;
      }
    }
    const handler = new QueueHandler({ queue: { '()': Tagged as never, tag: 'mine' } });
    expect((handler.queue as Tagged).tag).toBe('mine');
    expect(() => new QueueHandler({ queue: { '()': (() => ({})) as never } })).toThrow(
      'QueueHandler.queue.(): what it made has no put_nowait(record) method',
    );
  });
});
