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
import { AdminEmailHandler } from '../../lib/handlers/admin-email.handler.js';
import { BufferingHandler } from '../../lib/handlers/buffering.handler.js';
import { DatagramHandler } from '../../lib/handlers/datagram.handler.js';
import { FileHandler } from '../../lib/handlers/file.handler.js';
import { HTTPHandler } from '../../lib/handlers/http.handler.js';
import { MemoryHandler } from '../../lib/handlers/memory.handler.js';
import { NullHandler } from '../../lib/handlers/null.handler.js';
import { QueueHandler } from '../../lib/handlers/queue.handler.js';
import { RelpHandler } from '../../lib/handlers/relp.handler.js';
import { RotatingFileHandler } from '../../lib/handlers/rotating-file.handler.js';
import { SMTPHandler } from '../../lib/handlers/smtp.handler.js';
import { SocketHandler } from '../../lib/handlers/socket.handler.js';
import { StreamHandler } from '../../lib/handlers/stream.handler.js';
import type { RelpHandlerOptions } from '../../lib/handlers/support/relp-options.js';
import { SysLogHandler } from '../../lib/handlers/syslog.handler.js';
import { TimedRotatingFileHandler } from '../../lib/handlers/timed-rotating-file.handler.js';
import { WatchedFileHandler } from '../../lib/handlers/watched-file.handler.js';
import { HttpSink } from '../support/http-sink.js';
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
    flushInterval: 10,
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
