import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import { type Engine, engineFile } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** A line as Loki answers it. */
export interface LokiLine {
  /** The labels of its stream, and its structured metadata. */
  readonly fields: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly line: string;
}

/** A Loki of one's own, all of its parts in one process; its limits are its own defaults, unless others are given. */
export interface Loki extends Engine {
  readonly url: string;
  /** All lines that a LogQL query finds within the last hours. */
  query(logQL: string): Promise<LokiLine[]>;
}

/** The most lines that it gives at once. */
const PAGE = 5_000;

/** Starts a Loki on ports that were free. @param limits Its `limits_config`. */
export async function startLoki(limits: Readonly<Record<string, unknown>> = {}): Promise<Loki> {
  const folder = dataFolder('loki');
  const [port, grpcPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const configuration = path.join(folder, 'loki.yaml');
  // JSON is YAML.
  writeFileSync(configuration, JSON.stringify(configurationOf(folder, port, grpcPort, limits)));
  const engine = new EngineProcess(folder, {
    name: 'Loki',
    command: engineFile('loki', 'loki'),
    args: [`-config.file=${configuration}`],
    ready: async () => (await fetch(`${url}/ready`)).ok,
  });
  await engine.start();

  async function page(logQL: string, start: bigint): Promise<LokiLine[]> {
    const asked = { query: logQL, limit: String(PAGE), direction: 'forward', start: String(start) };
    const answer = await fetch(`${url}/loki/api/v1/query_range?${new URLSearchParams(asked)}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Loki answered ${answer.status} to ${logQL}: ${text}`);
    const { data } = JSON.parse(text) as {
      data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
    };
    return data.result.flatMap(({ stream, values }) =>
      values.map(([time, line]) => ({ fields: stream, time: BigInt(time), line })),
    );
  }
  return {
    url,
    async query(logQL) {
      const found = new Map<string, LokiLine>();
      for (let start = BigInt(Date.now() - 7_200_000) * 1_000_000n; ; ) {
        const lines = await page(logQL, start);
        // Pages begin with the time at which the last one ended.
        for (const line of lines) found.set(`${line.time} ${JSON.stringify(line.fields)} ${line.line}`, line);
        const last = lines.reduce((latest, { time }) => (time > latest ? time : latest), start);
        if (lines.length < PAGE || last === start) return [...found.values()];
        start = last;
      }
    },
    ...engine.controls,
  };
}

function configurationOf(folder: string, port: number, grpcPort: number, limits: object): object {
  const host = '127.0.0.1';
  return {
    auth_enabled: false,
    server: {
      ...{ http_listen_address: host, http_listen_port: port },
      ...{ grpc_listen_address: host, grpc_listen_port: grpcPort, log_level: 'warn' },
    },
    common: {
      ...{ instance_addr: host, path_prefix: path.join(folder, 'data'), replication_factor: 1 },
      storage: {
        filesystem: {
          chunks_directory: path.join(folder, 'chunks'),
          rules_directory: path.join(folder, 'rules'),
        },
      },
      ring: { kvstore: { store: 'inmemory' } },
    },
    ingester: { lifecycler: { min_ready_duration: '0s' } },
    schema_config: {
      configs: [
        {
          ...{ from: '2020-10-24', store: 'tsdb', object_store: 'filesystem', schema: 'v13' },
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    limits_config: limits,
    analytics: { reporting_enabled: false },
  };
}
