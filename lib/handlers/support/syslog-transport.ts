import type { Socket } from 'node:net';
import { nodeModule } from '../../internal/node-module.js';
import { DatagramTransport } from './datagram-transport.js';
import { LocalSyslogTransport } from './local-syslog-transport.js';
import { StreamTransport } from './stream-transport.js';
import { type SyslogTls, syslogConnector } from './syslog-connector.js';
import { frameSyslog, type SyslogFraming } from './syslog-framing.js';
import type { SyslogAddress } from './syslog-options.js';
import type { Transport } from './transport.js';
import { UnixDatagramTransport } from './unix-datagram-transport.js';

/** What is known of the connection to a syslog server. */
export interface SyslogConnection {
  readonly address: SyslogAddress;
  /** `undefined` for a unix socket of which it is not known. */
  readonly socktype: 'udp' | 'tcp' | undefined;
  readonly framing: SyslogFraming;
  /** Whether a NUL ends the next datagram. */
  readonly appendsNul: () => boolean;
  readonly connectTimeoutMs: number | undefined;
  /** See {@link StreamTransportOptions.settleMs}. */
  readonly settleMs: number | undefined;
  readonly tls: SyslogTls | undefined;
}

/**
 * Makes the transport for a connection.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if a certificate or key cannot be read.
 */
export function makeSyslogTransport(connection: SyslogConnection): Transport {
  const { address, socktype, framing, connectTimeoutMs, settleMs, tls } = connection;
  const end = (message: Buffer) =>
    connection.appendsNul() ? Buffer.concat([message, Buffer.of(0)]) : message;
  const frame = (message: Buffer) => frameSyslog(message, framing);
  const stream = (open: () => Socket, readyEvent?: string) =>
    new StreamTransport({ connect: open, readyEvent, connectTimeoutMs, settleMs, frame });
  if ('path' in address) {
    const transports = {
      stream: () => stream(() => nodeModule('node:net').connect({ path: address.path })),
      datagram: () => new UnixDatagramTransport(address.path, 'SysLogHandler', end),
    };
    if (socktype === undefined) return new LocalSyslogTransport(transports);
    return socktype === 'tcp' ? transports.stream() : transports.datagram();
  }
  const { host, port } = address;
  if (socktype !== 'tcp' && tls === undefined) return new DatagramTransport(host, port, end);
  const { connect: open, readyEvent } = syslogConnector(host, port, tls, 'SysLogHandler.tls');
  return stream(open, readyEvent);
}
