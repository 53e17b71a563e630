import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import type { CloudWatchHandlerOptions } from '../../../lib/handlers/shipping/cloudwatch/cloudwatch.handler.js';
import { CloudWatchHandler } from '../../../lib/handlers/shipping/cloudwatch/cloudwatch.handler.js';
import { until } from '../../engines/support/engine.js';
import { awsError, CloudWatchLogs } from '../../support/cloudwatch-logs.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

jest.setTimeout(120_000);

const GROUP = '/shop/api';
const HOUR = 3_600;

const record = (msg: string, more: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, ...more });

function handlerOf(service: CloudWatchLogs, options: Partial<CloudWatchHandlerOptions> = {}) {
  return new CloudWatchHandler({
    ...{ client: service, logGroup: GROUP, logStream: 'one', flushIntervalMs: 10 },
    ...options,
  });
}

const messagesOf = (service: CloudWatchLogs) =>
  service.events(GROUP).map(({ message }) => (JSON.parse(message) as { message: string }).message);

describe('CloudWatchHandler', () => {
  const folder = useTemporaryFolder();
  // The first record would wait for it, on a busy machine for longer than a handler waits to close.
  beforeAll(async () => void (await import('@aws-sdk/client-cloudwatch-logs')));

  it('makes the group and the stream where they are missing, once', async () => {
    const service = new CloudWatchLogs();
    const handler = handlerOf(service, { service: 'shop' });
    handler.handle(record('hello', { extra: { order: 7 } }));
    await handler.flush();
    handler.handle(record('again'));
    await handler.close();
    expect(service.commands).toEqual([
      ...['PutLogEventsCommand', 'CreateLogStreamCommand', 'CreateLogGroupCommand'],
      ...['CreateLogStreamCommand', 'PutLogEventsCommand', 'PutLogEventsCommand'],
    ]);
    expect([...(service.groups.get(GROUP)?.keys() ?? [])]).toEqual(['one']);
    const [event] = service.events(GROUP);
    expect(JSON.parse(event?.message ?? '')).toMatchObject({
      ...{ level: 'INFO', logger: 'shop', message: 'hello', service: 'shop', order: 7 },
      timestamp: event?.timestamp,
    });
  });

  it('goes on where another process makes the stream at the same time', async () => {
    const service = new CloudWatchLogs();
    service.fail = (command, { logGroupName, logStreamName = '' }) => {
      if (command === 'CreateLogGroupCommand') service.groups.set(logGroupName, new Map());
      if (command === 'CreateLogStreamCommand') service.groups.get(logGroupName)?.set(logStreamName, []);
      return undefined;
    };
    const handler = handlerOf(service);
    handler.handle(record('hello'));
    await handler.close();
    expect(messagesOf(service)).toEqual(['hello']);
  });

  it('sends again where the service does not know yet what was made a moment ago', async () => {
    const service = new CloudWatchLogs();
    let streams = 0;
    let puts = 0;
    service.fail = (command) => {
      if (command === 'CreateLogStreamCommand') streams += 1;
      if (command === 'PutLogEventsCommand') puts += 1;
      // The first stream misses the group; the second comes right after that was made.
      const isTooSoon =
        (command === 'CreateLogStreamCommand' && streams === 2) ||
        (command === 'PutLogEventsCommand' && puts === 3);
      return isTooSoon ? awsError('ResourceNotFoundException', 'It is not there yet.') : undefined;
    };
    const handler = handlerOf(service);
    handler.handle(record('hello'));
    await until('it has arrived', () => handler.stats.queued === 0, 45_000);
    await handler.close();
    expect(handler.stats).toMatchObject({ delivered: 1, dropped: 0 });
    expect(messagesOf(service)).toEqual(['hello']);
    expect([streams, puts]).toEqual([3, 4]);
  });

  it('keeps every request within the published limits', async () => {
    const service = new CloudWatchLogs();
    const handler = handlerOf(service, { maxRecordBytes: 1_048_576, maxBytes: 256 * 1024 * 1024 });
    const count = 12_000;
    for (let n = 0; n < count; n++) {
      // Umlauts, so that characters and bytes differ; a few are large.
      handler.handle(record(`${n} ${'ä'.repeat(n % 1_500 === 1_499 ? 200_000 : n % 10)}`));
    }
    await until('all is delivered', () => handler.stats.queued === 0, 60_000);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: count, delivered: count, dropped: 0 });
    expect(messagesOf(service).map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: count }, (_, n) => n),
    );
    // None was refused for what it was made of, and full ones were filled.
    expect(service.commands.filter((name) => name.startsWith('Put')).length).toBe(
      service.requests.length + 1,
    );
    expect(service.requests.length).toBeLessThan(24);
    expect(Math.max(...service.requests.map((events) => events.length))).toBeGreaterThan(1_000);
  });

  it('fills a request to the last byte', async () => {
    const service = new CloudWatchLogs();
    const handler = handlerOf(service, {
      maxRecordBytes: 1_048_576,
      formatter: { format: (one: LogRecord) => one.getMessage() },
    });
    handler.handle(record('x'.repeat(524_288 - 26)));
    handler.handle(record('y'.repeat(524_288 - 26)));
    await handler.close();
    expect(service.requests.map((events) => events.length)).toEqual([2]);
  });

  it('sends what is out of order by time, and what is more than a day apart in several requests', async () => {
    const service = new CloudWatchLogs();
    const handler = handlerOf(service);
    const now = Date.now() / 1_000;
    const ages = [0, 30 * HOUR, 1, 60 * HOUR, 30 * HOUR + 5, 2];
    for (const age of ages) handler.handle(record(`${age}`, { created: now - age }));
    await handler.close();
    expect(handler.stats).toMatchObject({ delivered: ages.length, dropped: 0 });
    expect(service.requests.map((events) => events.length)).toEqual([1, 2, 3]);
    expect(messagesOf(service)).toEqual([...ages].sort((a, b) => b - a).map(String));
  });

  it('sends again only those of several requests that did not arrive', async () => {
    const service = new CloudWatchLogs();
    let puts = 0;
    service.fail = (command) => {
      if (command !== 'PutLogEventsCommand' || ++puts !== 3) return undefined;
      return awsError('ThrottlingException', 'Rate exceeded');
    };
    const stderr = collectStderr();
    const handler = handlerOf(service);
    const now = Date.now() / 1_000;
    for (const age of [30 * HOUR, 0]) handler.handle(record(`${age}`, { created: now - age }));
    await handler.flush();
    await handler.close();
    stderr.stop();
    expect(messagesOf(service)).toEqual([String(30 * HOUR), '0']);
    expect(stderr.text).toContain('ThrottlingException: Rate exceeded');
  });

  it('sets aside what is too old or too new, with the reason, and its neighbours go through', async () => {
    const service = new CloudWatchLogs();
    const stderr = collectStderr();
    const handler = handlerOf(service, { spool: { directory: folder.path } });
    const now = Date.now() / 1_000;
    const ages = { older: 20 * 24 * HOUR, old: 15 * 24 * HOUR, first: 1, second: 0, new: -3 * HOUR };
    for (const [name, age] of Object.entries(ages)) handler.handle(record(name, { created: now - age }));
    await handler.flush();
    await until('all have their verdict', () => handler.stats.spooled === 0);
    await handler.close();
    stderr.stop();
    expect(messagesOf(service)).toEqual(['first', 'second']);
    expect(handler.stats).toMatchObject({ emitted: 5, delivered: 2, dropped: 3 });
    const dead = readFileSync(join(folder.path, 'dead-letters.jsonl'), 'utf8');
    expect(dead.match(/older than 14 days/g)).toHaveLength(2);
    expect(dead.match(/more than 2 hours in the future/g)).toHaveLength(1);
  });

  it('finds the one event that is refused, by halves', async () => {
    const service = new CloudWatchLogs();
    service.fail = (command, { logEvents = [] }) =>
      command === 'PutLogEventsCommand' && logEvents.some(({ message }) => message.includes('number 13"'))
        ? awsError('InvalidParameterException', 'Log event is not valid')
        : undefined;
    const stderr = collectStderr();
    const handler = handlerOf(service);
    for (let n = 0; n < 32; n++) handler.handle(record(`number ${n}`));
    await handler.close();
    stderr.stop();
    expect(handler.stats).toMatchObject({ delivered: 31, dropped: 1, droppedBy: { rejected: 1 } });
    expect(messagesOf(service)).toHaveLength(31);
  });

  it('tries again while it is throttled, and when credentials have expired', async () => {
    const service = new CloudWatchLogs();
    const errors = ['ThrottlingException', 'ExpiredTokenException', 'ServiceUnavailableException'];
    service.fail = (command) => {
      const name = command === 'PutLogEventsCommand' ? errors.shift() : undefined;
      return name === undefined ? undefined : awsError(name, 'not now');
    };
    const stderr = collectStderr();
    const handler = handlerOf(service);
    handler.handle(record('hello'));
    await until('it is delivered', () => handler.stats.delivered === 1, 60_000);
    await handler.close();
    stderr.stop();
    expect(messagesOf(service)).toEqual(['hello']);
  });

  it.each([
    ['AccessDeniedException', { createLogGroup: true }],
    ['ResourceNotFoundException', { createLogGroup: false }],
  ])('loses records that nobody may write, and says so: %s', async (name, options) => {
    const service = new CloudWatchLogs();
    if (name.startsWith('Access')) service.fail = () => awsError(name, 'not authorized to perform it');
    const stderr = collectStderr();
    const handler = handlerOf(service, options);
    handler.handle(record('hello'));
    await handler.flush();
    await handler.close();
    stderr.stop();
    expect(handler.stats).toMatchObject({ delivered: 0, dropped: 1 });
    expect(stderr.text).toContain(name);
    expect(service.groups.size).toBe(0);
  });

  it('writes texts that CloudWatch takes, whatever the formatter gives', async () => {
    const service = new CloudWatchLogs();
    const handler = handlerOf(service, { formatter: { format: (one: LogRecord) => one.getMessage() } });
    for (const text of ['', 'half a pair \ud83d.', '🎉']) handler.handle(record(text));
    handler.handle(record('no time', { created: Number.NaN }));
    await handler.close();
    const messages = service.events(GROUP).map(({ message }) => message);
    expect(messages).toEqual(['(empty)', 'half a pair \ufffd.', '🎉', 'no time']);
  });

  it('says nothing of its credentials', async () => {
    const secretAccessKey = 'wJalrXUtnFEMI-secret';
    const sessionToken = 'session-token-secret';
    const stderr = collectStderr();
    const handler = new CloudWatchHandler({
      ...{ logGroup: GROUP, region: 'eu-central-1', endpoint: 'http://127.0.0.1:9', timeoutMs: 500 },
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, sessionToken },
    });
    handler.handle(record('hello'));
    await until('it has failed', () => !handler.health.isHealthy);
    await handler.close();
    stderr.stop();
    const { inspect } = await import('node:util');
    const said = `${stderr.text} ${handler} ${inspect(handler, { depth: 9 })} ${JSON.stringify(handler.health)}`;
    expect(said).toContain('127.0.0.1:9');
    for (const secret of [secretAccessKey, sessionToken]) expect(said).not.toContain(secret);
  });

  it('refuses options that do not fit together', () => {
    const client = new CloudWatchLogs();
    expect(() => new CloudWatchHandler({ client, logGroup: GROUP, region: 'eu-central-1' })).toThrow(
      /client: has region, endpoint, credentials and tls of its own/,
    );
    expect(() => new CloudWatchHandler({ logGroup: 'a group' })).toThrow(/logGroup/);
    expect(() => new CloudWatchHandler({ logGroup: GROUP, logStream: 'a:b' })).toThrow(/logStream/);
  });
});
