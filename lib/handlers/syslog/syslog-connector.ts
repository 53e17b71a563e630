import { type Connector, connector } from '../network/connector.js';
import { type TlsContextOptions, tlsOptions } from '../network/tls-options.js';

/** How a connection to a syslog server is secured, as handlers' options have it. */
export type SyslogTls = TlsContextOptions & { readonly insecure?: boolean | undefined };

/**
 * How to connect to a syslog server over TCP or TLS.
 *
 * @param tls `undefined` for plain TCP.
 * @param where The option that `tls` is, for errors.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if a certificate or key cannot be read.
 */
export function syslogConnector(
  host: string,
  port: number,
  tls: SyslogTls | undefined,
  where: string,
): Connector {
  if (tls === undefined) return connector(host, port, undefined);
  const { insecure = false, ...context } = tls;
  return connector(host, port, tlsOptions(context, where, insecure));
}
