import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Handler, type LogRecord } from 'nestjs-logging/core';
import {
  type ContractOptions,
  describeHandlerContract,
  type HandlerContract,
  ListHandler,
} from 'nestjs-logging/testing';
import { StreamHandler } from '../../lib/handlers/console/stream.handler.js';
import { FileHandler } from '../../lib/handlers/file/file.handler.js';
import { RotatingFileHandler } from '../../lib/handlers/file/rotation/rotating-file.handler.js';
import { TimedRotatingFileHandler } from '../../lib/handlers/file/rotation/timed-rotating-file.handler.js';
import { WatchedFileHandler } from '../../lib/handlers/file/watched-file.handler.js';
import { HTTPHandler } from '../../lib/handlers/http/http.handler.js';
import { AdminEmailHandler } from '../../lib/handlers/mail/admin-email.handler.js';
import { SMTPHandler } from '../../lib/handlers/mail/smtp.handler.js';
import { BufferingHandler } from '../../lib/handlers/memory/buffering.handler.js';
import { MemoryHandler } from '../../lib/handlers/memory/memory.handler.js';
import { DatagramHandler } from '../../lib/handlers/network/datagram.handler.js';
import { SocketHandler } from '../../lib/handlers/network/socket.handler.js';
import { NullHandler } from '../../lib/handlers/null.handler.js';
import { QueueHandler } from '../../lib/handlers/queue/queue.handler.js';
import type { ConfirmChannel } from '../../lib/handlers/shipping/brokers/amqp.handler.js';
import { AMQPHandler } from '../../lib/handlers/shipping/brokers/amqp.handler.js';
import type { KafkaProducer } from '../../lib/handlers/shipping/brokers/kafka.handler.js';
import { KafkaHandler } from '../../lib/handlers/shipping/brokers/kafka.handler.js';
import { NATSHandler } from '../../lib/handlers/shipping/brokers/nats.handler.js';
import { RedisStreamHandler } from '../../lib/handlers/shipping/brokers/redis-stream.handler.js';
import { CloudWatchHandler } from '../../lib/handlers/shipping/cloudwatch/cloudwatch.handler.js';
import { FluentHandler } from '../../lib/handlers/shipping/fluent/fluent.handler.js';
import { GELFHandler } from '../../lib/handlers/shipping/gelf/gelf.handler.js';
import { DatadogHandler } from '../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../lib/handlers/shipping/http/loki.handler.js';
import { SplunkHandler } from '../../lib/handlers/shipping/http/splunk.handler.js';
import { JournaldHandler } from '../../lib/handlers/shipping/journald/journald.handler.js';
import { OpenTelemetryHandler } from '../../lib/handlers/shipping/otlp/open-telemetry.handler.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import type { RelpHandlerOptions } from '../../lib/handlers/syslog/relp/relp.handler.js';
import { RelpHandler } from '../../lib/handlers/syslog/relp/relp.handler.js';
import { SysLogHandler } from '../../lib/handlers/syslog/syslog.handler.js';
import { jsonString } from '../../lib/python/json/json-string.js';
import { FluentSink } from '../support/fluent-server.js';
import { HttpSink, type Reply } from '../support/http-sink.js';
import { JournalStream } from '../support/journal-server.js';
import { type ByteSink, startTcpSink, startUdpSink } from '../support/line-sink.js';
import { MailServer } from '../support/mail-server.js';
import { RelpServer } from '../support/relp-server.js';

const runner = { describe, it, expect };

/** The shortest handler a user can write. */
class ArrayHandler extends Handler {
  readonly lines: string[] = [];

  emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

describeHandlerContract('NullHandler', { create: (options) => new NullHandler(options) }, runner);

describeHandlerContract(
  "a user's handler",
  {
    create: (options) => new ArrayHandler(options),
    read: (handler) => handler.lines.join('\n'),
  },
  runner,
);

describeHandlerContract(
  'ListHandler',
  {
    create: (options) => new ListHandler(options),
    read: (handler) => handler.lines.join('\n'),
  },
  runner,
);

describeHandlerContract(
  'StreamHandler',
  {
    create: (options) => new StreamHandler({ ...options, stream: new TextSink() }),
    read: (handler) => (handler.stream as TextSink).text,
  },
  runner,
);

describeFileContract('FileHandler', (filename, options) => new FileHandler({ ...options, filename }));
describeFileContract('FileHandler with a buffer', (filename, options) => {
  return new FileHandler({
    ...options,
    filename,
    bufferSize: 4096,
    flushIntervalMs: 10,
    flushLevel: 'CRITICAL',
  });
});
describeFileContract(
  'WatchedFileHandler',
  (filename, options) => new WatchedFileHandler({ ...options, filename }),
);
describeFileContract('RotatingFileHandler', (filename, options) => {
  return new RotatingFileHandler({ ...options, filename, maxBytes: 200, backupCount: 100 });
});
describeFileContract('TimedRotatingFileHandler', (filename, options) => {
  return new TimedRotatingFileHandler({ ...options, filename, when: 'S', backupCount: 100 });
});

describeHandlerContract(
  'BufferingHandler',
  { create: (options) => new BufferingHandler({ ...options, capacity: 10 }) },
  runner,
);

const memoryTargets = new WeakMap<Handler, ListHandler>();
describeHandlerContract(
  'MemoryHandler',
  {
    create: (options) => {
      const target = new ListHandler();
      const handler = new MemoryHandler({ ...options, capacity: 7, target });
      memoryTargets.set(handler, target);
      return handler;
    },
    read: (handler) => memoryTargets.get(handler)?.lines.join('\n') ?? '',
    usesFormatter: false,
  },
  runner,
);

const queueTargets = new WeakMap<Handler, ListHandler>();
describeHandlerContract(
  'QueueHandler',
  {
    create: (options) => {
      const target = new ListHandler();
      const handler = new QueueHandler({ ...options, handlers: [target] });
      queueTargets.set(handler, target);
      return handler;
    },
    read: (handler) => queueTargets.get(handler)?.lines.join('\n') ?? '',
  },
  runner,
);

const httpSinks = new WeakMap<Handler, HttpSink>();
describeHandlerContract(
  'HTTPHandler',
  {
    create: async (options) => {
      const sink = await new HttpSink().listen();
      const handler = new HTTPHandler({ ...options, host: sink.host, url: '/logs', method: 'POST' });
      httpSinks.set(handler, sink);
      return handler;
    },
    read: (handler) => {
      const bodies = httpSinks.get(handler)?.requests.map(({ body }) => body) ?? [];
      return decodeURIComponent(bodies.join('\n').replaceAll('+', ' '));
    },
    cleanUp: (handler) => httpSinks.get(handler)?.close(),
    usesFormatter: false,
  },
  runner,
);

describeHttpDestination(
  'OTLPHandler',
  (url, options) => new OTLPHandler({ ...options, endpoint: url, protocol: 'http/json' }),
);
describeHttpDestination('LokiHandler', (url, options) => new LokiHandler({ ...options, url }));
describeHttpDestination(
  'ElasticsearchHandler',
  (url, options) => new ElasticsearchHandler({ ...options, url, index: 'logs' }),
  { status: 200, body: '{"errors":false,"items":[]}' },
);
describeHttpDestination(
  'SplunkHandler',
  (url, options) => new SplunkHandler({ ...options, url, token: 'a-token' }),
);
describeHttpDestination(
  'DatadogHandler',
  (url, options) => new DatadogHandler({ ...options, url, apiKey: 'a-key' }),
);

const fluentSinks = new WeakMap<Handler, FluentSink>();
describeHandlerContract(
  'FluentHandler',
  {
    create: async (options) => {
      const sink = await new FluentSink().start();
      const handler = new FluentHandler({ ...options, host: '127.0.0.1', port: sink.port });
      fluentSinks.set(handler, sink);
      return handler;
    },
    read: (handler) =>
      fluentSinks
        .get(handler)
        ?.events.map(({ record }) => JSON.stringify(record).replace(/[^\x20-\x7e]/g, '?'))
        .join('\n') ?? '',
    cleanUp: (handler) => fluentSinks.get(handler)?.stop(),
  },
  runner,
);

const journals = new WeakMap<Handler, JournalStream>();
describeHandlerContract(
  'JournaldHandler',
  {
    create: async (options) => {
      const journal = await new JournalStream().start();
      const handler = new JournaldHandler({ ...options, directory: journal.directory, protocol: 'stream' });
      journals.set(handler, journal);
      return handler;
    },
    read: (handler) => journals.get(handler)?.text() ?? '',
    cleanUp: (handler) => journals.get(handler)?.remove(),
  },
  runner,
);

describeNetworkContract('GELFHandler over TCP', startTcpSink, false, (port, options) => {
  return new GELFHandler({ ...options, host: '127.0.0.1', port, protocol: 'tcp' });
});

// With clients as applications hand them over; test/engines has the same handlers and the servers themselves.
describeClientContract('RedisStreamHandler', (lines, options) => {
  const pipeline = (commands: (string | Buffer | number)[][]) => {
    lines.push(...commands.map((command) => String(command.at(-1))));
    return { exec: async (): Promise<[null, string][]> => commands.map(() => [null, '1-0']) };
  };
  return new RedisStreamHandler({ ...options, client: { pipeline }, key: 'logs' });
});
describeClientContract('NATSHandler', (lines, options) => {
  const publish = async (_subject: string, text: string) => void lines.push(text);
  return new NATSHandler({ ...options, client: { publish }, subject: 'logs' });
});
describeClientContract('KafkaHandler', (lines, options) => {
  const client: KafkaProducer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    send: async ({ messages }) => void lines.push(...messages.map(({ value }) => value)),
  };
  return new KafkaHandler({ ...options, client, topic: 'logs' });
});
describeClientContract('AMQPHandler', (lines, options) => {
  const client: ConfirmChannel & { waitForConfirms(): void } = {
    publish: (_exchange, _key, content, _options, confirmed) => {
      lines.push(content.toString());
      setImmediate(confirmed, null);
    },
    waitForConfirms: () => undefined,
    on: () => undefined,
    off: () => undefined,
    close: async () => undefined,
  };
  return new AMQPHandler({ ...options, client, queue: 'logs' });
});

// The first record would wait for it, on a busy machine for longer than a handler waits to close.
await import('@aws-sdk/client-cloudwatch-logs');
describeClientContract('CloudWatchHandler', (lines, options) => {
  const send = async ({ input }: { input: { logEvents: { message: string }[] } }) => {
    lines.push(...input.logEvents.map(({ message }) => message));
    return {};
  };
  return new CloudWatchHandler({ ...options, client: { send }, logGroup: 'logs' });
});
describeClientContract('OpenTelemetryHandler', (lines, options) => {
  // The SDK is given values; its exporters write them as this does. A traceback is an attribute.
  const emit = ({ body, attributes }: { body: string; attributes: Record<string, unknown> }) => {
    lines.push(jsonString(body), jsonString(String(attributes['exception.stacktrace'] ?? '')));
  };
  return new OpenTelemetryHandler({ ...options, loggerProvider: { getLogger: () => ({ emit }) } });
});

describeRelpContract('RelpHandler', () => ({}));
describeRelpContract('RelpHandler with a spool', () => ({
  spool: { directory: mkdtempSync(join(tmpdir(), 'contract-')) },
}));

describeNetworkContract('SocketHandler', startTcpSink, false, (port, options) => {
  return new SocketHandler({ ...options, host: '127.0.0.1', port, format: 'json', framing: 'newline' });
});
describeNetworkContract('DatagramHandler', startUdpSink, false, (port, options) => {
  return new DatagramHandler({ ...options, host: '127.0.0.1', port, format: 'json' });
});
describeNetworkContract('SysLogHandler over UDP', startUdpSink, true, (port, options) => {
  return new SysLogHandler({ ...options, address: ['127.0.0.1', port] });
});
describeNetworkContract('SysLogHandler over TCP', startTcpSink, true, (port, options) => {
  return new SysLogHandler({ ...options, address: ['127.0.0.1', port], socktype: 'tcp' });
});

describeMailContract('SMTPHandler', (port, options) => {
  return new SMTPHandler({
    ...options,
    mailhost: ['127.0.0.1', port],
    fromaddr: 'app@example.com',
    toaddrs: 'ops@example.com',
    subject: 'failure',
  });
});
describeMailContract('AdminEmailHandler', (port, options) => {
  return new AdminEmailHandler({
    ...options,
    mailhost: ['127.0.0.1', port],
    fromaddr: 'app@example.com',
    admins: ['ops@example.com'],
    email_backend: 'django.core.mail.backends.smtp.EmailBackend',
  });
});

class TextSink {
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

function describeFileContract<H extends FileHandler>(
  name: string,
  create: (filename: string, options: ContractOptions) => H,
): void {
  const contract: HandlerContract<H> = {
    create: (options) => create(join(mkdtempSync(join(tmpdir(), 'contract-')), 'app.log'), options),
    read: ({ baseFilename }) => readOldestFirst(dirname(baseFilename)),
    cleanUp: ({ baseFilename }) => rmSync(dirname(baseFilename), { recursive: true }),
  };
  describeHandlerContract(name, contract, runner);
}

/** All log files of a folder: rolled ones, the highest number first, then the current one. */
function readOldestFirst(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^app\.log(\.[\d_-]+)?$/.test(name));
  const number = (name: string) => Number(name.slice('app.log.'.length).replaceAll(/[_-]/g, '')) || 0;
  names.sort((a, b) => number(b) - number(a));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}

function describeNetworkContract<H extends Handler>(
  name: string,
  start: () => Promise<ByteSink>,
  usesFormatter: boolean,
  create: (port: number, options: ContractOptions) => H,
): void {
  const sinks = new WeakMap<H, ByteSink>();
  const contract: HandlerContract<H> = {
    create: async (options) => {
      const sink = await start();
      const handler = create(sink.port, options);
      sinks.set(handler, sink);
      return handler;
    },
    read: (handler) => sinks.get(handler)?.text() ?? '',
    cleanUp: (handler) => sinks.get(handler)?.close(),
    usesFormatter,
  };
  describeHandlerContract(name, contract, runner);
}

function describeMailContract<H extends Handler>(
  name: string,
  create: (port: number, options: ContractOptions) => H,
): void {
  const servers = new WeakMap<H, MailServer>();
  const contract: HandlerContract<H> = {
    create: async (options) => {
      const server = await new MailServer().listen();
      const handler = create(server.port, options);
      servers.set(handler, server);
      return handler;
    },
    // The headings of a digest repeat what is below them.
    read: (handler) =>
      (servers.get(handler)?.mails ?? []).map(({ body }) => body.replace(/^\d{4}-.*/gm, '')).join('\n'),
    cleanUp: (handler) => servers.get(handler)?.close(),
    usesFormatter: false,
  };
  describeHandlerContract(name, contract, runner);
}

function describeClientContract<H extends Handler>(
  name: string,
  create: (lines: string[], options: ContractOptions) => H,
): void {
  const arrived = new WeakMap<H, string[]>();
  const contract: HandlerContract<H> = {
    create: (options) => {
      const lines: string[] = [];
      const handler = create(lines, options);
      arrived.set(handler, lines);
      return handler;
    },
    read: (handler) => arrived.get(handler)?.join('\n') ?? '',
  };
  describeHandlerContract(name, contract, runner);
}

function describeHttpDestination<H extends Handler>(
  name: string,
  create: (url: string, options: ContractOptions) => H,
  reply: Reply = 200,
): void {
  const sinks = new WeakMap<H, HttpSink>();
  const contract: HandlerContract<H> = {
    create: async (options) => {
      const sink = await new HttpSink().listen();
      sink.answer = () => reply;
      const handler = create(`http://${sink.host}`, options);
      sinks.set(handler, sink);
      return handler;
    },
    read: (handler) =>
      sinks
        .get(handler)
        ?.requests.map(({ body }) => body)
        .join('\n') ?? '',
    cleanUp: (handler) => sinks.get(handler)?.close(),
  };
  describeHandlerContract(name, contract, runner);
}

function describeRelpContract(name: string, more: () => Partial<RelpHandlerOptions>): void {
  const servers = new WeakMap<Handler, RelpServer>();
  const directories = new WeakMap<Handler, string>();
  const contract: HandlerContract<RelpHandler> = {
    create: async (options) => {
      const server = await new RelpServer().listen();
      const own = more();
      const handler = new RelpHandler({
        ...options,
        ...own,
        address: ['127.0.0.1', server.port],
        protocol: 'bsd',
      });
      servers.set(handler, server);
      if (own.spool !== undefined) directories.set(handler, own.spool.directory);
      return handler;
    },
    read: (handler) => servers.get(handler)?.messages.join('\n') ?? '',
    cleanUp: async (handler) => {
      await servers.get(handler)?.close();
      const directory = directories.get(handler);
      if (directory !== undefined) rmSync(directory, { recursive: true });
    },
  };
  describeHandlerContract(name, contract, runner);
}
