import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import {
  AMQPHandler,
  CloudWatchHandler,
  DatadogHandler,
  ElasticsearchHandler,
  GELFHandler,
  KafkaHandler,
  LokiHandler,
  NATSHandler,
  OTLPHandler,
  RedisStreamHandler,
  SplunkHandler,
} from '../../../lib/handlers.js';

const url = 'http://127.0.0.1:9';
const none = async () => undefined;
const channel = { publish: () => true, waitForConfirms: none };
const producer = { send: none, connect: none, disconnect: none };
const sasl = { mechanism: 'plain', username: 'shop', password: 'secret' };

type Maker = { new (options: never): unknown; readonly optionsSchema: v.GenericSchema };

describe('tls where no TLS would be spoken', () => {
  it.each<[name: string, Handler: Maker, options: object, message: RegExp]>([
    ['Loki', LokiHandler, { url, tls: true }, /only with https/],
    ['Splunk', SplunkHandler, { url, token: 'secret', tls: true }, /only with https/],
    ['Datadog', DatadogHandler, { url, apiKey: 'secret', tls: true }, /only with https/],
    ['Elasticsearch', ElasticsearchHandler, { url, index: 'logs', tls: true }, /only with https/],
    ['OTLP', OTLPHandler, { tls: { insecure: true } }, /only with https/],
    ['CloudWatch', CloudWatchHandler, { endpoint: url, logGroup: 'shop', tls: true }, /only with https/],
    ['AMQP', AMQPHandler, { url: 'amqp://127.0.0.1', queue: 'logs', tls: true }, /only with amqps/],
    ['AMQP with a client', AMQPHandler, { client: channel, queue: 'logs', tls: true }, /only with amqps/],
    ['GELF over UDP', GELFHandler, { tls: true }, /only with tcp and http/],
    [
      'Kafka with a client',
      KafkaHandler,
      { client: producer, topic: 'logs', sasl },
      /sasl and tls of its own/,
    ],
    [
      'NATS with a client',
      NATSHandler,
      { client: channel, subject: 'logs', pass: 'secret' },
      /tls of its own/,
    ],
    [
      'Redis with a client',
      RedisStreamHandler,
      { client: { pipeline: none }, key: 'logs', tls: true },
      /tls of its own/,
    ],
  ])('%s refuses it, and so does a check of the configuration', (_, Handler, options, message) => {
    expect(() => new Handler(options as never)).toThrow(message);
    const { issues } = v.safeParse(Handler.optionsSchema, options);
    expect(issues?.[0].message).toMatch(message);
  });
});
