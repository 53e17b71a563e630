import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, makeLogRecord } from 'nestjs-logging/core';
import { captureLogs, isolateLogging, useFakeClock } from 'nestjs-logging/testing';
import { TimedRotatingFileHandler } from '../../lib/handlers/file/rotation/timed-rotating-file.handler.js';

describe('useFakeClock', () => {
  it('stands still until it is advanced', () => {
    using clock = useFakeClock('2024-03-01T12:00:00Z');
    expect(Date.now()).toBe(Date.UTC(2024, 2, 1, 12));
    clock.advance(1500);
    expect(new Date().toISOString()).toBe('2024-03-01T12:00:01.500Z');
    expect(clock.now).toBe(Date.now());
    clock.set(0);
    expect(Date.now()).toBe(0);
    clock.advance(-1000);
    expect(Date.now()).toBe(-1000);
  });

  it('is what records are made by', () => {
    using clock = useFakeClock(1_700_000_000_123);
    const { records } = captureLogs('shop', () => {
      getLogger('shop').info('one');
      clock.advance(1000);
      getLogger('shop').info('two');
    });
    expect(records.map(({ created }) => created)).toEqual([1_700_000_000.123, 1_700_000_001.123]);
    const formatter = new Formatter({ format: '%(asctime)s', utc: true });
    expect(formatter.format(makeLogRecord({ created: Date.now() / 1000 }))).toBe('2023-11-14 22:13:21,123');
  });

  it('leaves the rest of Date as it is', () => {
    const earlier = new Date(5);
    using _ = useFakeClock(0);
    expect(new Date(2024, 0, 31).getDate()).toBe(31);
    expect(new Date('2024-01-31T00:00:00Z').getTime()).toBe(Date.UTC(2024, 0, 31));
    expect(Date.parse('1970-01-01T00:00:01Z')).toBe(1000);
    expect(earlier instanceof Date && new Date() instanceof Date).toBe(true);
    // biome-ignore lint/style/useConsistentBuiltinInstantiation: the call without new is what is tested
    expect(Date()).toBe(new Date().toString());
  });

  it('gives the real clock back, nested ones in turn', () => {
    const RealDate = Date;
    const outer = useFakeClock(1000);
    const inner = useFakeClock(2000);
    expect(Date.now()).toBe(2000);
    inner.restore();
    inner.restore();
    expect(Date.now()).toBe(1000);
    outer.restore();
    expect(Date).toBe(RealDate);
  });

  it('gives the real clock back to clocks that end in any order', () => {
    const RealDate = Date;
    const below = useFakeClock('2020-01-01T00:00:00Z');
    const above = useFakeClock('2021-01-01T00:00:00Z');
    below.restore();
    expect(new Date().getUTCFullYear()).toBe(2021);
    above.restore();
    expect(Date).toBe(RealDate);
    below.restore();
    expect(Date).toBe(RealDate);
  });

  it('makes dates whose class is Date', () => {
    using _clock = useFakeClock('2020-01-01T00:00:00Z');
    expect(new Date().constructor).toBe(Date);
  });

  it('refuses an invalid time', () => {
    expect(() => useFakeClock('yesterday')).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_ARGUMENT' }),
    );
    using clock = useFakeClock();
    expect(() => clock.advance(Number.NaN)).toThrow("'NaN' is not a time");
  });

  it('lets a TimedRotatingFileHandler roll', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fake-clock-'));
    using clock = useFakeClock('2024-03-01T23:59:58Z');
    await isolateLogging(async () => {
      const handler = new TimedRotatingFileHandler({
        filename: join(folder, 'app.log'),
        when: 'midnight',
        utc: true,
        backupCount: 2,
        // The time the system stamps on a new file is the real one.
        delay: true,
      });
      const logger = getLogger('shop');
      logger.setLevel('INFO');
      logger.addHandler(handler);
      for (const day of ['first', 'second', 'third', 'fourth']) {
        logger.info('%s evening', day);
        clock.advance(2000);
        logger.info('%s midnight', day);
        clock.advance(86_398_000);
      }
      await handler.close();
    });
    expect(readdirSync(folder).sort()).toEqual(['app.log', 'app.log.2024-03-03', 'app.log.2024-03-04']);
    expect(readFileSync(join(folder, 'app.log.2024-03-04'), 'utf8')).toBe('third midnight\nfourth evening\n');
    expect(readFileSync(join(folder, 'app.log'), 'utf8')).toBe('fourth midnight\n');
    rmSync(folder, { recursive: true });
  });
});
