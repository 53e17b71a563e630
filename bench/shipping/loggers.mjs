/**
 * The loggers that ship records, each set up as its documentation shows.
 *
 * Where its defaults would lose records at the pace of the bench, a peer gets what ours has by default: batches of 1,000
 * records, every second, and room for 50,000. Each makes `{ log(i), end(), counted?() }`: one record, the orderly
 * end that its documentation asks for, and how many records it knows that it has lost.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fields } from '../lib/payload.mjs';
import { numberedMessage } from './numbered.mjs';

const require = createRequire(import.meta.url);

const ROOM = 50_000;
const BATCH = 1_000;
const INTERVAL_MS = 1_000;

/** By destination and name; ours first. */
export const LOGGERS = {
  otlp: {
    ours: ({ url }) => ours({ class: 'OTLPHandler', endpoint: url, resource: { 'service.name': 'shop' } }),
    'pino-opentelemetry-transport': ({ url }) =>
      pinoTransport('pino-opentelemetry-transport', {
        loggerName: 'shop.orders',
        resourceAttributes: { 'service.name': 'shop' },
        logRecordProcessorOptions: {
          recordProcessorType: 'batch',
          exporterOptions: { protocol: 'http/protobuf', protobufExporterOptions: { url: `${url}/v1/logs` } },
          processorConfig: { maxQueueSize: ROOM, maxExportBatchSize: BATCH },
        },
      }),
    'sdk-logs (protobuf)': ({ url }) => openTelemetry('@opentelemetry/exporter-logs-otlp-proto', url),
    'sdk-logs (JSON)': ({ url }) => openTelemetry('@opentelemetry/exporter-logs-otlp-http', url),
  },
  loki: {
    ours: ({ url }) => ours({ class: 'LokiHandler', url, labels: { service: 'shop' } }),
    'pino-loki': ({ url }) =>
      pinoTransport('pino-loki', {
        host: url,
        labels: { service: 'shop' },
        batching: { interval: INTERVAL_MS / 1_000, maxBufferSize: ROOM },
      }),
    'winston-loki': ({ url }) => {
      const LokiTransport = require('winston-loki');
      return winston(
        new LokiTransport({
          ...{ host: url, json: true, labels: { service: 'shop' }, interval: INTERVAL_MS / 1_000 },
          onConnectionError: ignore,
        }),
      );
    },
  },
  elasticsearch: {
    ours: ({ url }) => ours({ class: 'ElasticsearchHandler', url, index: 'logs', service: 'shop' }),
    'pino-elasticsearch': ({ url }) =>
      pinoTransport('pino-elasticsearch', {
        ...{ node: url, index: 'logs', esVersion: 8 },
        ...{ flushBytes: 262_144, flushInterval: INTERVAL_MS },
      }),
    'winston-elasticsearch': ({ url }) => {
      const { ElasticsearchTransport } = require('winston-elasticsearch');
      return winston(
        new ElasticsearchTransport({
          ...{ index: 'logs', clientOpts: { node: url }, flushInterval: INTERVAL_MS },
          internalLogger: ignore,
        }),
      );
    },
  },
  kafka: {
    ours: ({ broker, topic }) => ours({ class: 'KafkaHandler', brokers: [broker], topic, clientId: 'shop' }),
    kafkajs: ({ broker, topic }) => plainKafkajs(broker, topic),
  },
};

/** As a user would have it: one configuration, and the package's own end. */
async function ours(handler) {
  const { dictConfig, getLogger, shutdown } = await import('nestjs-logging/core');
  dictConfig({ version: 1, handlers: { engine: handler }, root: { level: 'INFO', handlers: ['engine'] } });
  const logger = getLogger('shop.orders');
  const [engine] = getLogger().handlers;
  return {
    log: (i) => logger.info(numberedMessage(i), { extra: fields(i) }),
    end: () => shutdown(),
    counted: () => engine.stats.dropped,
  };
}

/** In its worker, as pino recommends for all transports. */
async function pinoTransport(target, options) {
  const { default: pino } = await import('pino');
  const transport = pino.transport({ target, options });
  transport.on('error', ignore);
  const logger = pino({ name: 'shop.orders' }, transport);
  await once(transport, 'ready');
  return {
    log: (i) => logger.info(fields(i), numberedMessage(i)),
    async end() {
      const closed = once(transport, 'close');
      transport.end();
      await closed;
    },
  };
}

async function winston(transport) {
  const { default: library } = await import('winston');
  transport.on('error', ignore);
  transport.on('warning', ignore);
  const logger = library.createLogger({ transports: [transport] });
  logger.on('error', ignore);
  return {
    log: (i) => logger.info(numberedMessage(i), fields(i)),
    async end() {
      const finished = once(transport, 'finish');
      logger.end();
      await finished;
      // Of the two, winston-loki alone is still sending.
      await transport.flush?.();
    },
  };
}

async function openTelemetry(exporter, url) {
  const { OTLPLogExporter } = await import(exporter);
  const { BatchLogRecordProcessor, LoggerProvider } = await import('@opentelemetry/sdk-logs');
  const { SeverityNumber } = await import('@opentelemetry/api-logs');
  const processor = new BatchLogRecordProcessor({
    exporter: new OTLPLogExporter({ url: `${url}/v1/logs` }),
    ...{ maxQueueSize: ROOM, maxExportBatchSize: BATCH },
  });
  const provider = new LoggerProvider({ processors: [processor] });
  const logger = provider.getLogger('shop.orders');
  return {
    log: (i) =>
      logger.emit({
        ...{ severityNumber: SeverityNumber.INFO, severityText: 'INFO' },
        ...{ body: numberedMessage(i), attributes: fields(i) },
      }),
    end: () => provider.shutdown(),
  };
}

/** The least work: JSON of the record, in batches, by a producer that waits for all replicas; a batch that fails is lost. */
async function plainKafkajs(broker, topic) {
  const { Kafka, logLevel } = await import('kafkajs');
  const kafka = new Kafka({ brokers: [broker], clientId: 'shop', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const connecting = producer.connect().catch(ignore);
  const waiting = [];
  let last = connecting;
  const send = () => {
    const messages = waiting.splice(0, BATCH);
    if (messages.length > 0) last = last.then(() => producer.send({ topic, messages })).catch(ignore);
    return last;
  };
  const timer = setInterval(send, INTERVAL_MS);
  await Promise.race([connecting, new Promise((resolve) => setTimeout(resolve, 500))]);
  return {
    log(i) {
      const record = { time: Date.now(), level: 'INFO', name: 'shop.orders', message: numberedMessage(i) };
      waiting.push({ value: JSON.stringify({ ...record, ...fields(i) }) });
      if (waiting.length >= BATCH) send();
    },
    async end() {
      clearInterval(timer);
      while (waiting.length > 0) await send();
      await last;
      await producer.disconnect();
    },
  };
}

function ignore() {}
