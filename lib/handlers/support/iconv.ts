import { createRequire } from 'node:module';
import { LoggingError } from '../../core/errors.js';

/** What is used of `iconv-lite`. */
export interface Iconv {
  encode(text: string, encoding: string): Buffer;
  decode(bytes: Buffer, encoding: string): string;
  encodingExists(encoding: string): boolean;
}

/**
 * Loads the optional package `iconv-lite` for an encoding that Node does not have.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE`, or `ERR_LOGGING_OPTIONS` if it does not know the encoding.
 */
export function loadIconv(encoding: string): Iconv {
  const name = JSON.stringify(encoding);
  let iconv: Iconv;
  try {
    iconv = createRequire(import.meta.url)('iconv-lite') as Iconv;
  } catch (cause) {
    throw new LoggingError(
      'ERR_LOGGING_MISSING_PACKAGE',
      `encoding: ${name} is not one of utf-8, utf-16, latin-1, ascii; for any other, run: npm install iconv-lite`,
      { cause },
    );
  }
  if (iconv.encodingExists(encoding)) return iconv;
  throw new LoggingError('ERR_LOGGING_OPTIONS', `encoding: ${name} is unknown`);
}
