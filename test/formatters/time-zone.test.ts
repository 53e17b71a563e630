import { describe, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { AirflowFormatter } from '../../lib/formatters/airflow.formatter.js';
import { ColorFormatter } from '../../lib/formatters/color.formatter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { LogfmtFormatter } from '../../lib/formatters/logfmt.formatter.js';
import { PythonJsonFormatter } from '../../lib/formatters/python-json.formatter.js';
import { gmTime } from '../../lib/python/time/broken-down-time.js';
import { namedZone } from '../../lib/python/time/named-zone.js';
import { ZONES } from '../support/time-in-zones.js';

const at = (time: string) => {
  const record = new LogRecord({ msg: 'm', levelno: 20 });
  record.created = Date.parse(time) / 1000;
  record.msecs = 123;
  return record;
};
const winter = at('2024-01-05T15:04:09.123Z');
const summer = at('2024-07-05T23:30:00.123Z');

describe('timeZone', () => {
  it.each([
    ['Europe/Berlin', '2024-01-05 16:04:09,123', '2024-07-06 01:30:00,123'],
    ['America/New_York', '2024-01-05 10:04:09,123', '2024-07-05 19:30:00,123'],
    ['Asia/Kolkata', '2024-01-05 20:34:09,123', '2024-07-06 05:00:00,123'],
    ['UTC', '2024-01-05 15:04:09,123', '2024-07-05 23:30:00,123'],
  ])('shows the times of %s, whatever the zone of the process', (timeZone, first, second) => {
    for (const Class of [Formatter, ColorFormatter]) {
      const formatter = new Class({ format: '%(asctime)s', timeZone, utc: true });
      const texts = [winter, summer].map((record) => formatter.formatTime(record));
      expect(texts).toEqual([first, second]);
    }
  });

  it('has the abbreviation, the offset and the seconds since 1970', () => {
    const formatter = new Formatter({
      format: '%(asctime)s',
      datefmt: '%Z %z %s',
      timeZone: 'Europe/Berlin',
    });
    expect([winter, summer].map((record) => formatter.format(record))).toEqual([
      'CET +0100 1704467049',
      'CEST +0200 1720222200',
    ]);
  });

  it('is known to the formatters of JSON and logfmt, as ISO 8601 with the offset', () => {
    const timeZone = 'America/New_York';
    const time = '2024-01-05T10:04:09.123-05:00';
    expect(JSON.parse(new JsonFormatter({ timeZone }).format(winter))).toMatchObject({ timestamp: time });
    expect(JSON.parse(new JsonFormatter({ timeZone, datefmt: '%H:%M' }).format(winter))).toMatchObject({
      timestamp: '10:04',
    });
    expect(new LogfmtFormatter({ timeZone }).format(winter)).toContain(`timestamp=${time} `);
    expect(new PythonJsonFormatter({ timeZone, format: '%(asctime)s' }).format(winter)).toContain(
      '"2024-01-05 10:04:09,123"',
    );
    expect(new AirflowFormatter({ timeZone, format: '%(asctime)s' }).format(winter)).toBe(
      '2024-01-05T10:04:09.123-0500',
    );
  });

  it('refuses a zone that there is not', () => {
    const message = `timeZone: expected a time zone such as 'Europe/Berlin' or 'UTC', got "Berlin"`;
    for (const Class of [Formatter, JsonFormatter, LogfmtFormatter, PythonJsonFormatter])
      expect(() => new Class({ timeZone: 'Berlin' })).toThrow(message);
  });

  it('shows a time that is none as JSON can', () => {
    const record = at('never');
    expect(JSON.parse(new JsonFormatter({ timeZone: 'UTC' }).format(record))).toMatchObject({
      timestamp: null,
    });
  });

  it.each(ZONES)('agrees with what Node shows in %s, through a year and long ago', (timeZone) => {
    const zone = namedZone(timeZone);
    const shown = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    for (let second = 1_700_000_000; second < 1_732_000_000; second += 123_457) {
      const time = zone(second);
      const two = (value: number) => String(value).padStart(2, '0');
      const date = `${days[time.weekday]}, ${two(time.day)}/${two(time.month)}/${time.year}`;
      expect(`${date}, ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`).toBe(
        shown.format(second * 1000),
      );
    }
    expect(zone(-70_000_000_000).year).toBe(gmTime(-70_000_000_000).year);
  });
});
