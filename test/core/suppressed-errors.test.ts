import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { oneLineFailure } from '../../lib/handlers/delivery/delivery-failure.js';
import { errorLine, str } from '../../lib/python/python-text.js';
import { hasSuppressedError, nativeSuppressedError, suppressedErrors } from '../support/suppressed-error.js';

/** The lines that are no frames. */
function outline(thrown: unknown): string[] {
  return formatTraceback(thrown)
    .split('\n')
    .filter((line) => !/^\s+at /.test(line));
}

const line = (excInfo: unknown, options: object) =>
  JSON.parse(new JsonFormatter(options).format(new LogRecord({ levelno: 40, msg: 'failed', excInfo })));

describe.each(suppressedErrors)('%s SuppressedError', (_name, make) => {
  const pair = () =>
    make(Object.assign(new Error('not closed'), { code: 'EPIPE' }), new RangeError('not paid'));

  it('has the traceback of both errors', () => {
    expect(outline(pair())).toEqual([
      'SuppressedError: An error was suppressed during disposal',
      '  [error] Error: not closed',
      "    code: 'EPIPE'",
      '  [suppressed] RangeError: not paid',
    ]);
    expect(formatTraceback(pair()).match(/suppressed-errors\.test/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('has them at every level, with whatever was thrown', () => {
    expect(outline(new Error('outer', { cause: make('text', make(undefined, new Error('first'))) }))).toEqual(
      [
        'Error: outer',
        '  caused by SuppressedError: An error was suppressed during disposal',
        "    [error] Thrown value: 'text'",
        '    [suppressed] SuppressedError: An error was suppressed during disposal',
        '      [error] Thrown value: undefined',
        '      [suppressed] Error: first',
      ],
    );
  });

  it('has both on the one line that an object shows of it', () => {
    const shown = "[error]: [Error: not closed { code: 'EPIPE' }], [suppressed]: [RangeError: not paid] }]";
    expect(str({ failure: pair() })).toContain(shown);
    expect(errorLine(pair())).toContain(
      "{ error: [Error: not closed { code: 'EPIPE' }], suppressed: [RangeError: not paid] }",
    );
  });

  it('has both as JSON', () => {
    const both = {
      error: { message: 'not closed', code: 'EPIPE' },
      suppressed: { message: 'not paid' },
    };
    expect(line(pair(), { exception: 'object' }).exception).toMatchObject(both);
    expect(line(pair(), { includeError: true }).error).toMatchObject({ type: 'SuppressedError', ...both });
  });

  it('keeps both behind a filter that redacts them, without their secrets', () => {
    const failure = make(new Error('password=hunter2'), Object.assign(new Error('below'), { token: 'abc' }));
    const redacted = new RedactionFilter().filter(new LogRecord({ levelno: 40, msg: 'm', excInfo: failure }));
    expect(outline(redacted.excInfo)).toEqual([
      'SuppressedError: An error was suppressed during disposal',
      '  [error] Error: password=[REDACTED]',
      '  [suppressed] Error: below',
      "    token: '[REDACTED]'",
    ]);
  });

  it('says both where a destination could not be reached', () => {
    expect(oneLineFailure(pair(), 'https://logs')).toBe('https://logs: not closed, not paid');
  });

  it('ends where they refer to each other', () => {
    const first = new Error('first');
    const failure = make(first, undefined);
    Object.assign(failure, { suppressed: failure });
    first.cause = failure;
    expect(outline(failure)).toHaveLength(4);
    expect(() => line(failure, { exception: 'object' })).not.toThrow();
  });
});

describe('SuppressedError', () => {
  (hasSuppressedError ? it : it.skip)('is known in a subclass of another name [needs Node 24]', () => {
    const failure = nativeSuppressedError(new Error('a'), new Error('b'));
    Object.defineProperty(failure, 'name', { value: 'CleanupError' });
    expect(outline(failure)).toEqual([
      'CleanupError: An error was suppressed during disposal',
      '  [error] Error: a',
      '  [suppressed] Error: b',
    ]);
  });

  it('is no other error that has properties of these names', () => {
    const error = Object.assign(new Error('quiet'), { error: 'E1', suppressed: true });
    expect(outline(error)).toEqual(['Error: quiet', "  error: 'E1'", '  suppressed: true']);
  });
});

it('a failure whose parts are no errors is one line', () => {
  expect(oneLineFailure(new AggregateError([null, undefined, 'gone']), undefined)).toBe(
    'null, undefined, gone',
  );
});
