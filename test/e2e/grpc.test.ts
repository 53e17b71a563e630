import { join } from 'node:path';
import {
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type INestMicroservice,
  Module,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  type MicroserviceOptions,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { concat, interval, map, type Observable, of, reduce, throwError } from 'rxjs';
import { bindContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { freePort } from '../support/free-port.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { pause, Recorder } from './support/recorder.js';

expectEveryInternal();

const proto = join(import.meta.dirname, 'support/stock.proto');

interface Item {
  readonly name: string;
}

interface Amount {
  readonly value: number;
}

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller()
class StockController {
  @GrpcMethod('Stock', 'Count')
  async count({ name }: Item): Promise<Amount> {
    bindContext({ item: name });
    await pause(1);
    getLogger('handler').info('counting');
    if (name === 'broken') throw new Error('the scales broke');
    if (name === 'unknown') throw new RpcException({ code: status.NOT_FOUND, message: 'no such item' });
    if (name === 'closed')
      throw new RpcException({ code: status.UNAVAILABLE, message: 'the shop is closed' });
    if (name === 'odd') throw new RpcException('an odd item');
    return { value: 7 };
  }

  @GrpcMethod('Stock', 'Watch')
  watch({ name }: Item): Observable<Amount> {
    if (name === 'endless') return interval(2).pipe(map((value) => ({ value })));
    const first = of({ value: 1 }, { value: 2 });
    return name === 'broken'
      ? concat(
          first,
          throwError(() => new Error('the scales broke')),
        )
      : first;
  }

  @GrpcStreamMethod('Stock', 'Sum')
  sum(amounts: Observable<Amount>): Observable<Amount> {
    return amounts.pipe(reduce((sum, { value }) => ({ value: sum.value + value }), { value: 0 }));
  }

  @GrpcStreamCall('Stock', 'Total')
  total(call: ServerReadableStream<Amount, Amount>, answer: (error: null, amount: Amount) => void): void {
    let value = 0;
    call.on('data', (amount: Amount) => {
      value += amount.value;
    });
    call.on('end', () => answer(null, { value }));
  }

  @GrpcStreamCall('Stock', 'Echo')
  echo(call: ServerDuplexStream<Amount, Amount>): void {
    call.on('data', (amount: Amount) => call.write(amount));
    call.on('end', () => call.end());
  }
}

@Controller()
@UseGuards(RefusingGuard)
class GuardedController {
  @GrpcMethod('Stock', 'Count')
  count(): Amount {
    return { value: 0 };
  }
}

/** What a client gets: the values, and how it ended. */
interface Answer {
  readonly values: readonly number[];
  readonly code: number;
  readonly details?: string;
}

type Method = 'count' | 'watch' | 'sum' | 'total' | 'echo';

interface Service {
  readonly app: INestMicroservice;
  readonly client: Client;
}

async function start(controller: unknown, recorder?: Recorder): Promise<Service> {
  @Module({
    imports: recorder === undefined ? [] : [loggedModule(recorder) as DynamicModule],
    controllers: [controller as never],
  })
  class StockModule {}

  const url = `127.0.0.1:${await freePort()}`;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(StockModule, {
    transport: Transport.GRPC,
    options: { package: 'stock', protoPath: proto, url },
    logger: false,
  });
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  await app.listen();
  const { stock } = loadPackageDefinition(loadSync(proto)) as never as {
    stock: { Stock: new (url: string, credentials: unknown) => Client };
  };
  return { app, client: new stock.Stock(url, credentials.createInsecure()) };
}

async function stop({ app, client }: Service): Promise<void> {
  client.close();
  await app.close();
}

/** Calls a method; of a stream without an end some values are taken. */
function ask(client: Client, method: Method, input: string | readonly number[], id = 'r-1'): Promise<Answer> {
  const metadata = new Metadata();
  metadata.set('x-request-id', id);
  const methods = client as never as Record<Method, (...args: unknown[]) => never>;
  return new Promise((resolve) => {
    const values: number[] = [];
    const end = (error: ServiceError | null): void =>
      resolve({
        values,
        code: error?.code ?? status.OK,
        ...(error === null ? {} : { details: error.details }),
      });
    const single = (error: ServiceError | null, amount?: Amount): void => {
      if (amount !== undefined) values.push(amount.value);
      end(error);
    };
    if (method === 'count') {
      methods.count({ name: input }, metadata, single);
      return;
    }
    const stream = (
      method === 'watch'
        ? methods.watch({ name: input }, metadata)
        : method === 'echo'
          ? methods.echo(metadata)
          : methods[method](metadata, single)
    ) as ServerDuplexStream<Amount, Amount> & { cancel(): void };
    if (method === 'watch' || method === 'echo') {
      stream.on('data', ({ value }: Amount) => {
        values.push(value);
        if (input === 'endless' && values.length === 3) stream.cancel();
      });
      stream.on('error', end);
      stream.on('end', () => end(null));
    }
    if (typeof input === 'string') return;
    for (const value of input) stream.write({ value });
    stream.end();
  });
}

interface Scenario {
  readonly method: Method;
  readonly input: string | readonly number[];
  readonly outcome: 'ok' | 'failed' | 'refused' | 'cancelled';
  readonly reason?: string;
  readonly hasTraceback?: boolean;
}

const scenarios: readonly Scenario[] = [
  { method: 'count', input: 'tea', outcome: 'ok' },
  { method: 'count', input: 'broken', outcome: 'failed', hasTraceback: true },
  { method: 'count', input: 'unknown', outcome: 'refused', reason: 'no such item' },
  { method: 'count', input: 'closed', outcome: 'refused', reason: 'the shop is closed', hasTraceback: true },
  { method: 'count', input: 'odd', outcome: 'refused', reason: 'an odd item', hasTraceback: true },
  { method: 'watch', input: 'tea', outcome: 'ok' },
  { method: 'watch', input: 'broken', outcome: 'failed', hasTraceback: true },
  { method: 'watch', input: 'endless', outcome: 'cancelled' },
  { method: 'sum', input: [1, 2, 3], outcome: 'ok' },
  { method: 'total', input: [1, 2, 3], outcome: 'ok' },
  { method: 'echo', input: [1, 2, 3], outcome: 'ok' },
];

describe('gRPC', () => {
  const recorder = new Recorder();
  let bare: Service;
  let logged: Service;
  beforeAll(async () => {
    bare = await start(StockController);
    logged = await start(StockController, recorder);
  });
  afterEach(() => recorder.clear());
  afterAll(async () => {
    await stop(bare);
    await stop(logged);
  });

  it.each(scenarios)(
    'logs $method of $input once, with the id of its metadata, and leaves the answer alone',
    async ({ method, input, outcome, reason, hasTraceback = false }) => {
      const answer = await ask(bare.client, method, input);
      recorder.clear();
      expect(await ask(logged.client, method, input)).toEqual(answer);
      await recorder.settled('nest.rpc', 1);
      const [record, ...more] = recorder.of('nest.rpc');
      expect(more).toEqual([]);
      const rpc = method.charAt(0).toUpperCase() + method.slice(1);
      const ending = reason === undefined ? '' : `: ${reason}`;
      expect(record?.message).toMatch(new RegExp(`^rpc Stock/${rpc} ${outcome} [\\d.]+ms${ending}$`));
      expect(record?.extraFields().reason).toBe(reason);
      expect(record?.extraFields()).toMatchObject({
        transport: 'grpc',
        pattern: `Stock/${rpc}`,
        type: 'request',
        controller: 'StockController',
        handler: method,
        outcome,
        request_id: 'r-1',
      });
      expect(recorder.tracebacks.map(({ name }) => name)).toEqual(hasTraceback ? ['nest.rpc'] : []);
    },
  );

  it('has what a handler logs and binds in the context of the call', async () => {
    await Promise.all(['tea', 'milk'].map((item) => ask(logged.client, 'count', item, `id-of-${item}`)));
    await recorder.settled('nest.rpc', 2);
    for (const name of ['handler', 'nest.rpc']) {
      const seen = recorder.of(name).map((record) => record.extraFields());
      expect(seen.map(({ item, request_id }) => `${item}: ${request_id}`).sort()).toEqual([
        'milk: id-of-milk',
        'tea: id-of-tea',
      ]);
    }
  });

  it('makes an id where that of the metadata is not fit for a log', async () => {
    await ask(logged.client, 'count', 'tea', 'a b "c"');
    await recorder.settled('nest.rpc', 1);
    expect(recorder.of('nest.rpc')[0]?.extraFields().request_id).toMatch(/^[\da-f-]{36}$/);
  });

  it('logs a call that a guard refused', async () => {
    const guarded = await start(GuardedController, recorder);
    await ask(guarded.client, 'count', 'tea');
    await recorder.settled('nest.rpc', 1);
    expect(recorder.of('nest.rpc').map((record) => record.extraFields())).toMatchObject([
      {
        ...{ pattern: 'Stock/Count', controller: 'GuardedController', handler: 'count' },
        ...{ outcome: 'refused', reason: 'Forbidden resource' },
      },
    ]);
    expect(recorder.tracebacks).toEqual([]);
    await stop(guarded);
  });
});
