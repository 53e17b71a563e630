import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { bindContext, getContext, runInContext } from '../../lib/context/context.js';
import { Logger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { WithContext } from '../../lib/nest/module/with-context.decorator.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';

@Injectable()
class Work {
  constructor(@Logger('work') private readonly logger: Logger) {}

  async deep(): Promise<void> {
    await pause(5);
    this.logger.info('deep');
    setImmediate(() => this.logger.info('later'));
    await pause(5);
  }

  @WithContext((job: string) => ({ job }))
  async job(_name: string): Promise<void> {
    await pause(1);
    this.logger.info('job');
  }

  @WithContext((message: { id?: string | null }) => ({ request_id: message.id, queue: 'mails' }))
  async message(_message: { id?: string | null }): Promise<void> {
    this.logger.info('message');
  }
}

@Controller()
class Root {
  constructor(
    @Inject(Work) private readonly work: Work,
    @Logger('root') private readonly logger: Logger,
  ) {}

  @Get('deep')
  async deep() {
    bindContext({ user_id: 7 });
    await this.work.deep();
    return getContext();
  }

  @Get('fails')
  fails() {
    bindContext({ user_id: 8 });
    throw new Error('failed');
  }

  @Get('job')
  async job() {
    await this.work.job('cleanup');
    this.logger.info('after');
  }
}

class TenantMiddleware implements NestMiddleware {
  use(_request: unknown, _response: unknown, next: () => void): void {
    runInContext({ tenant: 'acme' }, next);
  }
}

describe.each(platforms)('the context of a request on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  let url: string;

  async function start(options: { context?: boolean } = {}) {
    @Module({
      imports: [
        LoggingModule.forRoot(
          {
            version: 1,
            handlers: { recorder: { '()': () => recorder } },
            root: { level: 'DEBUG', handlers: ['recorder'] },
          },
          options,
        ),
      ],
      controllers: [Root],
      providers: [Work],
    })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(TenantMiddleware).forRoutes('fails');
      }
    }
    app = await NestFactory.create(AppModule, createAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    recorder.clear();
  }
  afterEach(async () => {
    await app?.close();
    recorder.clear();
  });
  const get = async (path: string, id: string) =>
    (await fetch(`${url}/${path}`, { headers: { 'x-request-id': id } })).text();
  const fieldsOf = (name: string) => recorder.of(name).map((record) => record.extraFields());

  it('is on every record made in it, and on the access record', async () => {
    await start();
    expect(JSON.parse(await get('deep', 'one'))).toEqual({ request_id: 'one', user_id: 7 });
    await recorder.settled('nest.server', 1);
    expect(fieldsOf('work')).toEqual([
      { request_id: 'one', user_id: 7 },
      { request_id: 'one', user_id: 7 },
    ]);
    expect(fieldsOf('nest.server')).toEqual([expect.objectContaining({ request_id: 'one', user_id: 7 })]);
  });

  it('is that of each of many at a time', async () => {
    await start();
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => get('deep', id)));
    await recorder.settled('nest.server', 20);
    const seen = recorder.of('work').map((record) => record.attribute('request_id'));
    expect(seen.sort()).toEqual([...ids, ...ids].sort());
  });

  it('is on the failure, also behind middleware with a context of its own', async () => {
    await start();
    await get('fails', 'two');
    await recorder.settled('nest.server', 1);
    expect(fieldsOf('nest.request')).toEqual([
      expect.objectContaining({
        request_id: 'two',
        user_id: 8,
        tenant: 'acme',
        path: '/fails',
        handler: 'fails',
      }),
    ]);
  });

  it('is extended by jobs that run in it, for as long as they do', async () => {
    await start();
    await get('job', 'three');
    expect(fieldsOf('work')).toEqual([{ request_id: 'three', job: 'cleanup' }]);
    expect(fieldsOf('root')).toEqual([{ request_id: 'three' }]);
  });

  it('is a new one for jobs outside of requests', async () => {
    await start();
    await app?.get(Work).job('nightly');
    expect(fieldsOf('work')).toEqual([
      { request_id: expect.stringMatching(/^[\da-f-]{36}$/), job: 'nightly' },
    ]);
  });

  it.each([
    ['undefined', {}],
    ['null', { id: null }],
  ])('has a new id where a job gives one that is %s', async (_, message) => {
    await start();
    await app?.get(Work).message(message);
    const made = { request_id: expect.stringMatching(/^[\da-f-]{36}$/), queue: 'mails' };
    expect(fieldsOf('work')).toEqual([made]);
    recorder.clear();
    await runInContext({ request_id: 'outer' }, async () => app?.get(Work).message(message));
    await app?.get(Work).message({ id: 'own' });
    expect(fieldsOf('work').map(({ request_id }) => request_id)).toEqual(['outer', 'own']);
  });

  it('is not there with context: false', async () => {
    await start({ context: false });
    await get('deep', 'four');
    await recorder.settled('nest.server', 1);
    expect(fieldsOf('work')).toEqual([{}, {}]);
    expect(fieldsOf('nest.server')).toEqual([expect.objectContaining({ request_id: 'four' })]);
  });
});
