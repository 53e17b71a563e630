import { readFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { JournaldHandler } from '../../lib/handlers/shipping/journald/journald.handler.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Journald, type JournalEntry, startJournald } from './support/journald.js';
import { proveKilledProcess } from './support/process-proof.js';
import type { CorpusRecord } from './support/record-corpus.js';
import { proveShipping } from './support/shipping-proof.js';
import { provideUnixDgram, provideUnixDgramSource } from './support/unix-dgram.js';

/** How many datagrams wait in a unix socket. */
const socketQueue = () => 1 + Number(readFileSync('/proc/sys/net/unix/max_dgram_qlen', 'utf8'));

/** A value as journalctl prints it: what is no plain text is an array of bytes. */
function text(value: unknown): string {
  return Array.isArray(value) ? Buffer.from(value as number[]).toString() : String(value);
}

const facts = (entry: JournalEntry): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, text(value)]));

function found(entry: Readonly<Record<string, unknown>>): object {
  const { MESSAGE, LEVEL, LOGGER, N, RATIO, WORD, FLAG, EXCEPTION_TYPE } = entry;
  return {
    message: String(MESSAGE).split('\nPaymentError: no card ')[0],
    level: LEVEL,
    logger: LOGGER,
    fields: [N, RATIO, WORD, FLAG],
    error: EXCEPTION_TYPE,
  };
}

function sent({ record, message, fields, error }: CorpusRecord): object {
  const { n, ratio, word, flag } = fields;
  return {
    ...{ message, level: record.levelname, logger: record.name },
    ...{ fields: [n, ratio, word, flag].map(String), error },
  };
}

describeWithEngines(['journald', 'unix-dgram'], 'journald', () => {
  let engine: Journald;
  beforeAll(async () => {
    provideUnixDgram();
    engine = await startJournald();
  });
  afterAll(() => engine?.stop());
  const directory = ({ socketPath }: Journald) => socketPath.replace(/\/socket$/, '');

  describe('gets from JournaldHandler', () => {
    proveShipping<Journald>({
      count: 20_000,
      engine: () => engine,
      make: (journald, options) =>
        new JournaldHandler({ ...options, identifier: 'shop', directory: directory(journald) }),
      read: async (journald) => (await journald.query('SYSLOG_IDENTIFIER=shop')).map(facts),
      ...{ found, sent, number: ({ N }) => Number(N) },
      dropsRepeats: false,
      // It acknowledges nothing, and outside of systemd its socket ends with it.
      mayLose: socketQueue(),
    });

    proveKilledProcess<Journald>({
      engine: () => engine,
      handler: ['handlers/shipping/journald/journald.handler', 'JournaldHandler'],
      prelude: provideUnixDgramSource,
      options: (journald) => ({ identifier: 'killed', directory: directory(journald) }),
      messages: async (journald) =>
        (await journald.query('SYSLOG_IDENTIFIER=killed')).map(({ MESSAGE }) => text(MESSAGE)),
    });

    it('fields that it can search, and none that a record forges', async () => {
      const handler = new JournaldHandler({
        ...{ identifier: 'fields', directory: directory(engine), includeCaller: true },
      });
      const extra = {
        ...{ request_id: 'r-1', userId: 7, priority: 0, _PID: 1, '9lives': true, MESSAGE_ID: 'a'.repeat(32) },
        'a\nPRIORITY=0\nb': 'c\nPRIORITY=0\n',
        OBJECT_PID: 1,
      };
      const msg = 'two\nlines\nPRIORITY=0';
      handler.handle(new LogRecord({ name: 'shop', levelno: 40, levelname: 'ERROR', msg, extra }));
      await handler.close();
      const [entry] = await engine.received(1, ['REQUEST_ID=r-1']);
      expect(entry).toMatchObject({
        ...{ MESSAGE: msg, PRIORITY: '3', SYSLOG_IDENTIFIER: 'fields', LEVEL: 'ERROR', LOGGER: 'shop' },
        ...{ USERID: '7', FIELD_PRIORITY: '0', PID: '1', FIELD_9LIVES: 'true', FIELD_OBJECT_PID: '1' },
        ...{ MESSAGE_ID: 'a'.repeat(32), A_PRIORITY_0_B: 'c\nPRIORITY=0\n' },
        ...{ _PID: String(process.pid), CODE_FILE: expect.any(String), CODE_LINE: expect.any(String) },
        TIMESTAMP: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/),
      });
    });

    it('the beginning of what is longer than a datagram', async () => {
      const handler = new JournaldHandler({ identifier: 'long', directory: directory(engine) });
      const msg = `start ${'x'.repeat(1_000_000)} end`;
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg }));
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: 1, dropped: 0 });
      const [entry] = await engine.received(1, ['SYSLOG_IDENTIFIER=long']);
      expect(entry).toMatchObject({ TRUNCATED: 'true', MESSAGE: expect.stringMatching(/^start x{10000}/) });
    });

    it('lines of the stream protocol, one a record, with their level', async () => {
      const handler = new JournaldHandler({
        ...{ identifier: 'lines', directory: directory(engine), protocol: 'stream' },
      });
      const extra = { request_id: 'r-2' };
      const msg = 'two\n<0>lines';
      handler.handle(new LogRecord({ name: 'shop', levelno: 30, levelname: 'WARNING', msg, extra }));
      await handler.close();
      const entries = await engine.received(1, ['SYSLOG_IDENTIFIER=lines']);
      expect(entries.map(({ PRIORITY, MESSAGE }) => [PRIORITY, MESSAGE])).toEqual([
        [
          '4',
          expect.stringMatching(
            /^two\\n<0>lines \{"LEVEL":"WARNING","LOGGER":"shop",.*"REQUEST_ID":"r-2"\}$/,
          ),
        ],
      ]);
      await until(
        'it has no others',
        async () => (await engine.query('SYSLOG_IDENTIFIER=lines')).length === 1,
      );
    });
  });
});
