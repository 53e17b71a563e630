/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { AMQPHandler } from './brokers/amqp.handler.js';
export type {
  AMQPConnection,
  AMQPHandlerOptions,
  ConfirmChannel,
  ReturnedMessage,
} from './brokers/amqp-options.js';
export { KafkaHandler } from './brokers/kafka.handler.js';
export type { KafkaHandlerOptions, KafkaMessage, KafkaProducer } from './brokers/kafka-options.js';
export { NATSHandler } from './brokers/nats.handler.js';
export type { JetStreamLike, NATSHandlerOptions } from './brokers/nats-options.js';
export { RedisStreamHandler } from './brokers/redis-stream.handler.js';
export type { RedisClient, RedisStreamHandlerOptions } from './brokers/redis-stream-options.js';
export { CloudWatchHandler } from './cloudwatch/cloudwatch.handler.js';
export type { CloudWatchClient, CloudWatchHandlerOptions } from './cloudwatch/cloudwatch-options.js';
export { FluentHandler } from './fluent/fluent.handler.js';
export type { FluentHandlerOptions } from './fluent/fluent-options.js';
export { GELFHandler } from './gelf/gelf.handler.js';
export type { GELFHandlerOptions } from './gelf/gelf-options.js';
export { DatadogHandler } from './http/datadog.handler.js';
export type { DatadogHandlerOptions } from './http/datadog-options.js';
export { ElasticsearchHandler } from './http/elasticsearch.handler.js';
export type { ElasticsearchHandlerOptions } from './http/elasticsearch-options.js';
export { LokiHandler } from './http/loki.handler.js';
export type { LokiHandlerOptions } from './http/loki-options.js';
export { SplunkHandler } from './http/splunk.handler.js';
export type { SplunkHandlerOptions } from './http/splunk-options.js';
export { JournaldHandler } from './journald/journald.handler.js';
export type { JournaldHandlerOptions } from './journald/journald-options.js';
export { OpenTelemetryHandler } from './otlp/open-telemetry.handler.js';
export type { OtelLogger, OtelLoggerProvider } from './otlp/open-telemetry-api.js';
export type { OpenTelemetryHandlerOptions } from './otlp/open-telemetry-options.js';
export { OTLPHandler } from './otlp/otlp.handler.js';
export type { OTLPHandlerOptions } from './otlp/otlp-options.js';
