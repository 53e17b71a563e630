/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export {
  type AMQPConnection,
  AMQPHandler,
  type AMQPHandlerOptions,
  type ConfirmChannel,
  type ReturnedMessage,
} from './brokers/amqp.handler.js';
export {
  KafkaHandler,
  type KafkaHandlerOptions,
  type KafkaMessage,
  type KafkaProducer,
} from './brokers/kafka.handler.js';
export { type JetStreamLike, NATSHandler, type NATSHandlerOptions } from './brokers/nats.handler.js';
export {
  type RedisClient,
  RedisStreamHandler,
  type RedisStreamHandlerOptions,
} from './brokers/redis-stream.handler.js';
export {
  type CloudWatchClient,
  CloudWatchHandler,
  type CloudWatchHandlerOptions,
} from './cloudwatch/cloudwatch.handler.js';
export { FluentHandler, type FluentHandlerOptions } from './fluent/fluent.handler.js';
export { GELFHandler, type GELFHandlerOptions } from './gelf/gelf.handler.js';
export { DatadogHandler, type DatadogHandlerOptions } from './http/datadog.handler.js';
export { ElasticsearchHandler, type ElasticsearchHandlerOptions } from './http/elasticsearch.handler.js';
export { LokiHandler, type LokiHandlerOptions } from './http/loki.handler.js';
export { SplunkHandler, type SplunkHandlerOptions } from './http/splunk.handler.js';
export { JournaldHandler, type JournaldHandlerOptions } from './journald/journald.handler.js';
export { OpenTelemetryHandler, type OpenTelemetryHandlerOptions } from './otlp/open-telemetry.handler.js';
export type { OtelLogger, OtelLoggerProvider } from './otlp/open-telemetry-api.js';
export { OTLPHandler, type OTLPHandlerOptions } from './otlp/otlp.handler.js';
