import { describe, expect, it, jest } from '@jest/globals';
import { dictConfig, shutdown } from '../../../lib/core.js';
import { until } from '../../engines/support/engine.js';
import { resetLogging } from '../../support/reset-logging.js';
import { collectStderr } from '../../support/stderr-collector.js';

/** What each destination needs. */
const NEEDED = [
  ['RedisStreamHandler', 'ioredis', { url: 'redis://localhost', key: 'logs' }],
  ['NATSHandler', '@nats-io/transport-node', { servers: 'localhost:4222', subject: 'logs' }],
  ['KafkaHandler', 'kafkajs', { brokers: ['localhost:9092'], topic: 'logs' }],
  ['AMQPHandler', 'amqplib', { url: 'amqp://localhost', queue: 'logs' }],
  ['CloudWatchHandler', '@aws-sdk/client-cloudwatch-logs', { logGroup: 'logs', region: 'eu-central-1' }],
  ['OpenTelemetryHandler', '@opentelemetry/api-logs', {}],
] as const;

const missing = (name: string) => () => {
  throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
};
for (const [, name] of NEEDED) jest.unstable_mockModule(name, missing(name));

describe('a destination whose package is missing', () => {
  it.each(NEEDED)(
    '%s says what to install as soon as its configuration is active',
    async (type, name, options) => {
      const stderr = collectStderr();
      dictConfig({
        version: 1,
        handlers: { away: { class: type, ...options } },
        root: { level: 'INFO', handlers: ['away'] },
      } as never);
      await until('it is said', () => stderr.text.includes('npm install'));
      stderr.stop();
      expect(stderr.text).toContain(
        `${type} needs the package "${name}", which is not installed: npm install ${name}`,
      );
      await shutdown();
      resetLogging();
    },
  );
});
