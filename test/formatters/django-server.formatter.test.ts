import { describe, expect, it } from '@jest/globals';
import { gmtime } from '../../lib/core/formatting/record-clock.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { DjangoServerFormatter } from '../../lib/formatters/django-server.formatter.js';

const options = { format: '[{server_time}] {message}', style: '{' } as const;

describe('DjangoServerFormatter', () => {
  it('shows the time of the request', () => {
    const record = new LogRecord({ msg: '"GET /" 200', extra: { server_time: '05/Jan/2024 15:04:09' } });
    expect(new DjangoServerFormatter(options).format(record)).toBe('[05/Jan/2024 15:04:09] "GET /" 200');
  });

  it('takes the time of the record where there is none', () => {
    const formatter = new DjangoServerFormatter({ ...options, datefmt: '%d/%b/%Y %H:%M' });
    formatter.converter = gmtime;
    expect(formatter.format(new LogRecord({ msg: 'x', created: 1704467049 }))).toBe('[05/Jan/2024 15:04] x');
  });
});
