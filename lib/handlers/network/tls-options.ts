import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { lazy } from '../../runtime/lazy.js';

const pem = (what: string) =>
  v.pipe(
    v.custom<string | Buffer>(
      (value) => (typeof value === 'string' && value !== '') || Buffer.isBuffer(value),
      'expected a file name, a string in PEM, or a Buffer',
    ),
    v.description(`${what}: a file name, or the PEM text itself.`),
  );

const secret = lazy(() => v.custom<string>((value) => typeof value === 'string', 'expected a string'));

/** Schema of what a TLS connection is made with, in place of Python's `ssl.SSLContext`. */
export const tlsContextSchema = lazy(() =>
  v.strictObject({
    ca: v.optional(pem('Authorities to trust in place of the public ones')),
    cert: v.optional(pem('Our certificate')),
    key: v.optional(pem('The key of our certificate')),
    passphrase: v.optional(v.pipe(secret(), v.description('Opens the key.'))),
    servername: v.optional(
      v.pipe(
        v.string(),
        v.nonEmpty(),
        v.description('The name the certificate must be for; default the host.'),
      ),
    ),
    minVersion: v.optional(
      v.pipe(
        v.picklist(['TLSv1.2', 'TLSv1.3'], "expected 'TLSv1.2' or 'TLSv1.3'"),
        v.description('The oldest version to speak.'),
      ),
      'TLSv1.2',
    ),
  }),
);

/** What a TLS connection is made with. */
export type TlsContextOptions = v.InferInput<ReturnType<typeof tlsContextSchema>>;

/**
 * The options of `tls.connect` for a context.
 *
 * @param where The option, for errors: `HTTPHandler.context`.
 * @param isInsecure Whether any certificate will do.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if a file cannot be read.
 */
export function tlsOptions(
  context: TlsContextOptions | undefined,
  where: string,
  isInsecure: boolean,
): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: !isInsecure };
  for (const key of ['ca', 'cert', 'key'] as const) {
    const value = context?.[key];
    if (value !== undefined) options[key] = readPem(value, `${where}.${key}`);
  }
  if (context?.passphrase !== undefined) options.passphrase = context.passphrase;
  if (context?.servername !== undefined) options.servername = context.servername;
  options.minVersion = context?.minVersion ?? 'TLSv1.2';
  return options;
}

/** The content of a file, or the string itself if it is PEM. @throws {LoggingError} `ERR_LOGGING_FILE` */
export function readPem(value: string | Buffer, where: string): string | Buffer {
  if (typeof value !== 'string' || value.includes('-----BEGIN')) return value;
  try {
    return readFileSync(value);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new LoggingError('ERR_LOGGING_FILE', `${where}: cannot read the file "${value}" (${reason})`, {
      cause: error,
    });
  }
}

/** Warns, as Node does of its own switch, that anybody in between can read and change what is sent. */
export function warnInsecure(handler: string, host: string): void {
  process.emitWarning(`${handler} does not verify the certificate of ${host} (insecure: true)`, {
    type: 'SecurityWarning',
    code: 'LOGGING_INSECURE_TLS',
  });
}

/**
 * Warns of a password sent in the clear over the network; not if it stays on this machine.
 *
 * @param remedy The option that encrypts: `secure: true`.
 */
export function warnPlainPassword(handler: string, host: string, remedy: string): void {
  if (/^(localhost|127\.[\d.]+|::1|\[::1\])(:\d+)?$/.test(host)) return;
  process.emitWarning(`${handler} sends its password to ${host} without encryption; add ${remedy}`, {
    type: 'SecurityWarning',
    code: 'LOGGING_PLAIN_PASSWORD',
  });
}
