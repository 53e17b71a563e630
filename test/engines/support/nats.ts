import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** A message of a stream. */
export interface NATSMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A NATS server of one's own, with JetStream, which keeps its streams in files. */
export interface NATS extends Engine {
  readonly port: number;
  readonly url: string;
  /** Makes a stream for subjects, kept in a file. Repeats of a `Nats-Msg-Id` are dropped for two minutes. */
  addStream(name: string, subjects: readonly string[]): Promise<void>;
  /** All messages of a stream, in order. */
  query(stream: string): Promise<NATSMessage[]>;
  /** Resolves with the messages when there are so many. */
  received(stream: string, count: number, timeoutMs?: number): Promise<NATSMessage[]>;
}

/** Starts a NATS server on a port that was free. */
export async function startNATS(): Promise<NATS> {
  const folder = dataFolder('nats');
  const port = await freePort();
  const url = `nats://127.0.0.1:${port}`;
  const engine = new EngineProcess(folder, {
    name: 'NATS',
    command: 'nats-server',
    args: ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder],
    env: { GOMEMLIMIT: '256MiB' },
    ready: () => engine.printed.includes('Server is ready'),
  });
  await engine.start();

  async function query(stream: string): Promise<NATSMessage[]> {
    const connection = await connect({ servers: url });
    try {
      const manager = await jetstreamManager(connection);
      const { state } = await manager.streams.info(stream);
      const messages: NATSMessage[] = [];
      if (state.messages === 0) return messages;
      const { name } = await manager.consumers.add(stream, {
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.All,
      });
      const consumer = await jetstream(connection).consumers.get(stream, name);
      for await (const message of await consumer.consume()) {
        const headers = [...(message.headers ?? [])].map(([key, values]) => [key, values.join()]);
        messages.push({
          sequence: message.seq,
          subject: message.subject,
          data: message.string(),
          headers: Object.fromEntries(headers),
        });
        if (message.seq >= state.last_seq) break;
      }
      return messages;
    } finally {
      await connection.close();
    }
  }
  return {
    port,
    url,
    async addStream(name, subjects) {
      const connection = await connect({ servers: url });
      try {
        await (await jetstreamManager(connection)).streams.add({ name, subjects: [...subjects] });
      } finally {
        await connection.close();
      }
    },
    query,
    async received(stream, count, timeoutMs = 15_000) {
      let messages: NATSMessage[] = [];
      await until(
        `NATS has ${count} messages in ${stream}`,
        async () => {
          messages = await query(stream);
          return messages.length >= count;
        },
        timeoutMs,
      );
      return messages;
    },
    ...engine.controls,
  };
}
