import { loadOptionalPeer, notLoaded } from '../../../core/optional-peer.js';

/** The part of `@msgpack/msgpack` that is used. */
export interface Msgpack {
  encode(value: unknown): Uint8Array;
  decodeMultiStream(stream: AsyncIterable<Uint8Array>, options: object): AsyncGenerator<unknown>;
  readonly ExtData: new (type: number, data: Uint8Array) => object;
}

/** Loads `@msgpack/msgpack`. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
export function loadMsgpack(): Promise<Msgpack> {
  return loadOptionalPeer<Msgpack>({
    name: '@msgpack/msgpack',
    neededBy: 'FluentHandler',
    load: async () => {
      try {
        return await import('@msgpack/msgpack');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['decodeMultiStream', 'ExtData'],
  });
}
