import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { shippingEntries } from '../shipping-options.js';
import { clientEntry, hasMethods } from './client-options.js';

/** A message as kafkajs and the KafkaJS interface of `@confluentinc/kafka-javascript` take it. */
export interface KafkaMessage {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** A producer of kafkajs, or of `@confluentinc/kafka-javascript` by its KafkaJS interface: the part that is used. */
export interface KafkaProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  send(record: {
    topic: string;
    messages: KafkaMessage[];
    acks?: number;
    timeout?: number;
  }): Promise<unknown>;
}

/** The keys of a KafkaHandler in a configuration. */
export const kafkaHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      brokers: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.regex(/^.+:\d+$/, "expected 'host:port'"))),
          v.minLength(1, 'expected at least one broker'),
          v.description("Brokers to begin with: `['kafka:9092']`."),
        ),
      ),
      client: clientEntry<KafkaProducer>(
        'a producer of kafkajs or of @confluentinc/kafka-javascript',
        (value) => hasMethods(value, 'send', 'connect', 'disconnect'),
      ),
      topic: v.pipe(
        v.string(),
        v.regex(/^[\w.-]{1,249}$/, 'expected letters, digits, dots, _ and -'),
        v.description('The topic.'),
      ),
      clientId: v.optional(
        v.pipe(v.string(), v.nonEmpty(), v.description("Our name in the broker's logs and quotas.")),
        'nestjs-logging',
      ),
      keyField: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty(),
          v.description(
            'The field that is the key: records of one key keep their order. Default `request_id`.',
          ),
        ),
        'request_id',
      ),
      sasl: v.optional(
        v.pipe(
          v.strictObject({
            mechanism: v.picklist(
              ['plain', 'scram-sha-256', 'scram-sha-512'],
              "expected 'plain', 'scram-sha-256' or 'scram-sha-512'",
            ),
            username: v.string(),
            password: v.string(),
          }),
          v.description('Who we are: `{ mechanism, username, password }`.'),
        ),
      ),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ brokers, client }) => (brokers === undefined) !== (client === undefined),
      'brokers: give either brokers or client',
    ),
  ),
);

/** Options of KafkaHandler. */
export type KafkaHandlerOptions = v.InferInput<ReturnType<typeof kafkaHandlerSchema>>;
