import type { Socket } from 'node:net';
import { nodeModule } from '../../runtime/node-module.js';
import { DatagramTransport } from '../network/datagram-transport.js';
import { StreamTransport } from '../network/stream-transport.js';
import type { Transport } from '../network/transport.js';
import { makeUnixDatagramSocket, UnixDatagramTransport } from '../network/unix-datagram-transport.js';
import { type SyslogTls, syslogConnector } from './syslog-connector.js';
import type { SyslogAddress } from './syslog-options.js';

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
      datagram: () =>
        new UnixDatagramTransport(
          address.path,
          () => makeUnixDatagramSocket(address.path, 'SysLogHandler'),
          end,
        ),
    };
    if (socktype === undefined) return new LocalSyslogTransport(transports);
    return socktype === 'tcp' ? transports.stream() : transports.datagram();
  }
  const { host, port } = address;
  if (socktype !== 'tcp' && tls === undefined) return new DatagramTransport(host, port, { frame: end });
  const { connect: open, readyEvent } = syslogConnector(host, port, tls, 'SysLogHandler.tls');
  return stream(open, readyEvent);
}

/**
 * How messages are separated on a stream.
 *
 * - `'octet-counting'`: the length before each, RFC 6587 and RFC 5425; a message with any content stays one message.
 * - `'lf'`: a newline after each; newlines within are written `\n`.
 * - `'nul'`: a NUL after each, as Python sends them; newlines and NULs within are written `\n` and `\x00`, since
 *   receivers of this kind take both for the end.
 */
export type SyslogFraming = 'octet-counting' | 'lf' | 'nul';

/** A message ready for a stream. */
export function frameSyslog(message: Buffer, framing: SyslogFraming): Buffer {
  if (framing === 'octet-counting') return Buffer.concat([Buffer.from(`${message.length} `), message]);
  return Buffer.concat([oneLine(message), Buffer.of(framing === 'lf' ? 0x0a : 0)]);
}

/** Without what could end it early; bytes below 0x20 are never part of another character in UTF-8. */
function oneLine(message: Buffer): Buffer {
  if (!message.includes(0x0a) && !message.includes(0) && !message.includes(0x0d)) return message;
  return Buffer.from(
    message.toString().replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\0', '\\x00'),
  );
}

/** The two kinds of unix socket a local syslog server may have. */
export interface LocalTransports {
  stream(): Transport;
  datagram(): Transport;
}

/**
 * Messages to a unix socket of which it is not known whether it takes datagrams or a stream: found out by trying a
 * stream, which needs nothing but Node, first.
 */
class LocalSyslogTransport implements Transport {
  readonly #transports: LocalTransports;
  #chosen: Transport | undefined;
  /** The one that is being tried. */
  #tried: Transport | undefined;

  constructor(transports: LocalTransports) {
    this.#transports = transports;
  }

  get maxMessages(): number {
    return this.#chosen?.maxMessages ?? 1;
  }

  get socket(): object | null {
    return this.#chosen?.socket ?? null;
  }
  set socket(socket: object | null) {
    if (socket !== null) {
      this.close();
      this.#chosen = 'write' in socket ? this.#transports.stream() : this.#transports.datagram();
    }
    if (this.#chosen !== undefined) this.#chosen.socket = socket;
  }

  async open(): Promise<void> {
    if (this.#chosen !== undefined) return this.#chosen.open();
    const stream = this.#transports.stream();
    this.#tried = stream;
    try {
      await stream.open();
      this.#chosen = stream;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPROTOTYPE') throw error;
      this.#chosen = this.#transports.datagram();
      await this.#chosen.open();
    } finally {
      this.#tried = undefined;
    }
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    await this.#chosen?.send(messages);
  }

  close(): void {
    this.#tried?.close();
    this.#chosen?.close();
    // Another kind of server may listen there when it is opened again.
    this.#chosen = undefined;
  }
}
