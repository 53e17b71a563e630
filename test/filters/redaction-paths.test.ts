import { describe, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';

const secret = 'DE89370400440532013000';

const record = (options: LogRecordOptions) =>
  new LogRecord({ name: 'shop', levelno: 20, msg: 'paid', ...options });

describe('the paths of a RedactionFilter', () => {
  it('take values out of the fields of context and call, whatever their names', () => {
    const filter = new RedactionFilter({ paths: ['user.iban', 'items[*].pin', 'plain'], censor: '***' });
    const extra = { user: { iban: secret, name: 'ada' }, items: [{ pin: 1234, id: 7 }], plain: secret };
    const context = Object.freeze({ user: { iban: secret }, tenant: 'acme' });
    const passed = filter.filter(record({ extra, context }));
    expect(passed.extraFields()).toEqual({
      user: { iban: '***', name: 'ada' },
      items: [{ pin: '***', id: 7 }],
      plain: '***',
      tenant: 'acme',
    });
    expect(extra.user.iban).toBe(secret);
    expect(context.user.iban).toBe(secret);
  });

  it('hold for text formatters and for fields that filters have seen as attributes', () => {
    const filter = new RedactionFilter({ paths: ['user.iban'] });
    const exposed = record({ extra: { user: { iban: secret } } }).expose();
    const text = new Formatter({ format: '%(message)s %(user)s' }).format(filter.filter(exposed));
    expect(text).toContain('[REDACTED]');
    expect(text).not.toContain(secret);
  });

  it('leave a record alone in which nothing is at them', () => {
    const untouched = record({ extra: { user: { name: 'ada', at: new Date(0) } } });
    expect(new RedactionFilter({ paths: ['user.iban'] }).filter(untouched)).toBe(untouched);
  });

  it('are refused where they are none', () => {
    expect(() => new RedactionFilter({ paths: ['user..iban'] })).toThrow(
      'RedactionFilter.paths.0: expected a path such as user.password',
    );
  });
});
