import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import { type Engine, engineFile, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** A value as OTLP's JSON has it: `{ stringValue }`, `{ intValue: '1' }`, `{ kvlistValue: { values } }`, … */
export type OTLPValue = Readonly<Record<string, unknown>>;

/** The attributes of a record, a scope or a resource. */
export type OTLPAttributes = readonly { readonly key: string; readonly value?: OTLPValue }[];

/** A record as the collector understood it, in OTLP's JSON, with what stands around it. */
export interface CollectedRecord {
  readonly resource: { readonly attributes?: OTLPAttributes };
  readonly scope: { readonly name?: string; readonly version?: string; readonly attributes?: OTLPAttributes };
  readonly record: {
    /** Nanoseconds, as a string; left out where it is 0. */
    readonly timeUnixNano?: string;
    readonly observedTimeUnixNano?: string;
    readonly severityNumber?: number;
    readonly severityText?: string;
    readonly eventName?: string;
    readonly body?: OTLPValue;
    readonly attributes?: OTLPAttributes;
    /** Hexadecimal; empty where there is none. */
    readonly traceId?: string;
    readonly spanId?: string;
    readonly flags?: number;
  };
}

/** An OpenTelemetry collector of one's own. What it has acknowledged is in its file, and a kill loses none of it. */
export interface OTelCollector extends Engine {
  /** OTLP over HTTP; logs go to `/v1/logs` below it. */
  readonly url: string;
  /** OTLP over gRPC. */
  readonly grpcPort: number;
  /** Fluent Forward over TCP. */
  readonly fluentPort: number;
  /** Syslog of RFC 5424 over TCP, framed by octet counting or newlines. */
  readonly syslogPort: number;
  /** The records it has written so far, in order. */
  query(): CollectedRecord[];
  /** Resolves with the records when there are so many. */
  received(count: number, timeoutMs?: number): Promise<CollectedRecord[]>;
}

/** Starts a collector on ports that were free. */
export async function startOTelCollector(): Promise<OTelCollector> {
  const folder = dataFolder('otel-collector');
  const output = path.join(folder, 'logs.jsonl');
  const [port, grpcPort] = [await freePort(), await freePort()];
  const [fluentPort, syslogPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(
    path.join(folder, 'collector.yaml'),
    JSON.stringify({
      receivers: {
        otlp: {
          protocols: {
            http: { endpoint: `127.0.0.1:${port}` },
            grpc: { endpoint: `127.0.0.1:${grpcPort}` },
          },
        },
        fluentforward: { endpoint: `127.0.0.1:${fluentPort}` },
        syslog: { protocol: 'rfc5424', tcp: { listen_address: `127.0.0.1:${syslogPort}` } },
      },
      // A file that may be rotated is written without a buffer: what is acknowledged is in it.
      exporters: { file: { path: output, rotation: { max_megabytes: 100_000 } } },
      service: {
        pipelines: { logs: { receivers: ['otlp', 'fluentforward', 'syslog'], exporters: ['file'] } },
      },
    }),
  );
  const engine = new EngineProcess(folder, {
    name: 'the OpenTelemetry collector',
    command: engineFile('otel-collector', 'otel-collector'),
    args: ['--config', path.join(folder, 'collector.yaml')],
    env: { GOMEMLIMIT: '256MiB' },
    // No such page, but an answer.
    ready: async () => (await fetch(url)).status === 404,
  });
  await engine.start();

  function query(): CollectedRecord[] {
    if (!existsSync(output)) return [];
    return readFileSync(output, 'utf8')
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => recordsOf(JSON.parse(line)));
  }
  return {
    url,
    grpcPort,
    fluentPort,
    syslogPort,
    query,
    async received(count, timeoutMs = 15_000) {
      await until(`the collector has ${count} records`, () => query().length >= count, timeoutMs);
      return query();
    },
    ...engine.controls,
  };
}

interface ExportedLogs {
  readonly resourceLogs?: readonly {
    readonly resource?: CollectedRecord['resource'];
    readonly scopeLogs?: readonly {
      readonly scope?: CollectedRecord['scope'];
      readonly logRecords?: readonly CollectedRecord['record'][];
    }[];
  }[];
}

/** The records of one export, each with its resource and scope. */
function recordsOf({ resourceLogs = [] }: ExportedLogs): CollectedRecord[] {
  return resourceLogs.flatMap(({ resource = {}, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope = {}, logRecords = [] }) =>
      logRecords.map((record) => ({ resource, scope, record })),
    ),
  );
}
