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
  ClientProxy,
  ClientProxyFactory,
  type MicroserviceOptions,
  MqttRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { of } from 'rxjs';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { freePort } from '../support/free-port.js';
import { Broker, installedBrokers, type MessageChannel } from './support/brokers.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { type RpcScenario, rpcControllers, rpcScenarios } from './support/rpc-controller.js';

expectEveryInternal();

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
  readonly options: MicroserviceOptions;
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
    return { app, options, client: clientOf(options) };
  }
  const app = await NestFactory.create(ServiceModule, express?.createAdapter() as never, quiet);
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  app.connectMicroservice(options, { inheritAppConfig: kind === 'hybrid that inherits' });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return { app, options, client: clientOf(options) };
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

/** Whether messages have a place for an id: those of TCP and Redis from Nest 12 on. */
function carriesIds(transport: string): boolean {
  return (transport !== 'tcp' && transport !== 'redis') || 'setOnDispatchHook' in ClientProxy.prototype;
}

/** A client whose messages bring an id, and what it is to send. */
function bringing(id: string, service: MicroserviceOptions): { client: ClientProxy; data: unknown } {
  const headers = { 'x-request-id': id };
  const options = { ...service, options: { ...(service as { options: object }).options, headers } };
  const client = clientOf(options as MicroserviceOptions);
  (client as Partial<Pick<ClientProxy, 'setOnDispatchHook'>>).setOnDispatchHook?.((packet) => {
    packet.metadata = headers;
  });
  const isMqtt = 'transport' in service && service.transport === Transport.MQTT;
  return {
    client,
    data: isMqtt ? new MqttRecordBuilder(7).setProperties({ userProperties: headers }).build() : 7,
  };
}

const tcp: MessageChannel = {
  name: 'tcp',
  start: async () => {},
  stop: async () => {},
  options: async () => ({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: await freePort() },
  }),
};

const everyCase = kinds.flatMap((kind) => [false, true].map((hasFilter) => ({ kind, hasFilter })));
/** What kinds and filters change is the same over each transport: TCP has all, the brokers the first and the last. */
const casesOver = (transport: string) =>
  transport === 'tcp' ? everyCase : everyCase.filter((_, index) => index % (everyCase.length - 1) === 0);

const channels = [tcp, ...installedBrokers().map((program) => new Broker(program))];

describe.each(channels)('over $name', (channel) => {
  const { name } = channel;
  // RabbitMQ takes its time.
  beforeAll(() => channel.start(), 60_000);
  afterAll(() => channel.stop(), 30_000);

  describe.each(casesOver(name))('a $kind, with a filter of its own: $hasFilter', ({ kind, hasFilter }) => {
    const recorder = new Recorder();
    let bare: unknown[];
    let logged: Service;

    beforeAll(async () => {
      const service = await start(kind, await channel.options(), undefined, hasFilter);
      bare = [];
      for (const scenario of rpcScenarios) bare.push(await ask(service.client, scenario));
      service.client.close();
      await service.app.close();
      logged = await start(kind, await channel.options(), recorder, hasFilter);
    });
    afterEach(() => recorder.clear());
    afterAll(async () => {
      logged.client.close();
      await logged.app.close();
    });

    it.each(rpcScenarios.map((scenario, index) => ({ ...scenario, index })))(
      'logs $pattern once and leaves the answer alone',
      async ({ index, ...scenario }) => {
        recorder.clear();
        expect(await ask(logged.client, scenario)).toEqual(bare[index]);
        await recorder.settled('nest.rpc', 1);
        const [record, ...more] = recorder.of('nest.rpc');
        expect(more).toEqual([]);
        const { pattern, outcome, handler, isEvent = false } = scenario;
        expect(record?.extraFields()).toMatchObject({
          transport: name,
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
        expect(tellers.filter((name) => name !== 'nest.ClientTCP')).toEqual(hasTraceback ? ['nest.rpc'] : []);
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

    if (carriesIds(name)) {
      it('has the id that a message brings', async () => {
        const { client, data } = bringing('r-17', logged.options);
        await ask(client, { pattern: 'value', data, outcome: 'ok', handler: 'value' });
        client.close();
        await recorder.settled('nest.rpc', 1);
        for (const logger of ['nest.rpc', 'handler', 'guard'])
          expect(recorder.of(logger)[0]?.extraFields()).toMatchObject({ request_id: 'r-17' });
      });
    }

    // Elsewhere nobody listens to a channel without a handler.
    if (name === 'tcp' || name === 'rmq') {
      it('logs a pattern that nothing handles, once', async () => {
        await ask(logged.client, { pattern: 'nothing', outcome: 'ok', handler: null });
        await ask(logged.client, { pattern: 'nothing', isEvent: true, outcome: 'ok', handler: null });
        await recorder.settled('nest.Server', 1);
        expect(recorder.of('nest.rpc').map((record) => record.extraFields())).toEqual([
          { transport: name, pattern: 'nothing', outcome: 'unhandled' },
        ]);
        expect(recorder.records.map((record) => record.name)).toEqual(['nest.rpc', 'nest.Server']);
      });
    }
  });
});
