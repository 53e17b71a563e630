import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { shippingEntries } from '../shipping-options.js';
import { clientEntry, hasMethods } from './client-options.js';

/** A message that came back, since no queue takes it. */
export interface ReturnedMessage {
  readonly fields: { readonly replyText?: string };
  readonly properties: { readonly messageId?: unknown };
}

/** A confirm channel of amqplib: the part that is used. */
export interface ConfirmChannel {
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: object,
    confirmed: (error: unknown) => void,
  ): unknown;
  on(event: 'return', listener: (message: ReturnedMessage) => void): unknown;
  on(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  off(event: 'return', listener: (message: ReturnedMessage) => void): unknown;
  off(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  close(): Promise<unknown>;
}

/** A connection of amqplib: the part that is used. */
export interface AMQPConnection {
  createConfirmChannel(): Promise<ConfirmChannel>;
}

/** The keys of an AMQPHandler in a configuration. */
export const amqpHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^amqps?:\/\//, 'expected an address that begins with amqp:// or amqps://'),
          v.description('The address of the broker: `amqp://user:password@rabbitmq:5672/vhost`.'),
        ),
      ),
      client: clientEntry<AMQPConnection | ConfirmChannel>(
        'a connection or a confirm channel of amqplib',
        (value) =>
          hasMethods(value, 'createConfirmChannel') || hasMethods(value, 'publish', 'waitForConfirms'),
      ),
      exchange: v.optional(
        v.pipe(v.string(), v.description('The exchange, which has to be there; default the one of queues.')),
        '',
      ),
      routingKey: v.optional(
        v.pipe(v.string(), v.description('The routing key; default the name of the queue.')),
      ),
      queue: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty('expected a name'),
          v.description(
            'A durable queue, made if it is not there, and bound to the exchange if there is one.',
          ),
        ),
      ),
      tls: tlsEntry('How TLS is spoken where the address begins with amqps: `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ url, client }) => (url === undefined) !== (client === undefined),
      'url: give either url or client',
    ),
    v.check(
      ({ exchange, routingKey, queue }) => exchange !== '' || routingKey !== undefined || queue !== undefined,
      'queue: give an exchange, a routingKey or a queue',
    ),
  ),
);

/** Options of AMQPHandler. */
export type AMQPHandlerOptions = v.InferInput<ReturnType<typeof amqpHandlerSchema>>;
