import type { Socket } from 'node:net';
import { nodeModule } from '../../internal/node-module.js';
import { type TlsContextOptions, tlsOptions } from './tls-options.js';

/** How a connection to a syslog server is secured, as handlers' options have it. */
export type SyslogTls = TlsContextOptions & { readonly insecure?: boolean | undefined };

/** Starts connections, and names the event that tells that one may be used. */
export interface SyslogConnector {
  readonly readyEvent: 'connect' | 'secureConnect';
  connect(): Socket;
}

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
): SyslogConnector {
  if (tls === undefined)
    return { readyEvent: 'connect', connect: () => nodeModule('node:net').connect({ host, port }) };
  const { insecure = false, ...context } = tls;
  const options = { ...tlsOptions(context, where, insecure), host, port };
  if (options.servername === undefined && nodeModule('node:net').isIP(host) === 0) options.servername = host;
  return { readyEvent: 'secureConnect', connect: () => nodeModule('node:tls').connect(options) };
}
