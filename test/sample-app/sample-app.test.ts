import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChildApp } from '../support/child-app.js';
import { compiledFile } from '../support/compiled-sources.js';

// Each starts a process that compiles what it imports.
jest.setTimeout(180_000);

const main = compiledFile(fileURLToPath(new URL('../../sample-app/main.ts', import.meta.url)));

/** The sample application, and the folder that its files are in. */
interface Sample {
  readonly app: ChildApp;
  readonly folder: string;
}

async function startSample(variables: NodeJS.ProcessEnv): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const app = await ChildApp.start(main, folder, {
    LOG_DIR: join(folder, 'logs'),
    LOG_LEVEL: undefined,
    LOG_LEVELS: undefined,
    LOGGING: undefined,
    ...variables,
  });
  return { app, folder };
}

async function stopSample({ app, folder }: Sample): Promise<void> {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
}

function readLog({ folder }: Sample, name: string): string {
  return readFileSync(join(folder, 'logs', name), 'utf8');
}

/** A request of each kind: answered, logged about, declined, refused, failed, not there, with a secret. */
async function askEverything({ app }: Sample): Promise<number[]> {
  const post = (body: object, headers = {}): RequestInit => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const answers = [
    await app.ask('/orders'),
    await app.ask('/orders', post({ item: 'tea', quantity: 200 }, { 'x-api-key': 'sample' })),
    await app.ask('/orders/2/payment', post({})),
    await app.ask('/orders', post({ item: 'tea' })),
    await app.ask('/orders/report'),
    await app.ask('/no-such-route'),
    await app.ask('/orders/1/payment', post({ card: '4111111111111111' })),
  ];
  await app.quiet();
  return answers.map(({ status }) => status);
}
const statuses = [200, 201, 402, 403, 500, 404, 200];

type Fields = Record<string, unknown>;

function parseLines(text: string): Fields[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
}

describe('the sample application in production', () => {
  let sample: Sample;
  let records: Fields[] = [];
  const of = (logger: string): Fields[] => records.filter((record) => record.logger === logger);

  beforeAll(async () => {
    sample = await startSample({ NODE_ENV: 'production' });
    expect(await askEverything(sample)).toEqual(statuses);
    records = parseLines(readLog(sample, 'app.log'));
  });
  afterAll(() => stopSample(sample));

  it('writes the same JSON to standard output and to the file', () => {
    expect(sample.app.printed()).toBe(readLog(sample, 'app.log'));
    expect(records.every((record) => record.service === 'shop')).toBe(true);
  });

  it('writes one access record for each request', () => {
    expect(of('nest.server').map(({ method, path, status, level }) => [method, path, status, level])).toEqual(
      [
        ['GET', '/orders', 200, 'INFO'],
        ['POST', '/orders', 201, 'INFO'],
        ['POST', '/orders/2/payment', 402, 'WARNING'],
        ['POST', '/orders', 403, 'WARNING'],
        ['GET', '/orders/report', 500, 'ERROR'],
        ['GET', '/no-such-route', 404, 'WARNING'],
        ['POST', '/orders/1/payment', 200, 'INFO'],
      ],
    );
  });

  it('logs the failing route once, with its cause', () => {
    const failures = records.filter((record) =>
      String(record.exception).includes('The report could not be made'),
    );
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ logger: 'nest.request', level: 'ERROR' });
    expect(failures[0]?.exception).toContain('caused by Error: The warehouse does not answer');
  });

  it('logs the caught exception from the child logger, with the traceback', () => {
    const [record] = of('shop.orders.payment').filter(({ level }) => level === 'ERROR');
    expect(record).toMatchObject({ level: 'ERROR', message: 'payment of order 2 failed', order: 2 });
    expect(record?.exception).toMatch(/^Error: No card was given for order 2\n\s+at /);
  });

  it('prints no card number', () => {
    expect(of('shop.orders.payment').at(-1)).toMatchObject({ message: 'order 1 paid', card: '[REDACTED]' });
    expect(sample.app.printed()).not.toContain('4111111111111111');
  });

  it('has the trace of its request on each record', () => {
    const [placed] = of('shop.orders');
    expect(placed?.trace_id).toMatch(/^[0-9a-f]{32}$/);
    const access = of('nest.server').find(({ status }) => status === 201);
    expect(access?.trace_id).toBe(placed?.trace_id);
    expect(new Set(of('nest.server').map(({ trace_id }) => trace_id)).size).toBe(statuses.length);
  });

  it('puts the fields of `extra` and the id of the request on the record', () => {
    const [placed] = of('shop.orders');
    expect(placed).toMatchObject({ message: 'order 2 placed', order: 2, item: 'tea', quantity: 200 });
    const access = of('nest.server').find(({ status }) => status === 201);
    expect(placed?.request_id).toBe(access?.request_id);
    expect(placed?.request_id).toEqual(expect.any(String));
  });

  it('runs the job in a context of its own', () => {
    expect(of('shop.jobs')).toMatchObject([{ message: '1 unpaid', job: 'unpaid-orders', run: 1 }]);
  });

  it('gives warnings about orders to the audit handler, through the service it injects', async () => {
    const { body } = await sample.app.ask('/audit');
    expect(JSON.parse(body)).toMatchObject([
      { level: 'WARNING', event: 'order 2 is unusually large', order: 2 },
      { level: 'ERROR', event: 'payment of order 2 failed', order: 2 },
    ]);
  });

  it('ends cleanly on SIGTERM', async () => {
    expect(await sample.app.stop()).toBe('SIGTERM');
    expect(readLog(sample, 'app.log')).toBe(sample.app.printed());
  });
});

describe('the sample application in development', () => {
  let sample: Sample;
  /** What it had printed when it had started. */
  let started = '';
  beforeAll(async () => {
    sample = await startSample({ NODE_ENV: 'development' });
    await sample.app.quiet();
    started = sample.app.printed();
    expect(await askEverything(sample)).toEqual(statuses);
  });
  afterAll(() => stopSample(sample));

  it('prints text, DEBUG included, with the fields behind the message', () => {
    const printed = sample.app.printed();
    expect(printed).toMatch(/^\d\d:\d\d:\d\d DEBUG {4}[0-9a-f]{8} shop\.orders: 1 orders$/m);
    expect(printed).toMatch(
      /^\d\d:\d\d:\d\d INFO {5}[0-9a-f]{8} shop\.orders: order 2 placed .*quantity=200$/m,
    );
    expect(printed).toMatch(
      /^\d\d:\d\d:\d\d INFO {5}- {8}shop: listening on port \d+ environment=development$/m,
    );
  });

  it('prints the address of its page as the last line of the start, which shows the requests that were sent', async () => {
    const address = started.trimEnd().split('\n').at(-1)?.replace('nestjs-logging: ', '') ?? '';
    const { port, pathname, searchParams } = new URL(address);
    expect([port, pathname]).toEqual([String(sample.app.port), '/logging']);
    const query = `token=${searchParams.get('token')}`;
    expect((await sample.app.ask(`/logging?${query}`)).status).toBe(200);
    const { body } = await sample.app.ask(`/logging/api/requests?${query}`);
    const requests = JSON.parse(body) as { status: number }[];
    expect(requests.map(({ status }) => status).sort()).toEqual([...statuses].sort());
  });

  it('prints no colours where there is no terminal', () => {
    expect(sample.app.printed()).not.toContain('\u001b');
  });

  it('writes the same records to its file, with the id of the request', () => {
    const text = readLog(sample, 'development.log');
    expect(text).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO shop\.orders \[[\w-]{8,} [0-9a-f]{32}\] order 2 placed$/m,
    );
    expect(text).toMatch(/^.* WARNING nest\.server \[[\w-]{8,} [0-9a-f]{32}\] .*\/no-such-route/m);
    expect(text).toMatch(/^.* INFO shop \[- -\] listening on port \d+$/m);
  });
});

describe('the sample application in tests', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample({ NODE_ENV: 'test' });
    expect(await askEverything(sample)).toEqual(statuses);
  });
  afterAll(() => stopSample(sample));

  it('prints errors only', () => {
    const heads = sample.app
      .printed()
      .split('\n')
      .filter((line) => /^[A-Z]+ [\w.]+: /.test(line));
    expect(heads.length).toBeGreaterThan(0);
    expect(heads.filter((line) => !line.startsWith('ERROR '))).toEqual([]);
  });

  it('writes all of it to a file', () => {
    expect(readLog(sample, 'test.log')).toMatch(/^DEBUG shop\.orders: 1 orders$/m);
    expect(readLog(sample, 'test.log')).toMatch(/^INFO nest\.server: /m);
  });
});

describe('the environment of the sample application', () => {
  let sample: Sample;
  afterEach(() => stopSample(sample));

  it('is refused with all errors in one exception', async () => {
    sample = await startSample({ NODE_ENV: 'prod', PORT: 'http' });
    expect(sample.app.printed()).toContain(
      'Error: The environment is not usable:\n' +
        '  NODE_ENV is "prod"; give development, test, production, or nothing\n' +
        '  PORT is "http"; give a number from 0 to 65535\n',
    );
    expect(await sample.app.stop()).toBe(1);
    expect(readdirSync(sample.folder)).toEqual(['output.txt']);
  });

  it('sets the level of the application’s own loggers', async () => {
    sample = await startSample({ NODE_ENV: 'production', LOG_LEVELS: 'shop.*=debug' });
    await sample.app.ask('/orders');
    await sample.app.quiet();
    const records = parseLines(readLog(sample, 'app.log'));
    const loggers = records.filter(({ level }) => level === 'DEBUG').map(({ logger }) => logger);
    expect(new Set(loggers)).toEqual(new Set(['shop.orders']));
  });
});
