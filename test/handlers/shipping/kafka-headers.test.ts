import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig, getLogger, runInContext } from 'nestjs-logging';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import type { KafkaMessage } from '../../../lib/handlers/shipping/brokers/kafka.handler.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

/** What a producer is given. */
async function sent(options: object): Promise<KafkaMessage[]> {
  const messages: KafkaMessage[] = [];
  const client = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    send: async (batch: { messages: KafkaMessage[] }) => void messages.push(...batch.messages),
  };
  dictConfig({
    version: 1,
    handlers: { kafka: { class: 'KafkaHandler', client, topic: 'logs', ...options } },
    root: { level: 'INFO', handlers: ['kafka'] },
  });
  const extra = { request_id: 'r-1', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
  getLogger('shop').info('paid', { extra });
  runInContext({ job: 1 }, () => getLogger('shop').warning('no key'));
  await getLogger().handlers[0]?.flush();
  return messages;
}

describe('messages to Kafka', () => {
  it('have an id that is their own, the level, and the trace in headers', async () => {
    const [paid, other] = await sent({});
    expect(paid).toMatchObject({
      key: 'r-1',
      headers: { level: 'INFO', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
    });
    expect(other).toMatchObject({ key: null, headers: { id: expect.any(String), level: 'WARNING' } });
    expect(other?.headers?.id).not.toBe(paid?.headers?.id);
  });

  it('have none where these are not wanted, and the same key and value', async () => {
    const [paid, other] = await sent({ includeHeaders: false });
    expect([paid, other].map((message) => Object.keys(message ?? {}))).toEqual([
      ['key', 'value'],
      ['key', 'value'],
    ]);
    expect(paid?.key).toBe('r-1');
    expect(JSON.parse(paid?.value ?? '')).toMatchObject({
      level: 'INFO',
      message: 'paid',
      request_id: 'r-1',
    });
    expect(other?.key).toBeNull();
  });
});
