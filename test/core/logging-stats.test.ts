import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BasicConfigOptions, basicConfig } from '../../lib/config/apply/basic-config.js';
import { setStrictCalls } from '../../lib/core/calls/call-arguments.js';
import { Handler } from '../../lib/core/handler.js';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { getLoggingStats, type LoggingStatsSnapshot } from '../../lib/core/reports/logging-stats.js';
import type { RecordCounts } from '../../lib/core/reports/record-counts.js';
import { StreamHandler } from '../../lib/handlers/console/stream.handler.js';
import { FileHandler } from '../../lib/handlers/file/file.handler.js';
import { RotatingFileHandler } from '../../lib/handlers/file/rotation/rotating-file.handler.js';
import { HTTPHandler } from '../../lib/handlers/http/http.handler.js';
import { MemoryHandler } from '../../lib/handlers/memory/memory.handler.js';
import { SocketHandler } from '../../lib/handlers/network/socket.handler.js';
import { QueueHandler } from '../../lib/handlers/queue/queue.handler.js';
import { SysLogHandler } from '../../lib/handlers/syslog/syslog.handler.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { builtinComponents } from '../support/builtin-components.js';
import { ListHandler } from '../support/list-handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

let isolation: LoggingIsolation;
let stderr: ReturnType<typeof collectStderr>;
beforeEach(() => {
  isolation = isolateLogging();
  stderr = collectStderr();
});
afterEach(async () => {
  await isolation.restore();
  stderr.stop();
});

const record = (msg = 'm', levelno = 20) => new LogRecord({ name: 'shop', msg, levelno });

function expectExact({
  emitted,
  delivered,
  filtered,
  dropped,
  droppedBy,
  queued,
  spooled,
}: RecordCounts): void {
  expect(emitted).toBe(delivered + filtered + dropped + queued + spooled);
  expect(Object.values(droppedBy).reduce((sum, count) => sum + count, 0)).toBe(dropped);
  for (const count of [emitted, delivered, filtered, dropped, queued, spooled])
    expect(count).toBeGreaterThanOrEqual(0);
}

function expectAllExact(stats: LoggingStatsSnapshot): void {
  expectExact(stats);
  for (const handler of stats.handlers) expectExact(handler);
}

describe('what became of records', () => {
  it('is counted by handler and in all', () => {
    const odd = new ListHandler({ filters: [({ levelno }) => levelno % 20 === 10] });
    odd.name = 'odd';
    const all = new ListHandler();
    const logger = getLogger('shop');
    logger.setLevel('DEBUG');
    for (const handler of [odd, all]) logger.addHandler(handler);
    for (let index = 0; index < 5; index += 1) {
      logger.info('filtered');
      logger.debug('passes');
    }
    expect(getLoggingStats()).toMatchObject({
      ...{ emitted: 20, filtered: 5, delivered: 15, dropped: 0, queued: 0, spooled: 0, droppedBy: {} },
      handlers: [
        { name: 'odd', type: 'ListHandler', emitted: 10, filtered: 5, delivered: 5 },
        { name: null, type: 'ListHandler', emitted: 10, filtered: 0, delivered: 10 },
      ],
    });
  });

  it('leaves out what is below a level, and counts what loggers suppress', () => {
    const handler = new ListHandler({ level: 'WARNING' });
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    logger.addHandler(handler);
    logger.addFilter(({ msg }) => msg !== 'not this');
    for (const msg of ['below', 'not this']) logger.info(msg);
    logger.warning('this');
    expect(getLoggingStats()).toMatchObject({ emitted: 2, filtered: 1, delivered: 1, filteredByLoggers: 1 });
  });

  it('counts what could not be formatted, and what a handler logs about its own work', () => {
    setStrictCalls(true);
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    const format = (given: LogRecord): string => {
      logger.info('inner');
      return given.getMessage();
    };
    logger.addHandler(new ListHandler({ formatter: { format } }));
    logger.info('%d', 'no number');
    logger.info('fine');
    const stats = getLoggingStats();
    expect(stats).toMatchObject({
      emitted: 4,
      delivered: 1,
      dropped: 3,
      droppedBy: { error: 1, recursive: 2 },
    });
    expectAllExact(stats);
  });

  it('keeps the sums of handlers that are gone', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let index = 0; index < 100; index += 1) new ListHandler().handle(record());
    for (let attempt = 0; attempt < 10 && getLoggingStats().handlers.length > 50; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collect();
    }
    const { handlers, emitted, delivered } = getLoggingStats();
    expect(handlers.length).toBeLessThan(100);
    expect([emitted, delivered]).toEqual([100, 100]);
  });
});

describe('the sum of all is what was emitted', () => {
  const { file } = useTemporaryFolder();

  it('for handlers that write', async () => {
    const handlers: Handler[] = [
      new StreamHandler({ stream: { write: () => true } }),
      new StreamHandler({
        stream: {
          write: () => {
            throw new Error('broken');
          },
        },
      }),
      new FileHandler({ filename: file('plain.log') }),
      new FileHandler({ filename: file('batched.log'), bufferSize: 1_000_000 }),
      new RotatingFileHandler({ filename: file('rotating.log'), maxBytes: 500, backupCount: 3 }),
      new FileHandler({ filename: '/dev/full' }),
    ];
    for (let index = 0; index < 300; index += 1)
      for (const handler of handlers) handler.handle(record(`line ${index}`));
    const before = getLoggingStats();
    expectAllExact(before);
    expect(before.handlers.map(({ emitted }) => emitted)).toEqual(new Array(6).fill(300));
    expect(before.handlers.map(({ delivered }) => delivered)).toEqual([300, 0, 300, 0, 300, 0]);
    expect(before.handlers.map(({ queued }) => queued)).toEqual([0, 0, 0, 300, 0, 300]);
    for (const handler of handlers) await handler.close();
    const after = getLoggingStats();
    expectAllExact(after);
    expect(after.handlers.map(({ delivered }) => delivered)).toEqual([300, 0, 300, 300, 300, 0]);
    expect(after.handlers[5]?.droppedBy).toEqual({ failed: 300 });
  });

  it('for handlers that change streams', () => {
    const handler = new StreamHandler({ stream: { write: () => true } });
    handler.handle(record());
    handler.setStream({ write: () => true });
    handler.handle(record());
    expect(getLoggingStats().handlers[0]).toMatchObject({ emitted: 2, delivered: 2, dropped: 0 });
  });

  it('for handlers that keep records', async () => {
    const target = new ListHandler();
    const memory = new MemoryHandler({ capacity: 10, target });
    const queue = new QueueHandler({ handlers: [target] });
    for (let index = 0; index < 25; index += 1)
      for (const handler of [memory, queue]) handler.handle(record());
    const before = getLoggingStats();
    expectAllExact(before);
    expect(before.handlers[1]).toMatchObject({ emitted: 25, delivered: 20, queued: 5 });
    expect(before.handlers[2]).toMatchObject({ emitted: 25, delivered: 0, queued: 25 });
    for (const handler of [memory, queue]) await handler.close();
    const after = getLoggingStats();
    expectAllExact(after);
    expect(after.handlers.map(({ emitted, delivered }) => [emitted, delivered])).toEqual([
      [50, 50],
      [25, 25],
      [25, 25],
    ]);
  });

  it('for handlers that send, whether or not anybody listens', async () => {
    let answered = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(answered++ === 0 ? 503 : 204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const handlers: Handler[] = [
      new HTTPHandler({ host: `127.0.0.1:${port}`, url: '/', format: 'json' }),
      new SocketHandler({ host: '127.0.0.1', port: 1 }),
      new SysLogHandler({ address: ['127.0.0.1', 1] }),
    ];
    for (let index = 0; index < 100; index += 1) {
      for (const handler of handlers) handler.handle(record(`line ${index}`));
      expectAllExact(getLoggingStats());
    }
    await handlers[0]?.flush();
    const stats = getLoggingStats();
    expectAllExact(stats);
    expect(stats.handlers.map(({ emitted }) => emitted)).toEqual([100, 100, 100]);
    expect(stats.handlers[0]).toMatchObject({ delivered: 100 });
    await Promise.all(handlers.map((handler) => handler.close()));
    expectAllExact(getLoggingStats());
    server.close();
  }, 20_000);

  it('for every built-in handler that needs nothing to be made', () => {
    const made: string[] = [];
    for (const [name, type] of builtinComponents('handler')) {
      let handler: Handler;
      try {
        handler = new (type as new (options: object) => Handler)({});
      } catch {
        continue;
      }
      made.push(name);
      for (let index = 0; index < 10; index += 1) handler.handle(record(`${index}`));
    }
    expect(made).toContain('logging.NullHandler');
    expectAllExact(getLoggingStats());
  });
});

describe('a handler of the user’s', () => {
  it('may report as much as it likes', () => {
    class Sending extends Handler {
      get stats() {
        return { queued: 2, dropped: 1, droppedBy: { full: 1 } };
      }
      emit(): void {}
    }
    const handler = new Sending();
    for (let index = 0; index < 10; index += 1) handler.handle(record());
    expect(getLoggingStats().handlers[0]).toMatchObject({
      ...{ emitted: 10, delivered: 7, queued: 2, dropped: 1, droppedBy: { full: 1 } },
    });
  });

  it('cannot break the sums', () => {
    class Broken extends Handler {
      get stats(): never {
        throw new Error('no stats');
      }
      emit(): void {}
    }
    new Broken().handle(record());
    expectAllExact(getLoggingStats());
    const options: BasicConfigOptions = { level: 'INFO' };
    basicConfig(options);
    getRootLogger().info('more');
    expectAllExact(getLoggingStats());
  });
});
