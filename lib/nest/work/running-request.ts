import { branded } from '../../runtime/brand.js';
import type { Work } from './running-work.js';

/**
 * The property of a request of Node, and of its response, that holds the state; the same for every copy of this package.
 * An ordinary property is read several times as fast as an entry of a WeakMap, and made far faster than one that is not
 * enumerable.
 */
export const STATE: unique symbol = Symbol.for('nestjs-logging.request-state');

/** An HTTP request while it is handled, as seen by what came with it, such as a GraphQL operation. */
export interface RunningRequest extends Work {
  /** The id that all of its records have. */
  readonly id: string;
  /** Whether another record, such as that of a GraphQL operation, has a failure of this request. */
  hasFailureRecord: boolean;
  /** Adds a function to call when the response is closed, before the request's own records are made. */
  beforeEnd(work: () => void): void;
}

/** Whether the running work is a request. */
export const isRequest = branded<RunningRequest>('request');

interface Followed {
  [STATE]?: RunningRequest;
}

/** The request behind a request or response of Node, Express or Fastify, if it is followed. */
export function requestBehind(object: unknown): RunningRequest | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  const own = (object as Followed)[STATE];
  if (own !== undefined) return own;
  const { raw } = object as { raw?: unknown };
  return typeof raw === 'object' && raw !== null ? (raw as Followed)[STATE] : undefined;
}
