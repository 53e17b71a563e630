import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { ElasticsearchHandler } from '../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type OpenSearch, startOpenSearch } from './support/opensearch.js';
import { proveShipping } from './support/shipping-proof.js';

const record = (msg: string, more: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, ...more });

/** What is found of a record in the names of the Elastic Common Schema. */
function foundFacts(document: Readonly<Record<string, unknown>>): object {
  const { message, n, ratio, word, flag } = document;
  return {
    message,
    level: String(document['log.level']).toUpperCase(),
    logger: document['log.logger'],
    fields: { n, ratio, word, flag },
    error: document['error.type'],
  };
}

describeWithEngines(['opensearch'], 'OpenSearch', () => {
  let engine: OpenSearch;
  const folder = useTemporaryFolder();
  beforeAll(async () => {
    engine = await startOpenSearch();
    // Fields that change their type from record to record are kept as they are, and not searched.
    const kept = { type: 'object', enabled: false };
    await engine.request('PUT', '/logs', { mappings: { properties: { mixed: kept, hostile: kept } } });
  });
  afterAll(() => engine?.stop());

  describe('gets from ElasticsearchHandler', () => {
    proveShipping<OpenSearch>({
      engine: () => engine,
      count: 20_000,
      make: ({ url }, options) =>
        new ElasticsearchHandler({ timeoutMs: 60_000, ...options, url, index: 'logs' }),
      read: async (node) => (await node.query('logs')).map(({ _source }) => _source),
      found: foundFacts,
      dropsRepeats: true,
      keepsOrder: false,
    });

    it('into a data stream', async () => {
      await engine.request('PUT', '/_index_template/shop', {
        ...{ index_patterns: ['logs-shop-*'], data_stream: {} },
      });
      const handler = new ElasticsearchHandler({
        ...{ url: engine.url, dataStream: 'logs-shop-production', service: 'shop' },
      });
      handler.handle(record('hello'));
      await until('it is delivered', () => handler.stats.queued === 0, 60_000);
      await handler.close();
      const [found] = await engine.received('logs-shop-production', 1);
      expect(found?._source).toMatchObject({ message: 'hello', 'service.name': 'shop' });
    });

    // What is a text in one index cannot be an object there.
    it.each([
      ['texts', ['_id', '_source', '_version.a', '', ' ', 'a.', 'message.x', '\ud800']],
      ['objects', ['_id.a', '.', '.a', 'a..b']],
    ])('fields of any name, %s', async (kind, names) => {
      const handler = new ElasticsearchHandler({ url: engine.url, index: `names-${kind}` });
      for (const name of names) handler.handle(record(`a field ${name}`, { extra: { [name]: 'v' } }));
      handler.handle(record('deep', { extra: { deep: { '': 1, list: [{ '': 2 }] } } }));
      await until('all have their verdict', () => handler.stats.queued === 0, 60_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: names.length + 1, dropped: 0 });
    });

    it('numbers of any size, also within objects, with all their digits', async () => {
      const handler = new ElasticsearchHandler({ url: engine.url, index: 'numbers' });
      const numbers = [2 ** 53, 2 ** 62, 2 ** 63, -(2 ** 64), 123_456_789_012_345_680_000, 1e21, 3e38, -0];
      const fields = numbers.map((number, index) => ({
        [`n${index}`]: number,
        deep: { [`n${index}`]: [number] },
      }));
      for (const extra of fields) handler.handle(record('a number', { extra }));
      handler.handle(
        record('none', { extra: { none: Number.NaN, deep: { none: [Number.POSITIVE_INFINITY, 1] } } }),
      );
      handler.handle(record('a BigInt', { extra: { big: 2n ** 70n } }));
      await until('all have their verdict', () => handler.stats.queued === 0, 60_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: numbers.length + 2, dropped: 0 });
      const found = (await engine.received('numbers', numbers.length + 2)).map(({ _source }) => _source);
      for (const extra of fields)
        expect(found).toContainEqual(expect.objectContaining(JSON.parse(JSON.stringify(extra))));
    });

    it('all but the record whose field has another type, which is set aside with the reason', async () => {
      const stderr = collectStderr();
      const spool = { directory: folder.path };
      const handler = new ElasticsearchHandler({ url: engine.url, index: 'conflict', spool });
      handler.handle(record('first', { extra: { size: 1 } }));
      await until('the first is delivered', () => handler.stats.delivered === 1, 60_000);
      handler.handle(record('second', { extra: { size: 'large' } }));
      handler.handle(record('third', { extra: { size: 3 } }));
      await until('all have their verdict', () => handler.stats.spooled === 0, 60_000);
      await handler.close();
      stderr.stop();
      expect(handler.stats).toMatchObject({ emitted: 3, delivered: 2, dropped: 1 });
      const found = await engine.received('conflict', 2);
      expect(found.map(({ _source }) => _source.message).sort()).toEqual(['first', 'third']);
      expect(readFileSync(join(folder.path, 'dead-letters.jsonl'), 'utf8')).toMatch(
        /failed to parse field \[size\]/,
      );
    });
  });
});
