import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import type { RelpHandlerOptions } from '../../../lib/handlers/syslog/relp/relp.handler.js';
import { RelpHandler } from '../../../lib/handlers/syslog/relp/relp.handler.js';
import { RelpReader, relpFrame } from '../../../lib/handlers/syslog/relp/relp-session.js';
import { frame, RelpServer } from '../../support/relp-server.js';
import { collectStderr } from '../../support/stderr-collector.js';

let server: RelpServer;
let stderr: ReturnType<typeof collectStderr>;
beforeEach(async () => {
  server = await new RelpServer().listen();
  stderr = collectStderr();
});
afterEach(async () => {
  stderr.stop();
  await server.close();
});

function make(options: Partial<RelpHandlerOptions> = {}): RelpHandler {
  return new RelpHandler({ address: ['127.0.0.1', server.port], protocol: 'bsd', ...options });
}

function log(handler: RelpHandler, ...messages: string[]): void {
  for (const msg of messages) handler.handle(new LogRecord({ msg, levelno: 20, levelname: 'INFO' }));
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `number ${index}`);
const numbered = (texts: readonly string[]) => texts.map((text) => text.replace('<14>', ''));

describe('RelpHandler', () => {
  it('agrees on a session, sends messages, and takes leave', async () => {
    const handler = make();
    log(handler, 'hello', '日本');
    await handler.close();
    await delay(20);
    expect(server.commands).toEqual([
      {
        transaction: 1,
        command: 'open',
        data: 'relp_version=0\nrelp_software=nestjs-logging\ncommands=syslog',
      },
      { transaction: 2, command: 'syslog', data: '<14>hello' },
      { transaction: 3, command: 'syslog', data: '<14>日本' },
      { transaction: 4, command: 'close', data: '' },
    ]);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 2, queued: 0, dropped: 0 });
    expect(handler.delivery).toBe('at-most-once');
  });

  it('has no more messages out than the window allows', async () => {
    let out = 0;
    let most = 0;
    server.answer = (command, reply) => {
      if (command.command !== 'syslog') return reply(RelpServer.well(command));
      out += 1;
      most = Math.max(most, out);
      setTimeout(() => {
        out -= 1;
        reply(RelpServer.well(command));
      }, 5);
    };
    const handler = make({ window: 10 });
    log(handler, ...numbers(55));
    await handler.close();
    expect(most).toBe(10);
    expect(numbered(server.messages)).toEqual(numbers(55));
  });

  it('takes answers in any order and in any pieces', async () => {
    const held: string[] = [];
    server.answer = (command, reply, socket) => {
      if (command.command !== 'syslog') return reply(RelpServer.well(command));
      held.unshift(RelpServer.well(command));
      if (held.length < 5) return;
      // One byte a packet, or nearly so.
      socket.setNoDelay(true);
      for (const [index, byte] of [...held.splice(0).join('')].entries())
        setTimeout(() => reply(byte), index);
    };
    const handler = make();
    log(handler, ...numbers(5));
    await handler.close();
    expect(handler.stats).toMatchObject({ delivered: 5, dropped: 0 });
    expect(server.connections).toBe(1);
  });

  it('sends again what was not acknowledged when the connection broke, and only that', async () => {
    let answered = 0;
    server.answer = (command, reply, socket) => {
      if (command.command === 'syslog' && server.connections === 1) {
        // Answers 30, and then goes.
        if (answered < 30) reply(RelpServer.well(command));
        answered += 1;
        if (answered === 60) socket.end();
      } else reply(RelpServer.well(command));
    };
    const handler = make();
    log(handler, ...numbers(100));
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 100, delivered: 100, dropped: 0 });
    const texts = numbered(server.messages);
    expect(new Set(texts).size).toBe(100);
    // None of those that were acknowledged comes a second time.
    for (const text of numbers(30)) expect(texts.filter((other) => other === text)).toHaveLength(1);
    expect(server.connections).toBe(2);
  });

  it('tries again what the server refuses, up to maxRetries, and what comes after all the same', async () => {
    server.answer = (command, reply) =>
      reply(command.data.includes('bad') ? frame(command.transaction, '500 no') : RelpServer.well(command));
    const handler = make({ maxRetries: 1 });
    log(handler, 'one', 'bad', 'two');
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 2, dropped: 1, droppedBy: { failed: 1 } });
    expect(server.messages.filter((text) => text.includes('bad')).length).toBeGreaterThan(1);
    expect(server.messages.filter((text) => text.includes('one'))).toHaveLength(1);
    expect(stderr.text).toContain('the server refused a message: 500 no');
  });

  it('makes a new connection when the server announces that it closes, or answers nothing any more', async () => {
    server.answer = (command, reply) => {
      if (command.command === 'syslog' && server.connections === 1) reply('0 serverclose 0\n');
      else if (command.command !== 'syslog' || server.connections > 2) reply(RelpServer.well(command));
    };
    const handler = make({ ackTimeoutMs: 100 });
    log(handler, 'hello');
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 1 });
    expect(server.connections).toBe(3);
    await handler.close();
  });

  it.each([
    ['is no RELP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'does not speak RELP'],
    ['announces more than there can be', '1 rsp 999999999 200 OK', 'announced 999999999 bytes'],
    ['ends a frame with something else', '1 rsp 6 200 OKx', 'does not end'],
    ['answers what was not asked', '77 rsp 6 200 OK\n', 'an unknown transaction'],
    ['refuses the session', '1 rsp 6 500 no\n', 'the server refused to begin: 500 no'],
    ['takes no syslog', frame(1, '200 OK\ncommands=eventlog\nx=y'), 'takes no messages of syslog'],
  ])('reports a server that %s, and keeps what it has', async (_, bytes, error) => {
    server.answer = (_command, reply) => reply(bytes);
    const handler = make();
    log(handler, 'hello');
    for (let waits = 0; waits < 500 && !stderr.text.includes(error); waits += 1) await delay(10);
    expect(handler.stats).toMatchObject({ queued: 1, dropped: 0 });
    expect(stderr.text).toContain(error);
    server.answer = (command, reply) => reply(RelpServer.well(command));
    await handler.close();
    expect(handler.stats).toMatchObject({ delivered: 1 });
  });

  it('calls an overridden createSocket for each connection that it needs', async () => {
    let created = 0;
    class Counting extends RelpHandler {
      override createSocket(): Promise<void> {
        created += 1;
        return super.createSocket();
      }
    }
    const handler = new Counting({ address: ['127.0.0.1', server.port] });
    log(handler, 'one');
    await handler.flush();
    server.cut();
    await delay(50);
    log(handler, 'two');
    await handler.close();
    expect([created, server.connections]).toEqual([2, 2]);
    expect(handler.stats).toMatchObject({ delivered: 2, dropped: 0 });
  });

  it('numbers messages by RFC 5424, beside the structured data that there is', async () => {
    const handler = make({
      protocol: 'rfc5424',
      structuredData: { meta: { language: 'en' }, origin: { ip: '::1' } },
    });
    log(handler, 'one', 'two');
    await handler.close();
    expect(server.messages[0]).toContain('[meta language="en" sequenceId="1"][origin ip="::1"] one');
    expect(server.messages[1]).toContain('sequenceId="2"');
  });

  it('cuts what is longer than the server takes', async () => {
    const handler = make({ maxMessageBytes: 1_000 });
    log(handler, 'é'.repeat(1_000));
    await handler.close();
    expect(Buffer.byteLength(server.messages[0] ?? '')).toBeLessThanOrEqual(1_000);
  });

  it('refuses addresses and options that cannot be', () => {
    expect(() => make({ address: '/dev/log' })).toThrow(/address.*host:port/s);
    expect(() => make({ window: 0 })).toThrow(/window/);
    expect(() => new RelpHandler({ address: 'localhost:2514', socktype: 'tcp' } as never)).toThrow(
      /socktype/,
    );
    expect(() => make({ tls: { ca: '/no/such/file' } })).toThrow(/RelpHandler\.tls\.ca/);
  });
});

describe('a reader of RELP', () => {
  it('gives the same frames, however the bytes are cut', () => {
    const bytes = Buffer.concat([
      relpFrame(1, 'rsp', Buffer.from('200 OK')),
      relpFrame(0, 'serverclose', Buffer.alloc(0)),
      relpFrame(999_999_999, 'rsp', Buffer.from('500 1 rsp 0\n')),
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const reader = new RelpReader();
      const frames = [...reader.read(bytes.subarray(0, cut)), ...reader.read(bytes.subarray(cut))];
      expect(frames.map(({ transaction, command, data }) => [transaction, command, data.toString()])).toEqual(
        [
          [1, 'rsp', '200 OK'],
          [0, 'serverclose', ''],
          [999_999_999, 'rsp', '500 1 rsp 0\n'],
        ],
      );
    }
  });
});
