import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { LokiHandler, type LokiHandlerOptions } from '../../lib/handlers/shipping/http/loki.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Loki, startLoki } from './support/loki.js';
import type { CorpusRecord } from './support/record-corpus.js';
import { proveShipping } from './support/shipping-proof.js';

/** A line and its labels. */
type FoundLine = Readonly<Record<string, unknown>>;

function found({ line, level, n, ratio, word, flag, exception_type: error }: FoundLine): object {
  return {
    message: String(line).split('\nPaymentError: ')[0],
    level: String(level).toUpperCase(),
    fields: { n: Number(n), ratio: Number(ratio), word, flag: flag === 'true' },
    error,
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

    proveShipping<Loki>({
      count: 20_000,
      engine: () => loki,
      make: (_, options) => make('proof', options),
      read: async () => (await loki.query('{run="proof"}')).map(({ fields, line }) => ({ ...fields, line })),
      ...{ found, sent },
      // It drops a line that it has.
      dropsRepeats: true,
      keepsOrder: false,
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
  });

  it('takes lines of JSON where it takes no structured metadata, and says so where there is some', async () => {
    const loki = await startLoki({ allow_structured_metadata: false });
    const stderr = collectStderr();
    try {
      const handler = (options: Partial<LokiHandlerOptions>) =>
        new LokiHandler({ url: loki.url, labels: { run: 'old' }, ...options });
      const record = (n: number) =>
        new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: `line ${n}`, extra: { n } });
      const first = handler({ spool: { directory: folder.path } });
      for (let n = 0; n < 100; n++) first.handle(record(n));
      await first.flush();
      await first.close();
      expect(first.stats).toMatchObject({ spooled: 100, dropped: 0 });
      expect(stderr.text).toContain('or set structuredMetadata: false');
      const second = handler({ spool: { directory: folder.path }, structuredMetadata: false });
      for (let n = 100; n < 200; n++) second.handle(record(n));
      await until('all is delivered', () => second.stats.spooled === 0, 60_000);
      await second.close();
      expect(await loki.query('{run="old"} |= "line"')).toHaveLength(200);
      expect((await loki.query('{run="old"} | json | n=150')).map(({ fields }) => fields.message)).toEqual([
        'line 150',
      ]);
    } finally {
      stderr.stop();
      await loki.stop();
    }
  });
});
