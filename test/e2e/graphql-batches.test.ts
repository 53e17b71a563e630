import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { graphqlResolver } from './support/graphql-resolver.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

describe('a batch of GraphQL operations', () => {
  const recorder = new Recorder();
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const options = { driver: ApolloDriver, autoSchemaFile: true, allowBatchedHttpRequests: true };
    @Module({
      imports: [
        loggedModule(recorder),
        GraphQLModule.forRoot<ApolloDriverConfig>({ ...options, playground: false }),
      ],
      providers: [graphqlResolver(false)],
    })
    class BatchModule {}
    app = await NestFactory.create(BatchModule, new ExpressAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    url = `http://127.0.0.1:${port}/graphql`;
  });
  afterAll(() => app.close());

  async function send(batch: readonly object[]): Promise<Record<string, unknown>[]> {
    recorder.clear();
    const body = JSON.stringify(batch);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await response.json()).toHaveLength(batch.length);
    await recorder.settled('nest.server', 1);
    return recorder
      .of('nest.graphql')
      .map((record) => record.toDict())
      .filter((fields) => 'duration_ms' in fields);
  }

  it('has a record for each, though they are one document', async () => {
    const query = 'query Order($id: Int!) { order(id: $id) { id note } }';
    const batch = [7, 13].map((id) => ({ query, variables: { id } }));
    // The first time the document is parsed for each; then it is known.
    await send(batch);
    const records = await send(batch);
    expect(records.map(({ operation, outcome, errors }) => [operation, outcome, errors])).toEqual([
      ['Order', 'ok', 0],
      ['Order', 'failed', 1],
    ]);
  });

  it('has a record for each that is another document', async () => {
    const records = await send([
      { query: 'query A { order(id: 7) { id } }' },
      { query: 'query B { bad { id } }' },
    ]);
    expect(records.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['A', 'ok'],
      ['B', 'refused'],
    ]);
  });
});
