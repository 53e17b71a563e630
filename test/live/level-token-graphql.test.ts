import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver } from '@nestjs/apollo';
import { Catch, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { getLogger, LoggingModule, runInContext } from 'nestjs-logging';
import { createLevelToken, LoggingLiveModule, levelTokenHeaders } from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';

@Catch()
class PassingFilter {
  catch(error: unknown): unknown {
    return error;
  }
}

@Resolver()
class StockResolver {
  @Query(() => String)
  async plain(): Promise<string> {
    return count('plain');
  }

  @Query(() => String)
  @UseFilters(PassingFilter)
  async filtered(): Promise<string> {
    return count('filtered');
  }
}

async function count(name: string): Promise<string> {
  await Promise.resolve();
  getLogger('stock').debug(name);
  runInContext({ job: 1 }, () => getLogger('stock').debug('%s, a job', name));
  return Object.keys(levelTokenHeaders()).join();
}

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

describe('what a token lets through', () => {
  it.each([true, false])('reaches resolvers, with a filter or without; context: %s', async (context) => {
    @Module({
      imports: [
        LoggingModule.forRoot({ version: 1, root: { level: 'WARNING' } }, { context }),
        LoggingLiveModule.forRoot({ development: true }),
        GraphQLModule.forRoot({ driver: ApolloDriver, autoSchemaFile: true } as never),
      ],
      providers: [StockResolver],
    })
    class GraphModule {}
    const app = await NestFactory.create(GraphModule, new ExpressAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const output = new ListHandler();
    getLogger('stock').addHandler(output);
    const token = createLevelToken({ level: 'DEBUG' });
    const ask = async (query: string, headers: Record<string, string>) => {
      const response = await fetch(`${await app.getUrl()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return ((await response.json()) as { data: unknown }).data;
    };
    try {
      const carried = { 'x-log-level': token };
      expect(await ask('{ plain }', carried)).toEqual({ plain: 'x-log-level' });
      expect(await ask('{ filtered }', carried)).toEqual({ filtered: 'x-log-level' });
      expect(await ask('{ plain filtered }', {})).toEqual({ plain: '', filtered: '' });
      const texts = output.records.map((record) => record.getMessage());
      expect(texts).toEqual(['plain', 'plain, a job', 'filtered', 'filtered, a job']);
    } finally {
      await app.close();
    }
  });
});
