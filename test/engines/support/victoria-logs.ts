import { freePort } from '../../support/free-port.js';
import { type Engine, engineFile, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** How VictoriaLogs runs. */
export interface VictoriaLogsOptions {
  /** More of its flags, like `-loki.disableMessageParsing`; they win over those given here. */
  readonly flags?: readonly string[];
}

/** A record as VictoriaLogs answers it: `_time`, `_msg`, `_stream`, and its fields, all strings. */
export type VictoriaLogsRecord = Readonly<Record<string, string>>;

/** A VictoriaLogs of one's own. It saves what it has acknowledged every second: a kill may lose what is younger. */
export interface VictoriaLogs extends Engine {
  /**
   * Where it listens. It takes Loki at `/insert/loki/api/v1/push` (below the base `/insert`), bulk at
   * `/insert/elasticsearch/_bulk`, OTLP at `/insert/opentelemetry/v1/logs`, Datadog at
   * `/insert/datadog/api/v2/logs` and journald at `/insert/journald/upload`.
   */
  readonly url: string;
  /** Takes syslog over TCP. */
  readonly syslogPort: number;
  /** All records that a LogsQL query finds; by default all there are. */
  query(logsQL?: string): Promise<VictoriaLogsRecord[]>;
  /** How many records a LogsQL filter finds. */
  count(filter?: string): Promise<number>;
  /** Resolves with the records when so many are found. */
  received(count: number, logsQL?: string, timeoutMs?: number): Promise<VictoriaLogsRecord[]>;
  /** Makes it save what it has acknowledged, so that a kill loses none of it. */
  save(): Promise<void>;
}

/** Starts a VictoriaLogs on ports that were free. */
export async function startVictoriaLogs({ flags = [] }: VictoriaLogsOptions = {}): Promise<VictoriaLogs> {
  const folder = dataFolder('victoria-logs');
  const [port, syslogPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const engine = new EngineProcess(folder, {
    name: 'VictoriaLogs',
    command: engineFile('victoria-logs', 'victoria-logs'),
    args: [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${port}`,
      `-syslog.listenAddr.tcp=127.0.0.1:${syslogPort}`,
      '-memory.allowedBytes=128MiB',
      // Records may be of any time, and of 200 KB and more.
      ...['-retentionPeriod=100y', '-futureRetention=100y', '-insert.maxLineSizeBytes=2MiB'],
      ...['-inmemoryDataFlushInterval=1s', '-http.maxGracefulShutdownDuration=1s'],
      ...flags,
    ],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  await engine.start();

  async function ask(path: string, parameters: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(url + path, { method: 'POST', body: new URLSearchParams(parameters) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`VictoriaLogs answered ${answer.status} to ${path}: ${text}`);
    return text;
  }
  async function query(logsQL = '*'): Promise<VictoriaLogsRecord[]> {
    // What was acknowledged is found only a second later, unless asked so.
    await ask('/internal/force_flush');
    return (await ask('/select/logsql/query', { query: logsQL }))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as VictoriaLogsRecord);
  }
  async function count(filter = '*'): Promise<number> {
    return Number((await query(`${filter} | count() as n`))[0]?.n);
  }
  return {
    url,
    syslogPort,
    query,
    count,
    async received(wanted, logsQL = '*', timeoutMs = 15_000) {
      let found: VictoriaLogsRecord[] = [];
      await until(
        `VictoriaLogs has ${wanted} records`,
        async () => {
          found = await query(logsQL);
          return found.length >= wanted;
        },
        timeoutMs,
      );
      return found;
    },
    async save() {
      await ask('/internal/force_flush');
      // A snapshot writes down all that is in memory, records and index.
      const snapshots = JSON.parse(await ask('/internal/partition/snapshot/create')) as string[];
      for (const path of snapshots) await ask('/internal/partition/snapshot/delete', { path });
      // But for what was being written at that moment.
      await until('VictoriaLogs has saved its records', async () =>
        /^vl_storage_parts\{type="storage\/inmemory"\} 0$/m.test(await ask('/metrics')),
      );
    },
    ...engine.controls,
  };
}
