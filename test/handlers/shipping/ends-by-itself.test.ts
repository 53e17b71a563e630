import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BRIEF_MESSAGES, BriefProcess } from '../../support/brief-process.js';
import { FluentSink } from '../../support/fluent-server.js';
import { freePort } from '../../support/free-port.js';
import { GelfServer } from '../../support/gelf-server.js';
import { HttpSink, type Reply } from '../../support/http-sink.js';
import { startTcpSink, startUdpSink } from '../../support/line-sink.js';
import { RelpServer } from '../../support/relp-server.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

/** A server, and all that it has, as text. */
interface Sink {
  readonly port: number;
  text(): Promise<string> | string;
  close(): Promise<void>;
}

async function http(answer: (url: string, count: number) => Reply): Promise<Sink> {
  const sink = await new HttpSink().listen();
  sink.answer = ({ url, body }) => answer(url, body.match(/"create"/g)?.length ?? 0);
  return {
    port: sink.port,
    text: () => sink.requests.map(({ body }) => body).join('\n'),
    close: () => sink.close(),
  };
}

async function gelf(protocol: 'tcp' | 'udp' | 'http'): Promise<Sink> {
  const server = await new GelfServer(protocol).start();
  return {
    port: server.port,
    text: () => server.messages.map((message) => JSON.stringify(message)).join('\n'),
    close: () => server.stop(),
  };
}

async function fluent(): Promise<Sink> {
  const server = await new FluentSink().start();
  return {
    port: server.port,
    text: () => server.events.map(({ record }) => JSON.stringify(record)).join('\n'),
    close: () => server.stop(),
  };
}

async function relp(): Promise<Sink> {
  const server = await new RelpServer().listen();
  return { port: server.port, text: () => server.messages.join('\n'), close: () => server.close() };
}

const bulk = (_: string, count: number): Reply => ({
  status: 200,
  body: JSON.stringify({ errors: false, items: new Array(count).fill({ create: { status: 201 } }) }),
});

interface Destination {
  readonly handler: string;
  readonly start: () => Promise<Sink>;
  readonly options: (port: number) => object;
  /** Whether it has no connection whose end it would notice, and thus no spool. */
  readonly isLoose?: boolean;
}

const url = (port: number) => `http://127.0.0.1:${port}`;
const host = '127.0.0.1';
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

const DESTINATIONS: Readonly<Record<string, Destination>> = {
  OTLP: {
    handler: 'OTLPHandler',
    start: () => http(() => 200),
    options: (port) => ({ endpoint: url(port), protocol: 'http/json' }),
  },
  Loki: { handler: 'LokiHandler', start: () => http(() => 204), options: (port) => ({ url: url(port) }) },
  Elasticsearch: {
    handler: 'ElasticsearchHandler',
    start: () => http(bulk),
    options: (port) => ({ url: url(port), index: 'logs' }),
  },
  Splunk: {
    handler: 'SplunkHandler',
    start: () => http(() => 200),
    options: (port) => ({ url: url(port), token: 't' }),
  },
  Datadog: {
    handler: 'DatadogHandler',
    start: () => http(() => 202),
    options: (port) => ({ url: url(port), apiKey: 'k' }),
  },
  CloudWatch: {
    handler: 'CloudWatchHandler',
    start: () =>
      http(() => ({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' })),
    options: (port) => ({
      endpoint: url(port),
      logGroup: 'g',
      logStream: 's',
      region: 'eu-central-1',
      credentials,
    }),
  },
  HTTP: {
    handler: 'HTTPHandler',
    start: () => http(() => 200),
    options: (port) => ({ host: `${host}:${port}`, url: '/', method: 'POST', format: 'json' }),
  },
  'GELF over TCP': {
    handler: 'GELFHandler',
    start: () => gelf('tcp'),
    options: (port) => ({ host, port, protocol: 'tcp' }),
  },
  'GELF over HTTP': {
    handler: 'GELFHandler',
    start: () => gelf('http'),
    options: (port) => ({ host, port, protocol: 'http' }),
  },
  'GELF over UDP': {
    handler: 'GELFHandler',
    start: () => gelf('udp'),
    options: (port) => ({ host, port, protocol: 'udp' }),
    isLoose: true,
  },
  Fluent: {
    handler: 'FluentHandler',
    start: fluent,
    options: (port) => ({ host, port, tag: 'shop', ack: true }),
  },
  RELP: { handler: 'RelpHandler', start: relp, options: (port) => ({ address: [host, port] }) },
  'syslog over TCP': {
    handler: 'SysLogHandler',
    start: startTcpSink,
    options: (port) => ({ address: [host, port], socktype: 'tcp' }),
  },
  'syslog over UDP': {
    handler: 'SysLogHandler',
    start: startUdpSink,
    options: (port) => ({ address: [host, port] }),
    isLoose: true,
  },
  socket: {
    handler: 'SocketHandler',
    start: startTcpSink,
    options: (port) => ({ host, port, format: 'json' }),
  },
};

describe('a process that logs, and then has nothing more to do, ends by itself', () => {
  const folder = useTemporaryFolder();
  const program = new BriefProcess();

  it.each(Object.entries(DESTINATIONS))(
    'with its records delivered: %s',
    async (_, { handler, start, options }) => {
      const sink = await start();
      try {
        expect(await program.end(handler, options(sink.port))).toEqual({ code: 0, errors: '' });
        const text = await sink.text();
        expect(BRIEF_MESSAGES.filter((message) => !text.includes(message))).toEqual([]);
      } finally {
        await sink.close();
      }
    },
    60_000,
  );

  it.each(Object.entries(DESTINATIONS).filter(([, { isLoose }]) => !isLoose))(
    'with its records in the spool where the server is away: %s',
    async (_, { handler, options }) => {
      const directory = folder.file('spool');
      const end = await program.end(handler, { ...options(await freePort()), spool: { directory } });
      expect(end).toMatchObject({ code: 0, errors: expect.stringMatching(/ECONNREFUSED|connection/) });
      const spooled = readdirSync(directory)
        .filter((name) => name.endsWith('.spool'))
        .map((name) => readFileSync(join(directory, name), 'latin1'))
        .join('');
      expect(BRIEF_MESSAGES.filter((message) => !spooled.includes(message))).toEqual([]);
    },
    60_000,
  );

  it.each(['Loki', 'syslog over TCP'])(
    'and says what is lost, where there is no spool either: %s',
    async (name) => {
      const { handler, options } = DESTINATIONS[name] as Destination;
      const { code, errors } = await program.end(handler, options(await freePort()));
      expect(code).toBe(0);
      expect(
        errors.match(/the process ended before 3 records were sent; last failure: .*ECONNREFUSED/g),
      ).toHaveLength(1);
    },
  );
});
