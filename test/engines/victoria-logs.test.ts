import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { startVictoriaLogs, type VictoriaLogs } from './support/victoria-logs.js';

describeWithEngines(['victoria-logs'], 'VictoriaLogs', () => {
  let engine: VictoriaLogs;
  beforeAll(async () => {
    engine = await startVictoriaLogs();
  });
  afterAll(() => engine?.stop());

  const push = (line: string) =>
    fetch(`${engine.url}/insert/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        streams: [
          {
            stream: { service: 'shop' },
            values: [[String(BigInt(Date.now()) * 1_000_000n), line, { request_id: 'r-1' }]],
          },
        ],
      }),
    });

  test('answers what it was sent', async () => {
    expect((await push('ordered: 3 × é')).status).toBe(204);
    expect(await engine.received(1)).toEqual([
      expect.objectContaining({ _msg: 'ordered: 3 × é', service: 'shop', request_id: 'r-1' }),
    ]);
    expect(await engine.count('service:shop')).toBe(1);
  });

  test('has what it saved after a kill', async () => {
    await push('before the kill');
    await engine.save();
    await engine.kill();
    await expect(push('while it is down')).rejects.toThrow('fetch failed');
    await engine.restart();
    await push('after the kill');
    await engine.received(3);
    expect((await engine.query('*')).map(({ _msg }) => _msg).sort()).toEqual([
      'after the kill',
      'before the kill',
      'ordered: 3 × é',
    ]);
  });

  test('does not answer while it is paused', async () => {
    engine.pause();
    await expect(fetch(`${engine.url}/health`, { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      'timeout',
    );
    engine.resume();
    expect((await fetch(`${engine.url}/health`)).ok).toBe(true);
  });
});
