import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig, Filter, getLogger, MemoryHandler, NullHandler } from 'nestjs-logging/core';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { explainLive } from '../../lib/live/api/explain.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

/** The handlers on the way of a record, as `name verdict: reason`. */
function wayOf(logger: string, level: number): string[] {
  const { way } = explainLive(logger, level);
  return way
    .flatMap(({ handlers }) => handlers)
    .map(({ handler, verdict, reason }) => `${handler} ${verdict}: ${reason}`);
}

/** A handler under a name, of an ordinary class or one that is given. */
function named<H extends NullHandler | MemoryHandler>(name: string, handler: H): H {
  handler.name = name;
  return handler;
}

describe('the live explanation', () => {
  it('follows a record to what a MemoryHandler passes it on to, whatever the level there', () => {
    const file = named('file', new NullHandler({ level: 'ERROR' }));
    const memory = named('memory', new MemoryHandler({ capacity: 10, target: file }));
    getLogger('shop').addHandler(memory);
    expect(wayOf('shop', 30)).toEqual(['memory yes: passes it on', 'file yes: passed on by "memory"']);
    expect(explainLive('shop', 30).elsewhere).not.toContainEqual(
      expect.objectContaining({ handler: 'file' }),
    );
  });

  it('asks the levels of the handlers behind a queue where the queue does', () => {
    const configure = (respect: boolean) =>
      dictConfig({
        version: 1,
        handlers: {
          file: { class: 'NullHandler', level: 'ERROR' },
          queue: { class: 'QueueHandler', handlers: ['file'], respect_handler_level: respect },
        },
        loggers: { shop: { handlers: ['queue'] } },
      });
    configure(false);
    expect(wayOf('shop', 30)).toEqual(['queue yes: passes it on', 'file yes: passed on by "queue"']);
    configure(true);
    expect(wayOf('shop', 30)).toEqual(['queue yes: passes it on', 'file no: its level is ERROR']);
  });

  it('ends where handlers pass records to each other in a circle', () => {
    const first = named('first', new MemoryHandler({ capacity: 10 }));
    const second = named('second', new MemoryHandler({ capacity: 10, target: first }));
    first.setTarget(second);
    getLogger('shop').addHandler(first);
    expect(wayOf('shop', 30)).toEqual(['first yes: passes it on', 'second yes: passed on by "first"']);
    first.setTarget(null);
  });

  it('names the filter that refuses, of the logger before one of the handler', () => {
    const handler = named('file', new NullHandler());
    handler.addFilter(() => true);
    const logger = getLogger('shop');
    logger.addHandler(handler);
    expect(wayOf('shop', 30)).toEqual(['file maybe: if its filter (Function) lets it pass']);
    logger.addFilter(new Filter('other'));
    expect(wayOf('shop', 30)).toEqual(['file no: logger: its filter lets only records of "other" pass']);
  });
});
