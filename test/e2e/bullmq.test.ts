import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BullModule, getQueueToken, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { type INestApplicationContext, Inject, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DelayedError, type Job, type Queue, type Worker } from 'bullmq';
import { bindContext, getContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { Broker, installedBrokers } from './support/brokers.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

expectEveryInternal();

/** What the listeners of each event saw: the event, and the context they ran in. */
const heard: [event: string, context: unknown][] = [];

@Processor('mails')
class MailProcessor extends WorkerHost {
  async process(job: Job<{ fails?: string }>, token?: string): Promise<string> {
    bindContext({ mail: job.name });
    getLogger('work').info('sending');
    await job.updateProgress(50);
    if (job.data.fails === 'later' && job.attemptsStarted === 1) {
      await job.moveToDelayed(Date.now() + 20, token);
      throw new DelayedError();
    }
    if (job.data.fails === 'sync') throw new TypeError('no such mailbox');
    await Promise.resolve();
    if (job.data.fails === 'async') throw new Error('no route', { cause: new Error('the host is down') });
    return 'sent';
  }

  @OnWorkerEvent('active')
  active(): void {
    heard.push(['active', getContext()]);
  }
  @OnWorkerEvent('progress')
  progress(): void {
    heard.push(['progress', getContext()]);
  }
  @OnWorkerEvent('completed')
  completed(): void {
    heard.push(['completed', getContext()]);
    getLogger('work').info('done');
  }
  @OnWorkerEvent('failed')
  failed(_job: Job | undefined, error: Error): void {
    heard.push(['failed', getContext()]);
    getLogger('work').warning('gave up: %s', error.message);
  }
}

@Processor({ name: 'reports', scope: Scope.REQUEST })
class ReportProcessor extends WorkerHost {
  constructor(@Inject('SOURCE') private readonly source: string) {
    super();
  }
  async process(): Promise<string> {
    getLogger('work').info('from %s', this.source);
    return this.source;
  }
}

const program = installedBrokers().find(({ transport }) => transport === 'redis');
if (program === undefined) console.warn('skipped: BullMQ needs redis-server, which is not installed');

(program === undefined ? describe.skip : describe)('the jobs of BullMQ', () => {
  const broker = new Broker(program as NonNullable<typeof program>);
  const recorder = new Recorder();
  let port = 0;
  let app: INestApplicationContext | undefined;

  beforeAll(async () => {
    await broker.start();
    port = ((await broker.options()) as { options: { port: number } }).options.port;
  });
  afterAll(() => broker.stop());
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
    heard.length = 0;
  });

  async function start(options: LoggingModuleOptions = {}): Promise<Record<'mails' | 'reports', Queue>> {
    @Module({
      imports: [
        loggedModule(recorder, options),
        BullModule.forRoot({ connection: { host: '127.0.0.1', port } }),
        BullModule.registerQueue({ name: 'mails' }, { name: 'reports' }),
      ],
      providers: [MailProcessor, ReportProcessor, { provide: 'SOURCE', useValue: 'stock' }],
    })
    class AppModule {}
    app = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true });
    const queues: Record<'mails' | 'reports', Queue> = {
      mails: app.get(getQueueToken('mails')),
      reports: app.get(getQueueToken('reports')),
    };
    // BullMQ throws an error nobody can catch when it is closed while one of its connections is being made.
    await Promise.all(
      [app.get(MailProcessor).worker, ...Object.values(queues)].map((one) => one.waitUntilReady()),
    );
    recorder.clear();
    return queues;
  }
  const fieldsOf = (name: string) => recorder.of(name).map((record) => record.extraFields());
  const until = async (event: string): Promise<void> => {
    const deadline = Date.now() + 45_000;
    while (!heard.some(([one]) => one === event) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard.map(([one]) => one)).toContain(event);
  };

  it('have one record each, and a context', async () => {
    const { mails } = await start();
    const job = await mails.add('welcome', {});
    await until('completed');
    expect(fieldsOf('nest.bullmq')).toEqual([
      {
        transport: 'bullmq',
        type: 'job',
        pattern: 'mails.welcome',
        queue: 'mails',
        job_id: job.id,
        attempt: 1,
        controller: 'MailProcessor',
        handler: 'process',
        outcome: 'ok',
        duration_ms: expect.any(Number),
        request_id: expect.any(String),
        mail: 'welcome',
      },
    ]);
    const { request_id } = fieldsOf('nest.bullmq')[0] as { request_id: string };
    expect(recorder.of('work').map(({ message }) => message)).toEqual(['sending', 'done']);
    expect(fieldsOf('work')).toEqual([
      { request_id, mail: 'welcome' },
      { request_id, mail: 'welcome' },
    ]);
  });

  it.each([
    ['sync', 'TypeError', 'no such mailbox'],
    ['async', 'Error', 'no route'],
  ])('have the traceback of a %s failure in it, once', async (fails, error, message) => {
    const { mails } = await start();
    await mails.add('welcome', { fails });
    await until('failed');
    const [record, ...others] = recorder.of('nest.bullmq');
    expect(others).toEqual([]);
    expect(record?.levelname).toBe('ERROR');
    expect(record?.message).toMatch(/^bullmq mails\.welcome failed \d+\.\dms$/);
    expect(record?.extraFields()).toMatchObject({ outcome: 'failed', error });
    expect(record?.excInfo).toMatchObject({ message });
    expect(recorder.tracebacks).toHaveLength(1);
  });

  it('give their context to the events of their worker', async () => {
    const { mails } = await start();
    await mails.add('welcome', { fails: 'async' });
    await until('failed');
    const { request_id } = fieldsOf('nest.bullmq')[0] as { request_id: string };
    expect(heard).toEqual([
      ['active', { request_id }],
      ['progress', { request_id, mail: 'welcome' }],
      ['failed', { request_id, mail: 'welcome' }],
    ]);
  });

  it('have a record for each attempt, with an id of its own', async () => {
    const { mails } = await start();
    await mails.add('welcome', { fails: 'async' }, { attempts: 2 });
    await recorder.settled('nest.bullmq', 2);
    const runs = fieldsOf('nest.bullmq');
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(runs.map(({ request_id }) => request_id)).size).toBe(2);
  });

  it('are postponed, not failed, where they say that they go on later', async () => {
    const { mails } = await start();
    await mails.add('welcome', { fails: 'later' });
    await until('completed');
    expect(recorder.of('nest.bullmq').map(({ levelname }) => levelname)).toEqual(['INFO', 'INFO']);
    expect(fieldsOf('nest.bullmq').map(({ outcome }) => outcome)).toEqual(['postponed', 'ok']);
    expect(recorder.tracebacks).toEqual([]);
  });

  it('are followed where the processor is made for each of them', async () => {
    const { reports } = await start();
    await reports.add('daily', {});
    await recorder.settled('nest.bullmq', 1);
    expect(fieldsOf('nest.bullmq')).toEqual([
      expect.objectContaining({ pattern: 'reports.daily', outcome: 'ok' }),
    ]);
    expect(fieldsOf('work')).toEqual([{ request_id: fieldsOf('nest.bullmq')[0]?.request_id }]);
  });

  it('are left alone with messages: false', async () => {
    const { mails } = await start({ messages: false });
    await mails.add('welcome', {});
    await until('completed');
    expect(fieldsOf('nest.bullmq')).toEqual([]);
    expect(fieldsOf('work')).toEqual([{}, {}]);
  });

  it('leave the worker as it was when the application has closed', async () => {
    await start();
    const { worker } = (app as INestApplicationContext).get(MailProcessor) as { worker: Worker };
    expect(Object.hasOwn(worker, 'emit')).toBe(true);
    await app?.close();
    app = undefined;
    expect(Object.hasOwn(worker, 'emit')).toBe(false);
    expect(Object.hasOwn(worker, 'callProcessJob')).toBe(false);
  });
});
