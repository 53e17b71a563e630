import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer } from './consumer.js';

/** Earlier versions of Nest 11, as applications have them in their lock files; the first does not know of its microservices. */
const VERSIONS = ['11.1.0', '11.1.6'];

const PROGRAM = `
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { ModulesContainer, NestFactory } = require('@nestjs/core');
const { ExpressAdapter } = require('@nestjs/platform-express');
const { FastifyAdapter } = require('@nestjs/platform-fastify');
const { LoggingModule } = require('nestjs-logging');
const { getLogger } = require('nestjs-logging/core');

class OrdersController {
  list() {
    getLogger('shop').info('listed');
    return 'tea';
  }
}
Controller('orders')(OrdersController);
Get()(OrdersController.prototype, 'list', Object.getOwnPropertyDescriptor(OrdersController.prototype, 'list'));

async function ask(adapter) {
  const handlers = { console: { class: 'StreamHandler', stream: 'ext://sys.stderr' } };
  class AppModule {}
  Module({
    imports: [LoggingModule.forRoot({ version: 1, handlers, root: { level: 'INFO', handlers: ['console'] } })],
    controllers: [OrdersController],
  })(AppModule);
  const app = await NestFactory.create(AppModule, adapter, { bufferLogs: true });
  await app.listen(0, '127.0.0.1');
  const response = await fetch('http://127.0.0.1:' + app.getHttpServer().address().port + '/orders');
  const names = [...app.get(ModulesContainer).values()].map(({ metatype }) => metatype.name);
  const answer = [response.status, await response.text(), names.filter((name) => name === 'LoggingRootModule').length];
  await app.close();
  return answer;
}

(async () => {
  const answers = [await ask(new ExpressAdapter()), await ask(new FastifyAdapter())];
  const { Logger } = require('@nestjs/common');
  const own = Logger.staticInstanceRef?.constructor.name;
  process.stdout.write(JSON.stringify({ answers, own }));
})();
`;

describe.each(VERSIONS)('the packed package in an application of Nest %s', (version) => {
  let app: Consumer;
  let printed: { answers: unknown; own: unknown };
  beforeAll(async () => {
    const packages = ['common', 'core', 'platform-express', 'platform-fastify'];
    const versions = packages.map((name) => `@nestjs/${name}@${version}`);
    app = await Consumer.create('commonjs', [...versions, 'reflect-metadata@0.2', 'rxjs@7']);
    await app.write('main.js', PROGRAM);
    printed = JSON.parse(await app.node('main.js')) as typeof printed;
  });
  afterAll(() => app?.remove());

  it('answers on Express and on Fastify, with its root module once', () => {
    expect(printed.answers).toEqual([
      [200, 'tea', 1],
      [200, 'tea', 1],
    ]);
  });

  it("gives Nest's own logger back when the applications are closed", () => {
    expect(printed.own).toBe('ConsoleLogger');
  });
});
