import type { Transport } from './transport.js';

/** The two kinds of unix socket a local syslog server may have. */
export interface LocalTransports {
  stream(): Transport;
  datagram(): Transport;
}

/**
 * Messages to a unix socket of which it is not known whether it takes datagrams or a stream: found out by trying a
 * stream, which needs nothing but Node, first.
 */
export class LocalSyslogTransport implements Transport {
  readonly #transports: LocalTransports;
  #chosen: Transport | undefined;

  constructor(transports: LocalTransports) {
    this.#transports = transports;
  }

  get maxMessages(): number {
    return this.#chosen?.maxMessages ?? 1;
  }

  async open(): Promise<void> {
    if (this.#chosen !== undefined) return this.#chosen.open();
    const stream = this.#transports.stream();
    try {
      await stream.open();
      this.#chosen = stream;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPROTOTYPE') throw error;
      this.#chosen = this.#transports.datagram();
      await this.#chosen.open();
    }
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    await this.#chosen?.send(messages);
  }

  close(): void {
    this.#chosen?.close();
    // Another kind of server may listen there when it is opened again.
    this.#chosen = undefined;
  }
}
