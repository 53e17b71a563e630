import { type INestApplication, Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { LoggingModuleOptions } from '../../../lib/nest/module/logging-options.js';
import { NestLogger } from '../../../lib/nest/nest-logger/nest-logger.adapter.js';
import { graphqlResolver, operations } from './graphql-resolver.js';
import { loggedModule } from './logged-module.js';
import { Recorder } from './recorder.js';

/** What a client got. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly body: string;
}

/** A record, as far as it is looked at. */
export interface PlainRecord {
  readonly name: string;
  readonly levelname: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
  readonly hasTraceback: boolean;
}

/** One operation, asked of the application without logging and with it. */
export interface GraphqlRun {
  readonly bare: GraphqlAnswer;
  readonly logged: GraphqlAnswer;
  readonly records: readonly PlainRecord[];
}

/** How an application is made. */
export interface GraphqlVariant {
  readonly hasFilter: boolean;
  readonly context: boolean;
}

/** Asks every operation, and a malformed one at the end, of two applications that differ in logging only. */
export async function runOperations(
  driver: unknown,
  createAdapter: () => AbstractHttpAdapter,
  { hasFilter, context }: GraphqlVariant,
): Promise<GraphqlRun[]> {
  const recorder = new Recorder();
  const bare = await start(driver, createAdapter(), hasFilter);
  const logged = await start(driver, createAdapter(), hasFilter, recorder, { context });
  const runs: GraphqlRun[] = [];
  for (const query of [...operations.map((operation) => operation.query), 'query { nowhere }']) {
    const expected = await ask(bare.url, query);
    recorder.clear();
    const answer = await ask(logged.url, query);
    await recorder.settled('nest.server', 1);
    runs.push({ bare: expected, logged: answer, records: recorder.records.map(plain) });
  }
  await bare.app.close();
  await logged.app.close();
  return runs;
}

async function start(
  driver: unknown,
  adapter: AbstractHttpAdapter,
  hasFilter: boolean,
  recorder?: Recorder,
  logging?: LoggingModuleOptions,
): Promise<{ app: INestApplication; url: string }> {
  const options = { driver, autoSchemaFile: true, playground: false, graphiql: false };
  @Module({
    imports: [
      ...(recorder === undefined ? [] : [loggedModule(recorder, logging)]),
      GraphQLModule.forRoot(options as never),
    ],
    providers: [graphqlResolver(hasFilter)],
  })
  class GraphModule {}
  const app = await NestFactory.create(GraphModule, adapter, { logger: false });
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, url: `http://127.0.0.1:${port}/graphql` };
}

async function ask(url: string, query: string): Promise<GraphqlAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
    body: JSON.stringify({ query }),
  });
  // Apollo's answers have the stack where they are not for production: with other frames, of course.
  const body = (await response.text()).replace(/"stacktrace":\[[^\]]*\]/g, '');
  return { status: response.status, body };
}

function plain(record: Recorder['records'][number]): PlainRecord {
  const { name, levelname, excInfo } = record;
  const fields = { ...record.extraFields() };
  return { name, levelname, message: record.getMessage(), fields, hasTraceback: excInfo !== undefined };
}
