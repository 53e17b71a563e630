import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { type OTelCollector, startOTelCollector } from './support/otel-collector.js';

describeWithEngines(['otel-collector'], 'the OpenTelemetry collector', () => {
  let engine: OTelCollector;
  beforeAll(async () => {
    engine = await startOTelCollector();
  });
  afterAll(() => engine?.stop());

  const send = (stringValue: string) =>
    fetch(`${engine.url}/v1/logs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
            scopeLogs: [
              {
                scope: { name: 'shop.orders' },
                logRecords: [
                  {
                    timeUnixNano: '1700000000000000001',
                    severityNumber: 9,
                    body: { stringValue },
                    attributes: [{ key: 'count', value: { intValue: '9007199254740993' } }],
                    traceId: '0af7651916cd43dd8448eb211c80319c',
                    spanId: 'b7ad6b7169203331',
                  },
                ],
              },
            ],
          },
        ],
      }),
    });

  test('writes down what it was sent over OTLP', async () => {
    expect((await send('ordered: 3 × é')).status).toBe(200);
    expect(engine.query()).toEqual([
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scope: { name: 'shop.orders' },
        record: expect.objectContaining({
          timeUnixNano: '1700000000000000001',
          severityNumber: 9,
          body: { stringValue: 'ordered: 3 × é' },
          attributes: [{ key: 'count', value: { intValue: '9007199254740993' } }],
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
        }),
      },
    ]);
  });

  test('understands syslog and Fluent Forward', async () => {
    const before = engine.query().length;
    await write(engine.syslogPort, '<14>1 2026-01-02T03:04:05Z host shop 1 - - over syslog\n');
    // ["shop", 1700000000, {"log": "over Fluent Forward"}] in MessagePack.
    const entry = Buffer.concat([
      Buffer.from([0x93, 0xa4, ...Buffer.from('shop'), 0xce, 0x65, 0x53, 0xf1, 0x00]),
      Buffer.from([0x81, 0xa3, ...Buffer.from('log'), 0xb3, ...Buffer.from('over Fluent Forward')]),
    ]);
    await write(engine.fluentPort, entry);
    const records = (await engine.received(before + 2)).slice(before);
    expect(records.map(({ record }) => JSON.stringify(record)).sort()).toEqual([
      expect.stringContaining('over Fluent Forward'),
      expect.stringContaining('over syslog'),
    ]);
  });

  test('has what it acknowledged after a kill', async () => {
    const before = engine.query().length;
    await send('before the kill');
    await engine.kill();
    await expect(send('while it is down')).rejects.toThrow('fetch failed');
    await engine.restart();
    await send('after the kill');
    expect(
      engine
        .query()
        .map(({ record }) => record.body?.stringValue)
        .slice(before),
    ).toEqual(['before the kill', 'after the kill']);
  });
});

async function write(port: number, data: string | Uint8Array): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.end(data);
  await once(socket, 'close');
}
