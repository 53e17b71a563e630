/**
 * All handlers: those that come with the package, and those that send records somewhere, by syslog, mail, HTTP, a socket
 * or a broker, or to an engine that keeps them. Configurations name them without an import.
 *
 * Also what a handler of an application's own is derived from.
 *
 * @packageDocumentation
 */
export * from './handlers/components.js';
export type { HttpAnswer } from './handlers/http/http-request.js';
export type { DigestOptions } from './handlers/mail/digest.js';
export {
  type DjangoSettings,
  registerExceptionReporter,
  setDjangoSettings,
} from './handlers/mail/django-settings.js';
export {
  type ExceptionReport,
  ExceptionReporter,
  type ExceptionReporterClass,
} from './handlers/mail/exception-reporter.js';
export type { MailMessage, MailTransport, Nodemailer } from './handlers/mail/mail-transport.js';
export type { TlsContextOptions } from './handlers/network/tls-options.js';
export type { ClientToken } from './handlers/shipping/brokers/client-options.js';
export type {
  BatchSettings,
  Destination,
  DestinationHealth,
  SendResult,
} from './handlers/shipping/destination.js';
export {
  type HttpDestination,
  type HttpServer,
  type HttpShipment,
  HttpShippingHandler,
} from './handlers/shipping/http/http-shipping-handler.js';
export {
  type HttpAuth,
  type HttpShippingSettings,
  httpAuth,
  httpShippingEntries,
  httpUrl,
} from './handlers/shipping/http/http-shipping-options.js';
export {
  httpVerdict,
  type StatusVerdict,
  type StatusVerdicts,
} from './handlers/shipping/http/http-verdict.js';
export type { Encoded, ShippingEntry } from './handlers/shipping/shipping-entry.js';
export { ShippingHandler } from './handlers/shipping/shipping-handler.js';
export { type ShippingOptions, shippingEntries } from './handlers/shipping/shipping-options.js';
export {
  type BatchVerdict,
  type DeliveredVerdict,
  delivered,
  type PartlyVerdict,
  type RecordVerdict,
  type RefusedVerdict,
  type RejectedVerdict,
  type RetryVerdict,
  rejected,
  retry,
  type SplitVerdict,
} from './handlers/shipping/verdict.js';
