import { once } from 'node:events';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { CloudWatchHandler } from '../../lib/handlers/shipping/cloudwatch/cloudwatch.handler.js';
import { ChildProgram } from '../support/child-program.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Moto, startMoto } from './support/moto.js';
import { proveShipping } from './support/shipping-proof.js';

const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test-secret' },
};

const record = (msg: string, more: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, ...more });

/** Closes a handler when all has its verdict, however long that takes. */
async function delivered(handler: CloudWatchHandler): Promise<void> {
  await until('all has its verdict', () => handler.stats.queued === 0, 90_000);
  await handler.close();
}

/** Logs numbers with a spool, says so, and stays until it is killed. */
const writer = new ChildProgram(`
  import { CloudWatchHandler } from 'lib/handlers/shipping/cloudwatch/cloudwatch.handler';
  import { LogRecord } from 'lib/core/records/log-record';

  const [endpoint, directory, first, count] = process.argv.slice(2);
  const handler = new CloudWatchHandler({
    endpoint, logGroup: 'killed', logStream: 'one', region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test-secret' },
    batchSize: 50, flushIntervalMs: 10, spool: { directory },
  });
  for (let n = Number(first); n < Number(first) + Number(count); n++) {
    handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'number', extra: { n } }));
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.stdout.write('logged\\n');
  setInterval(() => undefined, 1_000);
`);

describeWithEngines(['moto'], 'CloudWatch Logs (moto)', () => {
  let engine: Moto;
  const folder = useTemporaryFolder();
  beforeAll(async () => {
    engine = await startMoto();
  });
  afterAll(() => engine?.stop());

  const numbersIn = async (group: string) =>
    (await engine.query(group)).map(({ message }) => (JSON.parse(message) as { n: number }).n);

  describe('gets from CloudWatchHandler', () => {
    proveShipping<Moto>({
      engine: () => engine,
      count: 20_000,
      make: ({ url }, options) =>
        new CloudWatchHandler({
          // What is given up here and was taken there would be there twice.
          ...{ timeoutMs: 120_000, ...options, ...access, endpoint: url },
          ...{ logGroup: 'logs', logStream: 'one' },
        }),
      read: async (moto) =>
        (await moto.query('logs').catch(() => [])).map(({ message }) => JSON.parse(message)),
      timeoutMs: 15_000,
      dropsRepeats: false,
      isDurable: false,
    });

    it('everything though processes are killed in the middle, and knows how often', async () => {
      await engine.restart();
      for (let round = 0; round < 3; round++) {
        const child = writer.start([engine.url, folder.path, String(round * 1_000), '1000'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        await once(child.stdout as NodeJS.ReadableStream, 'data');
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      // The last process sends what those before it left.
      const last = writer.start([engine.url, folder.path, '3000', '1'], { stdio: 'ignore' });
      let numbers: number[] = [];
      try {
        await until(
          'all have arrived',
          async () => {
            numbers = await numbersIn('killed').catch(() => []);
            return new Set(numbers).size >= 3_001;
          },
          90_000,
        );
      } finally {
        last.kill('SIGKILL');
        await once(last, 'exit');
      }
      expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(Array.from({ length: 3_001 }, (_, n) => n));
      // What was under way when a process was killed, or was not yet noted as sent, may be there twice.
      expect(numbers.length - 3_001).toBeLessThanOrEqual(3 * 1_000);
    });

    it('several processes at once in one stream', async () => {
      const handlers = Array.from(
        { length: 4 },
        () =>
          new CloudWatchHandler({
            ...{ ...access, endpoint: engine.url, logGroup: 'shared', logStream: 'one' },
            ...{ batchSize: 20, flushIntervalMs: 5 },
          }),
      );
      for (let n = 0; n < 1_000; n++) handlers[n % 4]?.handle(record('shared', { extra: { n } }));
      await Promise.all(handlers.map(delivered));
      expect((await numbersIn('shared')).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 1_000 }, (_, n) => n),
      );
    });

    it('what a client of the application sends, which stays open', async () => {
      const client = new CloudWatchLogsClient({ ...access, endpoint: engine.url });
      for (const n of [1, 2]) {
        const handler = new CloudWatchHandler({ client, logGroup: 'given', logStream: 'one' });
        handler.handle(record('given', { extra: { n } }));
        await delivered(handler);
      }
      expect(await numbersIn('given')).toEqual([1, 2]);
      client.destroy();
    });

    it('not what is too old, whose neighbours go through', async () => {
      const stderr = collectStderr();
      const handler = new CloudWatchHandler({
        ...{ ...access, endpoint: engine.url, logGroup: 'old', logStream: 'one' },
      });
      handler.handle(record('old', { created: Date.now() / 1_000 - 20 * 86_400, extra: { n: 1 } }));
      handler.handle(record('new', { extra: { n: 2 } }));
      await delivered(handler);
      stderr.stop();
      expect(handler.stats).toMatchObject({ emitted: 2, delivered: 1, dropped: 1 });
      expect(stderr.text).toContain('older than 14 days');
      expect(await numbersIn('old')).toEqual([2]);
    });
  });
});
