import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { nodeModule } from '../../runtime/node-module.js';

/** Starts connections, and names the event after which one may be used. */
export interface Connector {
  readonly readyEvent: 'connect' | 'secureConnect';
  connect(): Socket;
}

/**
 * How to connect to a server over TCP or TLS.
 *
 * @param tls `undefined` for plain TCP.
 */
export function connector(host: string, port: number, tls: ConnectionOptions | undefined): Connector {
  if (tls === undefined)
    return { readyEvent: 'connect', connect: () => nodeModule('node:net').connect({ host, port }) };
  const options = { ...tls, host, port };
  // TLS has no server names that are addresses.
  if (options.servername === undefined && nodeModule('node:net').isIP(host) === 0) options.servername = host;
  return { readyEvent: 'secureConnect', connect: () => nodeModule('node:tls').connect(options) };
}
