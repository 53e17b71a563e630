import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import type { JournaldHandlerOptions } from '../../../lib/handlers/shipping/journald/journald.handler.js';
import { JournaldHandler } from '../../../lib/handlers/shipping/journald/journald.handler.js';
import { providePackage } from '../../../lib/runtime/provided-packages.js';
import { corpus } from '../../engines/support/record-corpus.js';
import {
  type FakeDatagrams,
  fakeDatagrams,
  JournalStream,
  parseEntry,
} from '../../support/journal-server.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const { EAGAIN, ECONNREFUSED, EMSGSIZE, ENOENT } = constants.errno;

const folder = useTemporaryFolder();
let stderr: ReturnType<typeof collectStderr>;
let warn: ReturnType<typeof jest.spyOn>;
const handlers: JournaldHandler[] = [];
beforeEach(() => {
  stderr = collectStderr();
  warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(async () => {
  for (const handler of handlers.splice(0)) await handler.close();
  providePackage('unix-dgram', undefined);
  warn.mockRestore();
  stderr.stop();
});

function opened(options: JournaldHandlerOptions = {}): JournaldHandler {
  const handler = new JournaldHandler({ identifier: 'shop', flushIntervalMs: 5, ...options });
  handlers.push(handler);
  return handler;
}

const record = (msg: string, extra: object = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, extra: { ...extra } });

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 120_000; !holds(); await delay(5))
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}`);
}

describe('JournaldHandler by the native protocol', () => {
  let socket: FakeDatagrams;
  beforeEach(() => {
    socket = fakeDatagrams();
    providePackage('unix-dgram', socket);
  });

  it('writes an entry for each record of all kinds, in order and field by field', async () => {
    const handler = opened({ maxBytes: 64 * 1024 * 1024 });
    const all = [...corpus(2_000)];
    for (const { record: one } of all) handler.handle(one);
    await until(() => handler.stats.queued === 0, 'all is sent');
    expect(handler.stats).toMatchObject({ emitted: 2_000, delivered: 2_000, dropped: 0 });
    expect([...socket.paths]).toEqual(['/run/systemd/journal/socket']);
    const entries = socket.datagrams
      .map(parseEntry)
      .map((entry) => [
        entry.MESSAGE?.map((message) => message.split('\nPaymentError: no card ')[0]),
        ...[entry.LEVEL, entry.LOGGER, entry.N, entry.RATIO, entry.WORD, entry.FLAG, entry.EXCEPTION_TYPE],
      ]);
    const wanted = all.map(({ record: one, message, fields, error }) => [
      ...[[message], [one.levelname], [one.name]],
      ...[fields.n, fields.ratio, fields.word, fields.flag].map((value) => [String(value)]),
      error && [error],
    ]);
    const wrong = entries.findIndex((entry, at) => JSON.stringify(entry) !== JSON.stringify(wanted[at]));
    expect([entries.length, entries[wrong]]).toEqual([wanted.length, wanted[wrong]]);
    // An open socket of unix-dgram keeps a process alive.
    expect(socket.open).toBe(0);
  }, 180_000);

  it('lets no field of a record take the place of one of the journal', async () => {
    const handler = opened();
    const names = ['message', 'PRIORITY', 'syslog_identifier', '_PID', '__REALTIME_TIMESTAMP', '', '7', 'ä'];
    handler.handle(record('two\nPRIORITY=0', Object.fromEntries(names.map((name, at) => [name, `v${at}`]))));
    await handler.flush();
    expect(parseEntry(socket.datagrams[0] as Buffer)).toEqual({
      ...{ MESSAGE: ['two\nPRIORITY=0'], PRIORITY: ['6'], SYSLOG_IDENTIFIER: ['shop'] },
      ...{ LEVEL: ['INFO'], LOGGER: ['shop'], TIMESTAMP: [expect.any(String)] },
      ...{ FIELD_MESSAGE: ['v0'], FIELD_PRIORITY: ['v1'], FIELD_SYSLOG_IDENTIFIER: ['v2'] },
      ...{ PID: ['v3'], REALTIME_TIMESTAMP: ['v4'], FIELD_: ['v5', 'v7'], FIELD_7: ['v6'] },
    });
  });

  it('waits for room in the socket, and keeps the order', async () => {
    socket.failures.push(-EAGAIN, -EAGAIN);
    const handler = opened();
    for (const msg of ['one', 'two', 'three']) handler.handle(record(msg));
    await handler.flush();
    expect(socket.datagrams.map((one) => parseEntry(one).MESSAGE)).toEqual([['one'], ['two'], ['three']]);
    expect(handler.health.isHealthy).toBe(true);
  });

  it.each([-ENOENT, -ECONNREFUSED])(
    'waits for the journal that is not there (%d)',
    async (code) => {
      socket.failures.push(code, code);
      const handler = opened({ spool: { directory: folder.path } });
      handler.handle(record('one'));
      await until(() => handler.stats.delivered === 1, 'it is there');
      expect(handler.stats).toMatchObject({ dropped: 0 });
      expect(stderr.text).toContain(code === -ENOENT ? 'ENOENT' : 'ECONNREFUSED');
      expect(handler.delivery).toBe('at-most-once');
    },
    180_000,
  );

  it('sets aside alone what is too long for a datagram, and cuts what it knows to be', async () => {
    const handler = opened();
    handler.handle(record('x'.repeat(1_000_000)));
    await handler.flush();
    expect(parseEntry(socket.datagrams[0] as Buffer)).toMatchObject({ TRUNCATED: ['true'] });
    socket.failures.push(-EMSGSIZE);
    handler.handle(record('one'));
    handler.handle(record('two'));
    await handler.flush();
    expect(socket.datagrams.slice(1).map((one) => parseEntry(one).MESSAGE)).toEqual([['two']]);
    expect(handler.stats).toMatchObject({ delivered: 2, dropped: 1 });
  });

  it('is named after the program by default', async () => {
    const handler = new JournaldHandler({ flushIntervalMs: 5 });
    handlers.push(handler);
    handler.handle(record('one'));
    await handler.flush();
    expect(parseEntry(socket.datagrams[0] as Buffer).SYSLOG_IDENTIFIER).toEqual([
      expect.stringMatching(/^[^/\s]+$/),
    ]);
  });
});

describe('JournaldHandler by lines', () => {
  let journal: JournalStream;
  beforeEach(async () => {
    journal = await new JournalStream().start();
  });
  afterEach(() => journal.remove());

  it('writes one line for each record, whatever is in it', async () => {
    const handler = opened({ directory: journal.directory, protocol: 'stream' });
    handler.handle(record('one\n<0>forged\r\n\0end', { request_id: 'r-1' }));
    handler.handle(record('x'.repeat(100_000)));
    handler.handle(record('three'));
    await handler.flush();
    await until(() => journal.lines.length === 3, 'the lines are there');
    expect(journal.heads).toEqual([['shop', '', '6', '1', '0', '0', '0']]);
    expect(journal.lines[0]).toMatch(
      /^<6>one\\n<0>forged\\r\\n\\x00end \{"LEVEL":"INFO",.*"REQUEST_ID":"r-1"\}$/,
    );
    expect(Buffer.byteLength(journal.lines[1] ?? '')).toBeLessThan(48 * 1_024);
    expect(journal.lines[2]).toMatch(/^<6>three \{/);
    expect(warn).not.toHaveBeenCalled();
  });

  it('says what it cut, and keeps short fields and those that share a name', async () => {
    const handler = opened({ directory: journal.directory, protocol: 'stream' });
    const extra = { request_id: 'r-1', 'user.id': 'one', user_id: 'two', page: 'x'.repeat(30_000) };
    handler.handle(record(`\x1b${'é'.repeat(40_000)}`, extra));
    handler.handle(record('short', extra));
    await handler.flush();
    await until(() => journal.lines.length === 2, 'the lines are there');
    const [long = '', short = ''] = journal.lines;
    expect(Buffer.byteLength(long)).toBeLessThan(48 * 1_024);
    const fields = { REQUEST_ID: 'r-1', USER_ID: 'one', USER_ID_: 'two' };
    expect(JSON.parse(long.slice(long.indexOf(' {')))).toEqual({
      ...{ LEVEL: 'INFO', LOGGER: expect.any(String), TIMESTAMP: expect.any(String) },
      ...{ ...fields, TRUNCATED: 'true' },
    });
    expect(long).toMatch(/^<6>\\x1bé{20000}/);
    const whole = JSON.parse(short.slice(short.indexOf(' {')));
    expect(whole).toMatchObject({ ...fields, PAGE: extra.page });
    expect(whole).not.toHaveProperty('TRUNCATED');
  });

  it('is what it does where unix-dgram is missing, and says so once', async () => {
    providePackage('unix-dgram', {});
    const handler = opened({ directory: journal.directory });
    for (const msg of ['one', 'two']) {
      handler.handle(record(msg));
      await handler.flush();
    }
    await until(() => journal.lines.length === 2, 'the lines are there');
    expect(warn.mock.calls.map((call: readonly unknown[]) => call[0])).toEqual([
      expect.stringContaining('npm install unix-dgram'),
    ]);
  });

  it('says what to install where the native protocol is asked for', async () => {
    providePackage('unix-dgram', {});
    const handler = opened({ directory: journal.directory, protocol: 'native', maxRetries: 0 });
    handler.handle(record('one'));
    await handler.flush();
    expect(stderr.text).toContain('npm install unix-dgram');
    expect([journal.lines, handler.stats.dropped]).toEqual([[], 1]);
  });

  it('loses nothing while the journal is away, with a spool', async () => {
    const handler = opened({
      ...{ directory: journal.directory, protocol: 'stream' },
      ...{ spool: { directory: folder.path }, batchSize: 20 },
    });
    for (let n = 0; n < 50; n++) handler.handle(record(`one ${n}`));
    await until(() => handler.stats.delivered === 50, 'the first are there');
    await journal.stop();
    for (let n = 0; n < 50; n++) handler.handle(record(`two ${n}`));
    await until(() => !handler.health.isHealthy, 'it is noticed');
    await journal.start();
    await until(() => handler.stats.delivered === 100, 'all is there');
    expect(new Set(journal.lines.map((line) => /^<6>(\w+ \d+) /.exec(line)?.[1])).size).toBe(100);
  }, 180_000);
});
