import { describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { LogfmtFormatter, type LogfmtFormatterOptions } from '../../lib/formatters/logfmt.formatter.js';

function line(record: LogRecordOptions, options?: LogfmtFormatterOptions): string {
  return new LogfmtFormatter(options).format(
    new LogRecord({ name: 'shop', levelno: 20, created: 1704467049.007, msg: 'paid', ...record }),
  );
}

const START = 'timestamp=2024-01-05T15:04:09.007Z level=INFO logger=shop';

describe('LogfmtFormatter', () => {
  it('writes pairs, quoted where they need to be', () => {
    const extra = { user_id: 7, path: '/a?b', empty: '', quote: 'say "hi"', list: [1] };
    expect(line({ msg: 'order paid', extra })).toBe(
      `${START} message="order paid" user_id=7 path=/a?b empty="" quote="say \\"hi\\"" list=[1]`,
    );
  });

  it('adds static fields, the context, the traceback and the stack', () => {
    const context = Object.freeze({ request_id: 'r-1' });
    const text = line(
      { context, excInfo: new Error('boom'), stackInfo: 'Stack:\n  at x' },
      { static_fields: { app: 'a b' } },
    );
    expect(text).toMatch(
      /^timestamp=\S+ level=INFO logger=shop app="a b" message=paid request_id=r-1 exception="Error: boom\\n.*" stack="Stack:\\n {2}at x"$/,
    );
  });

  it('keeps fields with the names of its own', () => {
    expect(line({ extra: { level: 'x' } })).toBe(`${START} message=paid extra_level=x`);
  });

  it('names each field once', () => {
    expect(line({ extra: { level: 1, extra_level: 2 } })).toBe(
      `${START} message=paid extra_extra_level=1 extra_level=2`,
    );
  });

  it('keeps fields with the names of static ones apart from these', () => {
    expect(line({ extra: { app: 'forged' } }, { static_fields: { app: 'shop' } })).toBe(
      'timestamp=2024-01-05T15:04:09.007Z level=INFO logger=shop app=shop message=paid extra_app=forged',
    );
  });

  it('quotes an object as a whole: nothing inside of it is a pair', () => {
    const user = { name: 'Ada level=CRITICAL', since: new Date(0) };
    expect(line({ extra: { user, since: user.since, sizes: [1, 2], none: {} } })).toBe(
      `${START} message=paid user="{\\"name\\":\\"Ada level=CRITICAL\\",\\"since\\":\\"1970-01-01T00:00:00.000Z\\"}" since="1970-01-01T00:00:00.000Z" sizes=[1,2] none={}`,
    );
  });

  it('is one line, whatever is logged', () => {
    const text = line({
      msg: 'a\nlevel=ERROR',
      extra: { 'k\ney': 'b\u2028c\x1b', big: 'x'.repeat(200_000) },
    });
    expect(text).toContain('message="a\\nlevel=ERROR" "k\\ney"="b\\u2028c\\u001b"');
    expect(text).toMatch(/ truncated=true$/);
    expect(text.length).toBeLessThan(140_000);
  });
});
