import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { type OpenSearch, startOpenSearch } from './support/opensearch.js';

describeWithEngines(['opensearch'], 'OpenSearch', () => {
  let engine: OpenSearch;
  beforeAll(async () => {
    engine = await startOpenSearch();
  });
  afterAll(() => engine?.stop());

  const bulk = (id: string, document: object) =>
    fetch(`${engine.url}/_bulk`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: `${JSON.stringify({ create: { _index: 'logs', _id: id } })}\n${JSON.stringify(document)}\n`,
    }).then((answer) => answer.json());

  test('finds what it was sent, and refuses it a second time', async () => {
    expect(await bulk('1', { message: 'ordered: 3 × é' })).toMatchObject({ errors: false });
    expect(await bulk('1', { message: 'again' })).toMatchObject({
      errors: true,
      items: [{ create: { status: 409 } }],
    });
    expect(await engine.query('logs', { match: { message: 'ordered' } })).toEqual([
      expect.objectContaining({ _id: '1', _source: { message: 'ordered: 3 × é' } }),
    ]);
  });

  test('has what it acknowledged after a kill', async () => {
    await bulk('2', { message: 'before the kill' });
    await engine.kill();
    await expect(bulk('3', {})).rejects.toThrow('fetch failed');
    await engine.restart();
    await bulk('4', { message: 'after the kill' });
    expect((await engine.received('logs', 3)).map(({ _id }) => _id).sort()).toEqual(['1', '2', '4']);
  });
});
