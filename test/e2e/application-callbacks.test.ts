/** Functions that an application gives as options: whatever they do, requests are answered and have their records. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { collectStderr } from '../support/stderr-collector.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { exchange, statusOf } from './support/wire.js';

@Controller()
class ShopController {
  @Get('order')
  order(): string {
    getLogger('shop').info('ordered');
    return 'ok';
  }
}

/** What functions do that are not meant to, and what the report of it says. */
const misbehaviour: readonly [string, () => unknown, RegExp][] = [
  [
    'throws',
    () => {
      throw new Error('a bug of the application');
    },
    /a bug of the application/,
  ],
  ['returns a promise that is rejected', () => Promise.reject(new Error('late')), /returned a promise/],
  // biome-ignore lint/suspicious/noThenProperty: what Prisma's queries are
  ['returns a thenable', () => ({ then: () => undefined }), /returned a promise/],
];

describe.each(platforms)('on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  let stderr: ReturnType<typeof collectStderr>;
  let app: INestApplication | undefined;

  beforeEach(() => {
    stderr = collectStderr();
  });

  afterEach(async () => {
    stderr.stop();
    await app?.close();
    app = undefined;
  });

  /** The fields of the access record of one request, answered with 200, and what was reported. */
  async function access(options: LoggingModuleOptions, headers: Record<string, string> = {}) {
    @Module({ imports: [loggedModule(recorder, options)], controllers: [ShopController] })
    class ShopModule {}
    app = await NestFactory.create(ShopModule, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    recorder.clear();
    const { port } = app.getHttpServer().address() as { port: number };
    expect(statusOf(await exchange(port, { path: '/order', headers }))).toBe(200);
    await recorder.settled('nest.server', 1);
    expect(recorder.of('shop')).toHaveLength(1);
    expect(recorder.of('nest.server')).toHaveLength(1);
    return recorder.of('nest.server')[0]?.extraFields() ?? {};
  }

  describe.each([
    ['http.contextFields', (call: () => unknown) => ({ http: { contextFields: call } })],
    ['http.fields', (call: () => unknown) => ({ http: { fields: call } })],
    ['http.level', (call: () => unknown) => ({ http: { level: call } })],
    ['http.exclude', (call: () => unknown) => ({ http: { exclude: [call] } })],
    ['requestId', (call: () => unknown) => ({ requestId: call })],
    ['requestId', (call: () => unknown) => ({ requestId: { accept: call } })],
  ])('%s', (option, optionsWith) => {
    it.each(misbehaviour)('that %s costs a request nothing and is reported', async (_, call, text) => {
      const fields = await access(optionsWith(call) as LoggingModuleOptions, { 'x-request-id': 'client-1' });
      expect(fields).toMatchObject({ status: 200, request_id: expect.stringMatching(/^[\w-]+$/) });
      expect(stderr.text).toContain(`<${option} of LoggingModule>`);
      expect(stderr.text).toMatch(text);
    });
  });

  it.each([
    ['an array', () => ['a']],
    ['a string', () => 'abc'],
    ['a function', () => () => 1],
  ])('fields that are %s are reported and left out', async (what, call) => {
    const fields = await access({ http: { fields: call, contextFields: call } } as never);
    expect(Object.keys(fields).filter((key) => /^\d+$/.test(key))).toEqual([]);
    expect(stderr.text).toContain(`http.fields returned ${what}; expected an object of fields`);
    expect(stderr.text).toContain(`http.contextFields returned ${what}; expected an object of fields`);
  });

  it('of fields, only one whose getter throws is missing', async () => {
    const call = (tenant: string) => () => ({
      get broken(): never {
        throw new Error('a getter of the application');
      },
      [tenant]: 'acme',
    });
    const fields = await access({ http: { fields: call('one'), contextFields: call('two') } });
    expect(fields).toMatchObject({ one: 'acme', two: 'acme', status: 200 });
    expect(fields.broken).toBeUndefined();
  });

  it.each([
    ['generate', (id: string) => ({ headers: [], generate: () => note(id) })],
    ['accept', (id: string) => ({ accept: () => note(id) === id })],
  ])('requestId.%s may log: once, without the id that is being made', async (_, optionsWith) => {
    const { request_id } = await access({ requestId: optionsWith('chosen') }, { 'x-request-id': 'chosen' });
    const noted = recorder.of('ids');
    expect(noted).toHaveLength(1);
    expect(noted[0]?.extraFields().request_id).toBeUndefined();
    expect(recorder.of('shop')[0]?.extraFields().request_id).toBe(request_id);
  });
});

function note(id: string): string {
  getLogger('ids').info('asked for an id');
  return id;
}
