import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver } from '@nestjs/apollo';
import { type CanActivate, type INestApplication, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLModule, Int, Query, Resolver, Subscription } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

expectEveryInternal();

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

async function* count(to: number): AsyncGenerator<{ ticks: number }> {
  for (let ticks = 1; ticks <= to; ticks += 1) yield { ticks };
}

@Resolver()
class TickResolver {
  @Query(() => Int)
  now(): number {
    return 0;
  }

  @Subscription(() => Int)
  ticks(@Args('to', { type: () => Int }) to: number): AsyncGenerator<{ ticks: number }> {
    getLogger('resolver').info('subscribed');
    return count(to);
  }

  @Subscription(() => Int)
  broken(): AsyncGenerator<{ broken: number }> {
    throw new Error('the clock broke');
  }

  @Subscription(() => Int)
  @UseGuards(RefusingGuard)
  guarded(): AsyncGenerator<{ ticks: number }> {
    return count(1);
  }
}

interface Service {
  readonly app: INestApplication;
  readonly client: Client;
}

async function start(recorder?: Recorder): Promise<Service> {
  @Module({
    imports: [
      ...(recorder === undefined ? [] : [loggedModule(recorder)]),
      GraphQLModule.forRoot({
        driver: ApolloDriver,
        autoSchemaFile: true,
        subscriptions: { 'graphql-ws': true },
      } as never),
    ],
    providers: [TickResolver],
  })
  class TickModule {}
  const app = await NestFactory.create(TickModule, new ExpressAdapter(), { logger: false });
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return {
    app,
    client: createClient({
      url: `ws://127.0.0.1:${port}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    }),
  };
}

/** All a subscriber gets, without the stacks that Apollo adds outside of production. */
async function subscribe({ client }: Service, query: string): Promise<unknown> {
  const values: unknown[] = [];
  try {
    for await (const value of client.iterate({ query })) values.push(value);
  } catch (error) {
    values.push(error);
  }
  return JSON.parse(JSON.stringify(values).replace(/,?"stacktrace":\[[^\]]*\]/g, ''));
}

describe('GraphQL subscriptions by graphql-ws', () => {
  const recorder = new Recorder();
  let bare: Service;
  let logged: Service;
  beforeAll(async () => {
    bare = await start();
    logged = await start(recorder);
  });
  afterEach(() => recorder.clear());
  afterAll(async () => {
    for (const { client, app } of [bare, logged]) {
      await client.dispose();
      await app.close();
    }
  });

  it.each([
    { query: 'subscription Ticks { ticks(to: 3) }', outcome: 'ok', tracebacks: 0, field: 'ticks' },
    { query: 'subscription Broken { broken }', outcome: 'failed', tracebacks: 1, field: 'broken' },
    { query: 'subscription Guarded { guarded }', outcome: 'refused', tracebacks: 0, field: 'guarded' },
  ])('logs $query once, when it was subscribed to, and leaves what comes alone', async (scenario) => {
    const { query, outcome, tracebacks, field } = scenario;
    const expected = await subscribe(bare, query);
    expect(expected).not.toEqual([]);
    recorder.clear();
    expect(await subscribe(logged, query)).toEqual(expected);
    await recorder.settled('nest.graphql', outcome === 'ok' ? 1 : 2);
    const records = recorder.of('nest.graphql').map((record) => record.extraFields());
    expect(records.filter((record) => 'duration_ms' in record)).toMatchObject([
      { operation_type: 'subscription', operation: query.split(' ')[1], fields: [field], outcome },
    ]);
    expect(recorder.tracebacks).toHaveLength(tracebacks);
    const ids = new Set(records.map(({ request_id }) => request_id));
    for (const record of recorder.of('resolver')) ids.add(record.extraFields().request_id);
    expect([...ids]).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  });
});
