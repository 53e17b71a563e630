import * as v from 'valibot';
import { LoggingError } from '../../../core/errors.js';

/** The token of a provider of the application: a name, a symbol or a class, which Nest's container knows it by. */
export type ClientToken = string | symbol | (abstract new (...args: never[]) => unknown);

/**
 * The option `client`: an object that the application has, or its injection token.
 *
 * @param what What it is, for the reference: `'a client of ioredis'`.
 * @param isClient Whether an object is one.
 * @param otherwise What is used if it is left out, for the reference.
 */
export const clientEntry = <C extends object>(
  what: string,
  isClient: (value: object) => boolean,
  otherwise = '',
) =>
  v.optional(
    v.pipe(
      v.custom<C | ClientToken>(
        (value) => isClientToken(value) || (typeof value === 'object' && value !== null && isClient(value)),
        `expected ${what}, or the injection token of one`,
      ),
      v.description(
        `${what[0]?.toUpperCase()}${what.slice(1)} that the application has, or its injection token${otherwise}.`,
      ),
    ),
  );

/** Whether an object has all these methods. */
export function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** Whether a value is the token of a provider. */
export function isClientToken(value: unknown): value is ClientToken {
  return (
    typeof value === 'symbol' || typeof value === 'function' || (typeof value === 'string' && value !== '')
  );
}

/**
 * The client itself.
 *
 * @param key The option.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for a token: only Nest's container can resolve it.
 */
export function givenClient<C extends object>(
  handler: string,
  client: C | ClientToken | undefined,
  key = 'client',
): C | undefined {
  if (!isClientToken(client)) return client;
  const name = typeof client === 'function' ? client.name : String(client);
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `${handler}.${key}: ${name} is an injection token, which only a configuration of LoggingModule may name; give the object itself`,
  );
}
