import { notLoaded } from '../../../runtime/optional-peer.js';
import { loadPeer } from '../brokers/client.js';

/** The part of `@msgpack/msgpack` that is used. */
export interface Msgpack {
  encode(value: unknown): Uint8Array;
  decodeMultiStream(stream: AsyncIterable<Uint8Array>, options: object): AsyncGenerator<unknown>;
  readonly ExtData: new (type: number, data: Uint8Array) => object;
}

/** Loads `@msgpack/msgpack`. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
export function loadMsgpack(): Promise<Msgpack> {
  return loadPeer<Msgpack>({
    name: '@msgpack/msgpack',
    neededBy: 'FluentHandler',
    load: async () => {
      try {
        return await import('@msgpack/msgpack');
      } catch (error) {
        return notLoaded(error);
      }
    },
    pick: (module) =>
      typeof module.decodeMultiStream === 'function' && typeof module.ExtData === 'function'
        ? (module as unknown as Msgpack)
        : undefined,
  });
}
