import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { Handler, openHandlers } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { getLoggingStats } from '../../lib/core/reports/logging-stats.js';
import { closeHandlers } from '../../lib/core/shutdown.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { freePort } from '../support/free-port.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
afterEach(async () => {
  releaseEnded();
  await closeHandlers(openHandlers());
});

function start(config: Partial<LoggingConfig>) {
  const logging = LoggingModule.forRoot({ version: 1, ...config } as LoggingConfig);
  return NestFactory.createApplicationContext(
    { module: class App {}, imports: [logging] },
    { logger: false },
  );
}

const file = (name: string, more: object = {}) => ({
  class: 'FileHandler',
  filename: folder.file(name),
  ...more,
});
const logged = (name: string) => folder.lines(name).filter((line) => line.includes('closed'));

/** Keeps records; a singleton of the container. */
@Injectable()
class Audit extends Handler {
  static readonly records: string[] = [];
  emit(record: LogRecord): void {
    Audit.records.push(record.getMessage());
  }
}

/** Lets go of something when it is closed. */
class Resource extends Handler {
  static readonly entries: string[] = [];
  emit(record: LogRecord): void {
    Resource.entries.push(record.getMessage());
  }
  override close(): void {
    Resource.entries.push('[close]');
    super.close();
  }
}

describe('what is logged after an application was closed', () => {
  it('goes to the handlers that write at once, by the levels of the configuration', async () => {
    const app = await start({
      handlers: {
        plain: file('plain'),
        emptied: file('emptied', { mode: 'w' }),
        buffered: file('buffered', { bufferSize: 100_000, flushIntervalMs: 5 }),
        rotating: { ...file('rotating'), class: 'RotatingFileHandler', maxBytes: 10_000, backupCount: 1 },
        behindMemory: file('memory'),
        memory: { class: 'logging.handlers.MemoryHandler', capacity: 2, target: 'behindMemory' },
        behindQueue: file('queue'),
        queue: { class: 'logging.handlers.QueueHandler', handlers: ['behindQueue'] },
      },
      loggers: { shop: { level: 'DEBUG' } },
      root: { level: 'INFO', handlers: ['plain', 'emptied', 'buffered', 'rotating', 'memory', 'queue'] },
    });
    getLogger('main').info('before');
    await app.close();
    getLogger('main').info('closed: info');
    getLogger('main').debug('closed: not this');
    getLogger('shop').debug('closed: debug');
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const name of ['plain', 'emptied', 'buffered', 'rotating', 'memory', 'queue'])
      expect([name, logged(name)]).toEqual([name, ['closed: info', 'closed: debug']]);
    expect(folder.lines('emptied')[0]).toBe('before');
  });

  it('is counted, and said once, where handlers cannot write at once or have been let go of', async () => {
    const port = await freePort();
    const before = getLoggingStats().droppedBy.closed ?? 0;
    const app = await start({
      handlers: {
        net: { class: 'logging.handlers.SocketHandler', host: '127.0.0.1', port },
        audit: { class: Audit },
        resource: { class: Resource, level: 'ERROR' },
      },
      root: { level: 'INFO', handlers: ['net', 'audit', 'resource'] },
    } as Partial<LoggingConfig>);
    await app.close();
    const collected = collectStderr();
    for (let count = 0; count < 3; count++) getLogger('main').info('closed %d', count);
    const said = collected.stop();
    expect(getLoggingStats().droppedBy.closed).toBe(before + 6);
    expect(said.match(/was closed with its application/g)).toHaveLength(2);
    expect(said).toContain("'net'");
    expect(said).toContain("'audit'");
    expect(Audit.records).not.toContain('closed 0');
    expect(Resource.entries.at(-1)).toBe('[close]');
  });

  it('goes elsewhere once another application has begun', async () => {
    const first = await start({
      handlers: { first: file('first') },
      loggers: { shop: { level: 'DEBUG', propagate: false, handlers: ['first'] } },
      root: { level: 'INFO', handlers: ['first'] },
    });
    await first.close();
    const second = await start({ handlers: { second: file('second') }, root: { handlers: ['second'] } });
    getLogger('shop').debug('closed: nobody asks for it');
    getLogger('shop').warning('closed: by the second');
    expect([getLogger('shop').level, getLogger('shop').propagate, getLogger('shop').handlers]).toEqual([
      0,
      true,
      [],
    ]);
    expect(logged('first')).toEqual([]);
    expect(logged('second')).toEqual(['closed: by the second']);
    await second.close();
  });
});
