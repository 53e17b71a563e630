import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { GELFHandler } from '../../lib/handlers/shipping/gelf/gelf.handler.js';
import type { GelfMessage } from '../support/gelf-server.js';
import { describeWithEngines } from './support/engine.js';
import { type GoGelf, startGoGelf } from './support/go-gelf.js';
import { type CorpusRecord, corpus } from './support/record-corpus.js';

const COUNT = 2_000;
const SEVERITIES: Readonly<Record<string, number>> = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3, CRITICAL: 2 };

function sent({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: SEVERITIES[record.levelname], logger: record.name, fields, error };
}

function found({
  short_message,
  level,
  _logger,
  _n,
  _ratio,
  _word,
  _flag,
  _error_type,
}: GelfMessage): object {
  const fields = { n: _n, ratio: _ratio, word: _word, flag: _flag };
  return { message: short_message, level, logger: _logger, fields, error: _error_type };
}

describeWithEngines(['go-gelf'], 'go-gelf gets over UDP', () => {
  let engine: GoGelf;
  beforeAll(async () => {
    engine = await startGoGelf();
  });
  afterAll(() => engine?.stop());

  it(`${COUNT} records of all kinds, in order and field by field`, async () => {
    const handler = new GELFHandler({ host: '127.0.0.1', port: engine.port, service: 'shop' });
    const all = [...corpus(COUNT)];
    // Nothing holds back a sender that is faster than its receiver.
    for (const [index, { record }] of all.entries()) {
      handler.handle(record);
      if (index % 50 === 49) {
        await handler.flush();
        await delay(10);
      }
    }
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
    expect((await engine.received(COUNT)).map(found)).toEqual(all.map(sent));
  });

  it.each([500, 1_400, 2_000, 6_000, 20_000, 100_000])(
    '%i bytes that cannot be compressed',
    async (bytes) => {
      const handler = new GELFHandler({ host: '127.0.0.1', port: engine.port });
      const before = engine.query().length;
      const msg = randomBytes(bytes).toString('base64');
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg }));
      await handler.close();
      expect((await engine.received(before + 1)).at(-1)?.short_message === msg).toBe(true);
    },
  );
});
