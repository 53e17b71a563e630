import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  dictConfig,
  Formatter,
  getHandlerByName,
  getHandlerNames,
  getLogger,
  type Handler,
  type LogRecord,
  QueueHandler,
  type QueueHandlerOptions,
  QueueListener,
  RecordQueue,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
let queue: RecordQueue;
let handler: QueueHandler;

beforeEach(() => {
  resetLoggingAsPython();
  queue = new RecordQueue();
  handler = new QueueHandler({ queue });
  getLogger('que').propagate = false;
  getLogger('que').setLevel('WARNING');
  getLogger('que').addHandler(handler);
});

function logThree(): void {
  getLogger('que').warning('one');
  getLogger('que').error('two');
  getLogger('que').critical('three');
}

describe('QueueHandler', () => {
  it('puts what is enabled in the queue, its message merged and without arguments', () => {
    getLogger('que').info('not enabled');
    expect(queue.get_nowait()).toBeUndefined();
    getLogger('que').warning('number %d', 1);
    const queued = queue.get_nowait() as LogRecord;
    expect([queued.name, queued.msg, queued.args]).toEqual(['que', 'number 1', []]);
  });

  it('makes the text of its formatter the message', () => {
    handler.setFormatter(new Formatter({ format: '%(name)s -> %(levelname)s: %(message)s' }));
    getLogger('que').warning('hello');
    const queued = queue.get_nowait() as LogRecord;
    expect([queued.msg, queued.message]).toEqual(['que -> WARNING: hello', 'que -> WARNING: hello']);
  });
});

describe('QueueListener', () => {
  it('hands on all that was queued before it stops; stopping twice does no harm', () => {
    const target = new ListHandler();
    const listener = new QueueListener(queue, target);
    listener.start();
    logThree();
    void listener.stop();
    void listener.stop();
    expect(target.lines).toEqual(['one', 'two', 'three']);
    expect(queue.empty()).toBe(true);
  });

  it('hands on everything to each of many short-lived listeners', () => {
    let handled = 0;
    class Counting extends QueueListener {
      override handle(): void {
        handled += 1;
      }
    }
    for (let count = 0; count < 20; count += 1) {
      const listener = new Counting(queue);
      listener.start();
      logThree();
      void listener.stop();
      expect(queue.qsize()).toBe(0);
    }
    expect(handled).toBe(60);
  });

  it('respects the level of handlers on request', () => {
    const target = new ListHandler({ level: 'CRITICAL' });
    const listener = new QueueListener(queue, target, { respect_handler_level: true });
    listener.start();
    logThree();
    void listener.stop();
    expect(target.lines).toEqual(['three']);
  });

  it('has traceback and stack printed once', () => {
    const target = new ListHandler();
    const listener = new QueueListener(queue, target);
    listener.start();
    getLogger('que').exception('failed', new RangeError('boom'));
    getLogger('que').error('where', { stackInfo: true });
    void listener.stop();
    const text = target.lines.join('\n');
    expect([text.split('RangeError: boom').length - 1, text.split('Stack (most').length - 1]).toEqual([1, 1]);
  });

  it('leaves the text of other handlers of the logger alone', () => {
    const format = new Formatter({ format: '%(name)s -> %(levelname)s: %(message)s' });
    const other = new ListHandler({ formatter: format });
    handler.setFormatter(format);
    getLogger('que').addHandler(other);
    getLogger('que').error('hello');
    expect(other.lines).toEqual(['que -> ERROR: hello']);
  });
});

describe('a listener that puts records back into its own queue', () => {
  it.each(['stop', 'flush', 'drainAtExit'] as const)('comes to an end: %s', (method) => {
    const listener = new QueueListener(queue, handler);
    listener.start();
    getLogger('que').error('round and round');
    void listener[method]();
    expect(queue.qsize()).toBe(1);
    void listener.stop();
  });
});

describe('a QueueHandler in a configuration', () => {
  class OwnQueue extends RecordQueue {}
  class OwnListener extends QueueListener {}
  const makeListener = (own: RecordQueue, ...handlers: Handler[]) => new OwnListener(own, ...handlers);

  /** The lines that reach a file behind a queue handler with these options. */
  async function linesWith(options: Record<string, unknown>): Promise<string[]> {
    const standing = dictConfig({
      version: 1,
      handlers: {
        // Its name comes before that of the handler it depends on.
        ah: { class: 'logging.handlers.QueueHandler', handlers: ['h1'], ...options },
        h1: { class: 'logging.FileHandler', filename: folder.file('app.log'), mode: 'w' },
      },
      root: { level: 'DEBUG', handlers: ['ah'] },
    });
    expect(getHandlerNames()).toEqual(new Set(['ah', 'h1']));
    const configured = getHandlerByName('ah') as QueueHandler;
    configured.listener?.start();
    for (const message of ['foo', 'bar', 'baz']) getLogger().debug(message);
    await configured.listener?.stop();
    await standing.close();
    return folder.lines('app.log');
  }

  it.each([
    ['nothing', {}],
    ['the name of a queue of Python', { queue: 'queue.Queue' }],
    ['a queue of Python and its size', { queue: { '()': 'queue.Queue', maxsize: 10 } }],
    ['a queue', { queue: new OwnQueue() }],
    ['a class of listeners', { listener: OwnListener }],
    ['a function that makes a listener', { listener: makeListener }],
    ['either under ()', { listener: { '()': makeListener }, respect_handler_level: true }],
    ['all of them', { queue: new OwnQueue(), listener: { '()': OwnListener }, respect_handler_level: true }],
  ])('works with %s', async (_, options) => {
    expect(await linesWith(options)).toEqual(['foo', 'bar', 'baz']);
  });

  it.each([
    ...[4, Number, '', 'foo', { get_nowait() {} }].map((queue) => ({ queue })),
    ...[4, '', 'bar', {}, { start() {} }].map((listener) => ({ listener })),
  ])('is refused with a queue or a listener that is none: %p', async (options) => {
    await expect(linesWith(options)).rejects.toThrow(/handlers\.ah\.(queue|listener)/);
  });

  it('uses the queue it is given, itself', () => {
    const own = new OwnQueue();
    dictConfig({ version: 1, handlers: { ah: { class: 'logging.handlers.QueueHandler', queue: own } } });
    expect((getHandlerByName('ah') as QueueHandler).queue).toBe(own);
  });

  it('hands options of its own to a derived class', () => {
    class OwnHandler extends QueueHandler {
      readonly foo: unknown;
      constructor({ foo, ...options }: QueueHandlerOptions & { foo: string }) {
        super(options);
        this.foo = foo;
      }
    }
    dictConfig({
      version: 1,
      handlers: { custom: { class: OwnHandler, foo: 'bar' } },
      root: { handlers: ['custom'] },
    });
    expect((getHandlerByName('custom') as OwnHandler).foo).toBe('bar');
  });
});
