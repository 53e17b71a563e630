import { describe, expect, it } from '@jest/globals';
import { type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { isolateLogging } from '../../lib/testing/logging-isolation.js';
import { Recorder } from '../e2e/support/recorder.js';

const start = (recorder: Recorder) =>
  NestFactory.createApplicationContext(
    {
      module: class AppModule {},
      imports: [
        LoggingModule.forRoot({
          version: 1,
          handlers: { recorder: { '()': () => recorder } },
          root: { level: 'INFO', handlers: ['recorder'] },
        }),
      ],
    } as DynamicModule,
    { logger: false },
  );

describe('applications in loggings of their own', () => {
  it('do not take each other over, at the same time', async () => {
    const run = (name: string) =>
      isolateLogging(async () => {
        const recorder = new Recorder();
        getLogger(name).info('before');
        const app = await start(recorder);
        getLogger(name).info('inside');
        await app.close();
        return recorder.records.map((record) => `${record.name} ${record.message}`);
      });
    const logs = await Promise.all(['one', 'two', 'three'].map(run));
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      expect(logs[index]).toEqual([`${name} inside`]);
    }
    expect(getRootLogger().handlers).toEqual([]);
  });

  it('leave the application of the process alone', async () => {
    const outer = new Recorder();
    const app = await start(outer);
    await isolateLogging(async () => {
      const inner = new Recorder();
      const other = await start(inner);
      getLogger('mixed').info('inside');
      await other.close();
      expect(inner.of('mixed')).toHaveLength(1);
    });
    getLogger('mixed').info('outside');
    expect(outer.of('mixed').map((record) => record.message)).toEqual(['outside']);
    await app.close();
    releaseEnded();
    expect(getRootLogger().handlers).toEqual([]);
  });

  it('may end when the isolation is over', async () => {
    const { level } = getRootLogger();
    const isolation = isolateLogging();
    const app = await start(new Recorder());
    await isolation.restore();
    await app.close();
    expect(getRootLogger().handlers).toEqual([]);
    expect(getRootLogger().level).toBe(level);
  });
});
