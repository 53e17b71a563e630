import type { Logger } from 'nestjs-logging';
import {
  Logger as CoreLogger,
  getLogger,
  LoggerAdapter,
  type LogOptions,
  error as logError,
} from 'nestjs-logging/core';

declare const logger: Logger;
declare const failure: Error;
declare const thrown: unknown;
// biome-ignore lint/suspicious/noExplicitAny: a habit too.
declare const anything: any;
declare const unknowns: unknown[];
declare const options: LogOptions;
declare const order: { id: number; extra: Record<string, unknown> };
interface Shape {
  id: number;
}
class Dto {
  id = 7;
}
declare const dto: Shape;
const adapter = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' });

// What is a habit compiles.
logger.info('paid');
logger.info('order %d paid', 7, { extra: { user: 'bob' }, excInfo: failure, stackInfo: true, stacklevel: 2 });
logger.info('order paid', { orderId: 7 });
logger.info('order %s paid', 'seven', { orderId: 7 });
logger.info({ orderId: 7 }, 'order paid');
logger.error(failure, 'payment failed');
logger.error('payment failed', failure);
logger.error('payment failed', thrown, { orderId: 7 });
logger.error('payment failed', { err: failure });
logger.exception('payment failed', thrown);
logger.exception(thrown);
logger.info('got %s', order);
logger.info(
  'm',
  options,
  anything,
  ...unknowns,
  undefined,
  null,
  Symbol('s'),
  10n,
  () => 1,
  new Map(),
  new Date(),
);
logger.log('INFO', 'order %d paid', 7, { extra: { user: 'bob' } });
logger.info('got it', { extra: dto });
logger.info('got it', { extra: new Dto(), excInfo: failure });
adapter.info('order paid', { orderId: 7 });
logError('failed', failure, { extra: { a: 1 } });

// Wrappers, stand-ins and classes of users do.
declare const level: 'info' | 'error';
logger[level]('m', { a: 1 });
class Repository<T> {
  save(value: T): void {
    logger.debug('saved %s', value);
    logger.debug('saved', value, { extra: { value } });
  }
}
function wrap<T extends object>(msg: string, meta: T, ...rest: unknown[]): void {
  logger.info(msg, meta);
  logger.info(msg, ...rest);
  logger.info(msg, { extra: { ...meta } });
}
class OwnLogger extends CoreLogger {
  override info(msg: unknown, ...args: unknown[]): void {
    super.info(msg, ...args);
  }
}
const standIn: Pick<Logger, 'info'> = { info: (_msg: unknown, ..._args: unknown[]) => undefined };
const write: (msg: unknown, ...args: unknown[]) => void = logger.info;
const given: Parameters<Logger['info']> = ['m', 1, { a: 1 }];

// What is certainly a mistake does not.
// @ts-expect-error a misspelt option
logger.error('m', { extra: { a: 1 }, excinfo: failure });
// @ts-expect-error a misspelt option behind the values
logger.info('order %d', 7, { extra: { a: 1 }, stackLevel: 2 });
// @ts-expect-error a field beside `extra`
logger.info('m', { extra: { a: 1 }, orderId: 7 });
// @ts-expect-error an option of the wrong type
logger.info('m', { extra: { a: 1 }, stacklevel: 'two' });
// @ts-expect-error with `log` too
logger.log('INFO', 'm', { extra: { a: 1 }, excinfo: failure });
// @ts-expect-error with an adapter too
adapter.info('m', { extra: { a: 1 }, excinfo: failure });
// @ts-expect-error with the functions for the root too
logError('m', { extra: { a: 1 }, excinfo: failure });

export { given, OwnLogger, Repository, standIn, wrap, write };
