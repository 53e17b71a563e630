import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ListHandler, LoggingTestingModule, overrideHandlers } from 'nestjs-logging/testing';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { readEnvironment } from './environment.js';

describe('the logging of the application in production', () => {
  let app: INestApplication;
  let console: ListHandler;

  // The application as it is, with lists in the place of the handlers that write.
  beforeEach(async () => {
    console = new ListHandler();
    const production = AppModule.for(readEnvironment({ NODE_ENV: 'production' }));
    const builder = Test.createTestingModule({ imports: [LoggingTestingModule.alongside(), production] });
    const handlers = { console, file: new ListHandler(), queue: new ListHandler() };
    app = (await overrideHandlers(builder, handlers).compile()).createNestApplication();
    await app.init();
  });
  afterEach(() => app.close());

  it('prints no card number', async () => {
    await request(app.getHttpServer())
      .post('/orders/1/payment')
      .send({ card: '4111111111111111' })
      .expect(200);
    const printed = console.lines.join('\n');
    expect(printed).toContain('order 1 paid');
    expect(printed).not.toContain('4111111111111111');
  });
});
