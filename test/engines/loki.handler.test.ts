import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { LokiHandler, type LokiHandlerOptions } from '../../lib/handlers/shipping/http/loki.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Loki, type LokiLine, startLoki } from './support/loki.js';
import { type CorpusRecord, corpus } from './support/record-corpus.js';

const COUNT = 20_000;

function found({ fields, line }: Pick<LokiLine, 'fields' | 'line'>): object {
  return {
    message: line.split('\nPaymentError: ')[0],
    level: fields.level?.toUpperCase(),
    fields: {
      n: Number(fields.n),
      ratio: Number(fields.ratio),
      word: fields.word,
      flag: fields.flag === 'true',
    },
    error: fields.exception_type,
  };
}

function sent({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: record.levelname, fields, error };
}

describeWithEngines(['loki'], 'LokiHandler and Loki itself', () => {
  const folder = useTemporaryFolder();

  describe.each([
    ['as it is configured by itself', {}],
    ['that lets through a megabyte a second', { ingestion_rate_mb: 1, ingestion_burst_size_mb: 2 }],
  ])('%s', (_, limits) => {
    let loki: Loki;
    beforeAll(async () => {
      loki = await startLoki(limits);
    });
    afterAll(() => loki?.stop());

    const make = (run: string, options: Partial<LokiHandlerOptions> = {}) =>
      new LokiHandler({ url: loki.url, labels: { service: 'shop', run }, ...options });

    it(`${COUNT} records of all kinds, once and field by field`, async () => {
      const stderr = collectStderr();
      const handler = make('all', { maxBytes: 256 * 1024 * 1024 });
      const all = [...corpus(COUNT)];
      for (const { record } of all) handler.handle(record);
      await until('all is delivered', () => handler.stats.queued === 0, 120_000);
      await handler.close();
      stderr.stop();
      expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
      const lines = await loki.query('{run="all"}');
      const byNumber = new Map(lines.map((line) => [Number(line.fields.n), line]));
      expect([lines.length, byNumber.size]).toEqual([COUNT, COUNT]);
      const wrong = all
        .map((one) => [sent(one), found(byNumber.get(one.n) ?? { fields: {}, line: '' })] as const)
        .filter(([before, after]) => JSON.stringify(before) !== JSON.stringify(after));
      expect([wrong.length, wrong[0]?.[1]]).toEqual([0, wrong[0]?.[0]]);
    });

    it('all but a line that is too old, which is set aside; one that is too long is cut', async () => {
      const stderr = collectStderr();
      const handler = make('some', { spool: { directory: folder.path } });
      const log = (n: number, msg: string, created = Date.now() / 1_000) =>
        handler.handle(
          new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, created, extra: { n } }),
        );
      for (let n = 0; n < 1_000; n++) {
        if (n === 300) log(n, 'too old', Date.now() / 1_000 - 30 * 86_400);
        else if (n === 700) log(n, 'too long '.repeat(40_000));
        else log(n, `line ${n}`);
      }
      await until('each has a verdict', () => handler.stats.spooled === 0, 60_000);
      await handler.close();
      stderr.stop();
      expect(handler.stats).toMatchObject({ emitted: 1_000, delivered: 999, dropped: 1 });
      const lines = await loki.query('{run="some"}');
      const byNumber = new Map(lines.map(({ fields, line }) => [Number(fields.n), line]));
      expect([lines.length, byNumber.size, byNumber.has(300)]).toEqual([999, 999, false]);
      expect(byNumber.get(700)).toMatch(/^too long too long /);
      expect(folder.read('dead-letters.jsonl')).toContain('timestamp too old');
      expect(folder.lines('dead-letters.jsonl')).toHaveLength(1);
    });

    it('everything though it is killed in the middle, where there is a spool', async () => {
      const stderr = collectStderr();
      const handler = make('killed', {
        spool: { directory: folder.path },
        ...{ batchSize: 100, flushIntervalMs: 20, timeoutMs: 2_000 },
      });
      const all = [...corpus(2_000)].map(({ record }) => record);
      for (const record of all.slice(0, 500)) handler.handle(record);
      await until('the first are delivered', () => handler.stats.delivered === 500, 60_000);
      loki.pause();
      for (const record of all.slice(500, 1_000)) handler.handle(record);
      await until('it is noticed', () => !handler.health.isHealthy, 30_000);
      await loki.kill();
      for (const record of all.slice(1_000)) handler.handle(record);
      await loki.restart();
      await until('all is delivered', () => handler.stats.spooled === 0, 90_000);
      await handler.close();
      stderr.stop();
      expect(handler.stats).toMatchObject({ emitted: 2_000, delivered: 2_000, dropped: 0 });
      const lines = await loki.query('{run="killed"}');
      const numbers = new Set(lines.map(({ fields }) => Number(fields.n)));
      // It drops a line that it has.
      expect([numbers.size, lines.length]).toEqual([2_000, 2_000]);
    });
  });
});
