import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  type DynamicModule,
  type ExceptionFilter,
  type INestApplicationContext,
  Module,
  UseFilters,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { of } from 'rxjs';
import { NestLogger } from '../../lib/nest/nest-logger.adapter.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { freePort, hasRedis, RedisServer } from './support/redis.js';
import { type RpcScenario, rpcControllers, rpcScenarios } from './support/rpc-controller.js';

@Catch()
class AnsweringFilter implements ExceptionFilter {
  catch(exception: unknown, _host: ArgumentsHost) {
    return of({ caught: exception instanceof Error ? exception.message : exception });
  }
}

type Kind = 'microservice' | 'hybrid' | 'hybrid that inherits';

const kinds: readonly Kind[] = ['microservice', 'hybrid', 'hybrid that inherits'];
const [express] = platforms;

interface Service {
  readonly app: INestApplicationContext;
  readonly client: ClientProxy;
}

async function start(
  kind: Kind,
  options: MicroserviceOptions,
  recorder: Recorder | undefined,
  hasFilter: boolean,
): Promise<Service> {
  @Module({
    imports: recorder === undefined ? [] : [loggedModule(recorder) as DynamicModule],
    controllers: rpcControllers(hasFilter ? [UseFilters(new AnsweringFilter())] : []),
  })
  class ServiceModule {}

  const quiet = { logger: false as const };
  if (kind === 'microservice') {
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(ServiceModule, {
      ...options,
      ...quiet,
    });
    if (recorder !== undefined) app.useLogger(app.get(NestLogger));
    await app.listen();
    return { app, client: clientOf(options) };
  }
  const app = await NestFactory.create(ServiceModule, express?.createAdapter() as never, quiet);
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  app.connectMicroservice(options, { inheritAppConfig: kind === 'hybrid that inherits' });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return { app, client: clientOf(options) };
}

function clientOf(options: MicroserviceOptions): ClientProxy {
  return ClientProxyFactory.create(options as never) as unknown as ClientProxy;
}

/** What a client gets: values, then the error if there is one. */
function ask(client: ClientProxy, { pattern, data = {}, isEvent }: RpcScenario): Promise<unknown> {
  const answer = isEvent ? client.emit(pattern, data) : client.send(pattern, data);
  return new Promise((resolve) => {
    const values: unknown[] = [];
    answer.subscribe({
      next: (value: unknown) => values.push(value),
      error: (error: unknown) => resolve({ values, error }),
      complete: () => resolve({ values }),
    });
  });
}

const transports = [
  { name: 'TCP', transport: Transport.TCP as const, isHere: true },
  { name: 'Redis', transport: Transport.REDIS as const, isHere: hasRedis },
];
if (!hasRedis) console.warn('redis-server is not installed: messages over Redis are not tested');

describe.each(transports.filter(({ isHere }) => isHere))('over $name', ({ name, transport }) => {
  const redis = new RedisServer();
  beforeAll(async () => {
    if (transport === Transport.REDIS) await redis.start();
  });
  afterAll(() => redis.stop());

  async function optionsOf(): Promise<MicroserviceOptions> {
    return transport === Transport.REDIS
      ? { transport, options: { host: '127.0.0.1', port: redis.port } }
      : { transport, options: { host: '127.0.0.1', port: await freePort() } };
  }

  describe.each(kinds)('a %s', (kind) => {
    describe.each([false, true])('with a filter of its own: %s', (hasFilter) => {
      const recorder = new Recorder();
      let bare: unknown[];
      let logged: Service;

      beforeAll(async () => {
        const service = await start(kind, await optionsOf(), undefined, hasFilter);
        bare = [];
        for (const scenario of rpcScenarios) bare.push(await ask(service.client, scenario));
        service.client.close();
        await service.app.close();
        logged = await start(kind, await optionsOf(), recorder, hasFilter);
      });
      afterEach(() => recorder.clear());
      afterAll(async () => {
        logged.client.close();
        await logged.app.close();
      });

      it.each(rpcScenarios.map((scenario, index) => ({ ...scenario, index })))(
        'tells $pattern once and leaves the answer alone',
        async ({ index, ...scenario }) => {
          recorder.clear();
          expect(await ask(logged.client, scenario)).toEqual(bare[index]);
          await recorder.settled('nest.rpc', 1);
          const [record, ...more] = recorder.of('nest.rpc');
          expect(more).toEqual([]);
          const { pattern, outcome, handler, isEvent = false } = scenario;
          expect(record?.extraFields()).toMatchObject({
            transport: name.toLowerCase(),
            pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
            type: isEvent ? 'event' : 'request',
            handler,
            outcome,
            duration_ms: expect.any(Number),
            request_id: expect.stringMatching(/^[\da-f-]{36}$/),
          });
          expect(record?.levelname).toBe({ ok: 'INFO', refused: 'WARNING', failed: 'ERROR' }[outcome]);
          const { hasTraceback = outcome === 'failed' } = scenario;
          // The clients are of this process too, and notice when a service has gone.
          const tellers = recorder.tracebacks.map((record) => record.name);
          expect(tellers.filter((name) => name !== 'nest.ClientTCP')).toEqual(
            hasTraceback ? ['nest.rpc'] : [],
          );
          // Everything that was called has the id of the message.
          const ids = recorder.records
            .filter(({ name }) => name === 'handler' || name === 'guard')
            .map((record) => record.extraFields().request_id);
          expect(new Set(ids)).toEqual(new Set(ids.length === 0 ? [] : [record?.extraFields().request_id]));
        },
      );

      it('has what handlers bind on its record, and what guards log in its context', async () => {
        await ask(logged.client, { pattern: 'value', data: 7, outcome: 'ok', handler: 'value' });
        await recorder.settled('nest.rpc', 1);
        expect(recorder.of('nest.rpc')[0]?.extraFields()).toMatchObject({ bound: 'here' });
        expect(recorder.of('guard')[0]?.extraFields()).toHaveProperty('request_id');
      });

      // Over Redis nobody listens to a channel without a handler.
      if (transport === Transport.TCP) {
        it('tells a pattern that nothing handles, once', async () => {
          await ask(logged.client, { pattern: 'nothing', outcome: 'ok', handler: null });
          await ask(logged.client, { pattern: 'nothing', isEvent: true, outcome: 'ok', handler: null });
          await recorder.settled('nest.Server', 1);
          expect(recorder.of('nest.rpc').map((record) => record.extraFields())).toEqual([
            { transport: 'tcp', pattern: 'nothing', outcome: 'unhandled' },
          ]);
          expect(recorder.records.map((record) => record.name)).toEqual(['nest.rpc', 'nest.Server']);
        });
      }
    });
  });
});
