import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { runInContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { WithContext } from '../../lib/nest/module/with-context.decorator.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { pause, Recorder } from './support/recorder.js';

expectEveryInternal();

@Injectable()
class Tasks {
  @Timeout(5)
  once() {
    getLogger('work').info('once');
  }

  @Timeout('named', 5)
  async failing() {
    await Promise.resolve();
    throw new Error('the job threw');
  }

  @Interval(10_000)
  often() {
    getLogger('work').info('often');
  }

  @Cron('0 0 1 1 *', { name: 'yearly' })
  @WithContext({ job: 'report' })
  report() {
    getLogger('work').info('report');
  }
}

@Injectable()
class Listeners {
  @OnEvent('order.paid')
  paid(order: number) {
    getLogger('work').info('paid %d', order);
    return order;
  }

  @OnEvent('order.failed')
  async failed() {
    await Promise.resolve();
    throw new Error('the listener threw', { cause: new Error('the reason') });
  }

  @OnEvent('order.loud', { suppressErrors: false })
  loud() {
    throw new Error('to the emitter');
  }
}

describe('jobs and events', () => {
  const recorder = new Recorder();
  let app: INestApplicationContext | undefined;

  async function start(options: LoggingModuleOptions = {}): Promise<INestApplicationContext> {
    @Module({
      imports: [loggedModule(recorder, options), ScheduleModule.forRoot(), EventEmitterModule.forRoot()],
      providers: [Tasks, Listeners],
    })
    class AppModule {}
    app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    app.useLogger(app.get(NestLogger));
    return app;
  }
  const fieldsOf = (name: string) => recorder.of(name).map((record) => record.extraFields());
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
  });

  it('logs each run of a job once, with the traceback of one that failed', async () => {
    await start();
    await recorder.settled('nest.schedule', 2, 20);
    expect(fieldsOf('nest.schedule')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          transport: 'schedule',
          type: 'timeout',
          pattern: 'Tasks.once',
          controller: 'Tasks',
          handler: 'once',
          outcome: 'ok',
          duration_ms: expect.any(Number),
        }),
        expect.objectContaining({ pattern: 'named', handler: 'failing', outcome: 'failed', error: 'Error' }),
      ]),
    );
    expect(recorder.of('nest.schedule')).toHaveLength(2);
    expect(recorder.tracebacks.map(({ name }) => name)).toEqual(['nest.schedule']);
    const [inside] = fieldsOf('work');
    expect(inside).toEqual({
      request_id: fieldsOf('nest.schedule').find(({ handler }) => handler === 'once')?.request_id,
    });
  });

  it('runs a job that has a context of its own in the one of the run', async () => {
    const context = await start();
    recorder.clear();
    await context.get(SchedulerRegistry).getCronJob('yearly').fireOnTick();
    await recorder.settled('nest.schedule', 1);
    const record = recorder.of('nest.schedule').find(({ message }) => message?.includes('yearly'));
    expect(record?.extraFields()).toMatchObject({ type: 'cron', handler: 'report', outcome: 'ok' });
    expect(fieldsOf('work')).toContainEqual({
      request_id: record?.extraFields().request_id,
      job: 'report',
    });
  });

  it('takes a call of the method by the application for a call', async () => {
    const context = await start();
    recorder.clear();
    context.get(Tasks).often();
    expect(fieldsOf('work')).toEqual([{}]);
    expect(recorder.of('nest.schedule').filter(({ message }) => message?.includes('often'))).toEqual([]);
  });

  it('logs each call of a listener once, in the context of whoever emitted', async () => {
    const emitter = (await start()).get(EventEmitter2);
    recorder.clear();
    const results = await runInContext({ request_id: 'r-1', tenant: 7 }, () =>
      emitter.emitAsync('order.paid', 12),
    );
    expect(results).toEqual([12]);
    await recorder.settled('nest.event', 1);
    expect(fieldsOf('nest.event')).toEqual([
      {
        transport: 'event',
        pattern: 'order.paid',
        controller: 'Listeners',
        handler: 'paid',
        outcome: 'ok',
        duration_ms: expect.any(Number),
        request_id: 'r-1',
        tenant: 7,
      },
    ]);
    expect(fieldsOf('work')).toContainEqual({ request_id: 'r-1', tenant: 7 });
  });

  it('has the traceback of a listener once, causes included', async () => {
    const emitter = (await start()).get(EventEmitter2);
    await pause(20);
    recorder.clear();
    await emitter.emitAsync('order.failed');
    await recorder.settled('nest.event', 1);
    expect(recorder.records.map(({ name, levelname }) => [name, levelname])).toEqual([
      ['nest.event', 'ERROR'],
    ]);
    expect(recorder.records[0]?.excInfo).toMatchObject({ cause: { message: 'the reason' } });
  });

  it('leaves errors that are for the emitter to the emitter', async () => {
    const emitter = (await start()).get(EventEmitter2);
    await pause(20);
    recorder.clear();
    await expect(emitter.emitAsync('order.loud')).rejects.toThrow('to the emitter');
    expect(recorder.records.map(({ name }) => name)).toEqual(['nest.event']);
  });

  it('leaves both to Nest with messages: false', async () => {
    const emitter = (await start({ messages: false })).get(EventEmitter2);
    await pause(20);
    await emitter.emitAsync('order.failed');
    await pause(5);
    expect(recorder.of('nest.schedule')).toEqual([]);
    expect(recorder.of('nest.event')).toEqual([]);
    expect(recorder.tracebacks.map(({ name }) => name)).toEqual(['nest.Scheduler', 'nest.Event']);
  });
});
