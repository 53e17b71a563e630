import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bindContext, getLogger, Handler, runInContext } from 'nestjs-logging';
import { listOverrides } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { type LiveApp, startLiveApp } from './support/live-app.js';
import { readEvents } from './support/read-events.js';

describe.each(['express', 'fastify'] as const)('the API on %s', (platform) => {
  let isolation: LoggingIsolation;
  let live: LiveApp;
  beforeAll(async () => {
    isolation = isolateLogging();
    live = await startLiveApp(platform, {
      records: { capacity: 500 },
      traceUrl: 'https://traces.example.com/{trace_id}',
    });
  });
  afterAll(async () => {
    await live.close();
    await isolation.restore();
  });

  it('says what it is', async () => {
    const { body } = await live.ask('session');
    expect(body).toMatchObject({
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      instance: { name: expect.stringContaining(String(process.pid)), labels: {} },
      records: { capacity: 500, isKeeping: true, keepsAlways: true },
      traceUrl: 'https://traces.example.com/{trace_id}',
    });
  });

  it('sets, lists and ends levels', async () => {
    const set = await live.ask('overrides', {
      method: 'POST',
      body: { target: 'shop', level: 'debug', for: '5m', by: 'anna', reason: 'orders fail' },
    });
    expect(set).toMatchObject({
      status: 201,
      body: { target: 'shop', level: 'DEBUG', levelno: 10, by: 'anna' },
    });
    expect(getLogger('shop.orders').isEnabledFor('DEBUG')).toBe(true);
    const { id } = set.body as { id: string };
    const { body } = await live.ask('loggers');
    expect(body).toMatchObject({
      groups: { store: ['store.front', 'store.back'] },
      overrides: [{ id }],
      loggers: expect.arrayContaining([
        expect.objectContaining({ name: 'shop', level: 'INFO', effectiveLevel: 'DEBUG', override: id }),
        expect.objectContaining({
          name: 'root',
          parent: null,
          level: 'INFO',
          handlers: ['nothing'],
          override: null,
        }),
      ]),
    });
    expect(await live.ask(`overrides/${id}?by=bert`, { method: 'DELETE' })).toEqual({
      status: 204,
      body: undefined,
    });
    expect(listOverrides()).toEqual([]);
    expect((await live.ask(`overrides/${id}`, { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    [{ target: 'shop', level: 'LOUD' }, 'unknown level'],
    [{ level: 'INFO' }, 'a target is the name'],
    [{ target: 'shop', level: 'INFO', for: 'ever' }, 'a duration with a unit'],
    [[], 'not an object'],
    ['null', ''],
    ['{"target":', ''],
    ['{"__proto__":{"target":"shop","level":"DEBUG"}}', ''],
    ['{"target":"shop","level":"DEBUG","__proto__":{"by":"x"}}', ''],
    ['{"target":"shop","level":"DEBUG","constructor":{"prototype":{"by":"x"}}}', ''],
  ])('refuses %j', async (body, text) => {
    const answer = await live.ask('overrides', { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(text);
    expect(listOverrides()).toEqual([]);
    expect(({} as { by?: unknown }).by).toBeUndefined();
  });

  it('explains where a record would go', async () => {
    const { body } = await live.ask('explain?logger=shop.unknown&level=INFO');
    expect(body).toMatchObject({
      logger: 'shop.unknown',
      isEnabled: true,
      levelOf: 'shop',
      way: [
        { logger: 'shop.unknown', handlers: [] },
        { logger: 'shop', handlers: [] },
        { logger: 'root', handlers: [{ handler: 'nothing', class: 'NullHandler', verdict: 'yes' }] },
      ],
      elsewhere: [{ handler: 'named', verdict: 'no' }],
    });
    expect((await live.ask('explain?logger=shop&level=DEBUG')).body).toMatchObject({
      isEnabled: false,
      whyNot: 'the level of shop is INFO',
    });
    expect((await live.ask('explain?logger=shop&level=LOUD')).status).toBe(400);
    // Whoever asks leaves nothing behind.
    expect(JSON.stringify((await live.ask('loggers')).body)).not.toContain('shop.unknown');
  });

  it('shows handlers, and flushes one', async () => {
    const { body } = await live.ask('handlers');
    expect(body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'nothing', type: 'NullHandler', isOpen: true }),
      ]),
    );
    expect((await live.ask('handlers/named/flush', { method: 'POST', body: {} })).status).toBe(204);
    expect((await live.ask('handlers/__proto__/flush', { method: 'POST', body: {} })).status).toBe(404);
  });

  it('reports a flush that fails, and throws nothing at the filters of the application', async () => {
    class Failing extends Handler {
      override emit(): void {}
      override async flush(): Promise<void> {
        throw new Error('the disk is full');
      }
    }
    const handler = new Failing();
    handler.name = 'failing';
    getLogger('shop').addHandler(handler);
    try {
      expect(await live.ask('handlers/failing/flush', { method: 'POST', body: {} })).toEqual({
        status: 500,
        body: { error: 'it could not be flushed; see its last error' },
      });
      const { body } = await live.ask('handlers');
      expect((body as { name: string }[]).find(({ name }) => name === 'failing')).toMatchObject({
        lastError: { message: 'the disk is full' },
      });
      // What is thrown is in the record of the failure, with its traceback.
      const { body: records } = await live.ask('records?logger=nest.request&text=failing');
      expect(records).toHaveLength(1);
      expect(JSON.stringify(records)).not.toContain('the disk is full');
    } finally {
      getLogger('shop').removeHandler(handler);
    }
  });

  it('keeps the last records, without secrets, and finds them', async () => {
    const logger = getLogger('shop.search');
    for (let n = 0; n < 600; n += 1)
      logger.info('order %d', n, { extra: { customer: n % 7, nested: { deep: n } } });
    logger.error('the password=hunter2 <script>alert(1)</script> \x1b[31m', {
      extra: { token: 'abcdefghijkl' },
    });
    const find = async (query: string) =>
      (await live.ask(`records?${query}`)).body as { seq: number; record: Record<string, unknown> }[];
    expect(await find('limit=1000')).toHaveLength(500);
    expect((await find('logger=shop&text=ORDER%20599')).map(({ record }) => record.message)).toEqual([
      'order 599',
    ]);
    expect(
      (await find('field=customer=3&field=nested.deep=598')).map(({ record }) => record.message),
    ).toEqual(['order 598']);
    expect(await find('logger=sho')).toEqual([]);
    // Only the first question mark begins the query.
    expect(await find('text=order?')).toEqual([]);
    const [error] = await find('level=error');
    expect(JSON.stringify(error)).not.toMatch(/hunter2|abcdefghijkl|\x1b/);
    expect(error?.record).toMatchObject({ level: 'ERROR', logger: 'shop.search' });
    expect(await find(`after=${error?.seq}`)).toEqual([]);
  });

  it('cuts a record of a megabyte', async () => {
    getLogger('shop.long').info('%s', 'x'.repeat(1_000_000), { extra: { more: 'y'.repeat(1_000_000) } });
    const { body } = await live.ask('records?logger=shop.long');
    expect(JSON.stringify(body).length).toBeLessThan(100_000);
    expect(body).toMatchObject([{ record: { truncated: true } }]);
  });

  it('shows requests by their access records, and not its own', async () => {
    await fetch(`${live.url}/orders?secret=1`);
    await fetch(`${live.url}/nowhere`);
    await fetch(`${live.url}/logging/api/session?token=${live.token}`, { method: 'HEAD' });
    const { body } = await live.ask('requests');
    expect(body).toMatchObject(
      [
        { method: 'GET', path: '/nowhere', status: 404 },
        {
          method: 'GET',
          path: '/orders',
          status: 200,
          request_id: expect.any(String),
          duration_ms: expect.any(Number),
        },
      ]
        .concat(expect.anything() as never)
        .slice(0, 2),
    );
    expect(
      (body as { path: string }[]).filter(({ path }) => path.startsWith('/logging/api/records')),
    ).toEqual([]);
  });

  it('streams records as they come, those that are asked for', async () => {
    const events = await readEvents(
      `${live.url}/logging/api/stream?level=warning&logger=shop&token=${live.token}`,
    );
    getLogger('shop').warning('one of %s', 'them');
    getLogger('shop').info('below');
    getLogger('nest').warning('elsewhere');
    await runInContext({ request_id: 'r1' }, async () => {
      bindContext({ customer: 7 });
      getLogger('shop.orders').error('failed', new Error('why', { cause: new Error('the cause') }));
    });
    const records = await events.records(2);
    events.close();
    // A middleware that compresses would keep them until the end.
    expect(events.response.headers['cache-control']).toContain('no-transform');
    expect(records).toMatchObject([
      { levelno: 30, record: { message: 'one of them', logger: 'shop' } },
      {
        levelno: 40,
        record: { request_id: 'r1', customer: 7, exception: expect.stringContaining('the cause') },
      },
    ]);
  });
});
