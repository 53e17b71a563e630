import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type FormatterAnswer,
  type FormatterQuestion,
  formatHere,
  formatInPython,
} from '../support/formatter-question.js';
import { describeLive, sample } from '../support/python-cases.js';
import { CHANGES, ZONES } from '../support/time-in-zones.js';

const names = [
  'message',
  'levelname',
  'levelno',
  'name',
  'asctime',
  'created',
  'msecs',
  'pathname',
  'filename',
];
const field = fc.constantFrom(
  ...names,
  'module',
  'lineno',
  'funcName',
  'process',
  'processName',
  'user_id',
  'ip',
  'nope',
);
const literal = fc.constantFrom(
  ' ',
  ' - ',
  '|',
  '[',
  ']',
  ': ',
  '日本 ',
  '%%',
  '{{',
  '}}',
  '$$',
  'é',
  '\t',
  'x',
);

const percent = fc
  .tuple(
    field,
    fc.constantFrom('', '-', '0', '+', ' ', '#'),
    fc.constantFrom('', '3', '8', '20'),
    fc.constantFrom('', '', '', '.2'),
    fc.constantFrom(...'sssssdrafxe'),
  )
  .map(([name, flag, width, precision, type]) => `%(${name})${flag}${width}${precision}${type}`);
const brace = fc
  .tuple(
    field,
    fc.constantFrom('', '', '!s', '!r', '!a'),
    fc.constantFrom(
      '',
      '',
      ':<8',
      ':>10',
      ':^12',
      ':*^9',
      ':08',
      ':.3',
      ':{levelno}',
      ':>{levelno}',
      ':d',
      ':x',
    ),
  )
  .map(([name, conversion, spec]) => `{${name}${conversion}${spec}}`);
const dollar = fc.tuple(field, fc.boolean()).map(([name, braced]) => (braced ? `\${${name}}` : `$${name} `));
const styles = { '%': percent, '{': brace, $: dollar } as const;

const format = fc
  .constantFrom('%' as const, '{' as const, '$' as const)
  .chain((style) =>
    fc
      .array(fc.oneof({ weight: 3, arbitrary: styles[style] }, literal), { minLength: 1, maxLength: 6 })
      .map((parts) => ({ style, fmt: parts.join('') })),
  );

/** Numbers that read the same in both: JavaScript has one value for 5 and 5.0. */
const record = fc.record({
  name: fc.constantFrom('app', 'shop.orders', 'é'),
  levelno: fc.constantFrom(10, 20, 30, 35),
  levelname: fc.constantFrom('DEBUG', 'WARNING', 'Level 35'),
  msg: fc.constantFrom('plain', 'two\nlines', 'ends\n', '', '日本', '100%'),
  args: fc.constant([]),
  created: fc
    .tuple(
      fc.oneof(fc.constantFrom(...CHANGES), fc.integer({ min: 0, max: 4_000_000_000 })),
      fc.integer({ min: 1, max: 999 }),
    )
    .map(([second, ms]) => second + ms / 1000),
  msecs: fc.integer({ min: 0, max: 998 }).map((ms) => ms + 0.25),
  pathname: fc.constant('/srv/app/orders.ts'),
  filename: fc.constant('orders.ts'),
  module: fc.constant('orders'),
  lineno: fc.integer({ min: 0, max: 5000 }),
  funcName: fc.constantFrom('create', '<module>'),
  process: fc.constant(4711),
  processName: fc.constant('MainProcess'),
  exc_text: fc.constantFrom(null, null, 'Traceback:\n  line\nError: x'),
  stack_info: fc.constantFrom(null, null, 'Stack:\n  at x'),
  user_id: fc.constantFrom(7, 'u-9', ''),
});

const question = fc
  .record({
    tz: fc.constantFrom(...ZONES),
    format,
    datefmt: fc.constantFrom(
      undefined,
      undefined,
      '%H:%M:%S',
      '%Y-%m-%dT%H:%M:%S%z',
      '%d/%b/%Y %Z',
      '%c',
      '',
    ),
    validate: fc.boolean(),
    utc: fc.boolean(),
    defaults: fc.constantFrom(undefined, { ip: '10.0.0.1' }, { ip: 1, user_id: 'nobody' }),
    record,
  })
  .map(
    ({
      tz,
      format: { style, fmt },
      record: attributes,
      ...options
    }): FormatterQuestion & { theirs: object } => {
      const { exc_text, stack_info, ...rest } = attributes;
      return {
        tz,
        options: { style, fmt, ...options },
        record: { ...rest, excText: exc_text ?? undefined, stackInfo: stack_info ?? undefined },
        theirs: attributes,
      };
    },
  );

/** JavaScript's 7 is a float as well, and a float may have a precision. */
const isPrecisionOfInteger = (python: FormatterAnswer) =>
  'error' in python && python.error.includes('Precision not allowed in integer');

describeLive('Formatter beside the live Python', () => {
  it('formats random records in random formats and zones alike, and fails where Python fails', () => {
    const questions = sample(question);
    const ours = formatHere(questions);
    const theirs = formatInPython(
      questions.map(({ tz, options, theirs: attributes }) => ({ tz, options, record: attributes as never })),
    );
    const differing = questions
      .map(({ tz, options, record: attributes }, at) => ({
        tz,
        options,
        attributes,
        ours: ours[at]!,
        python: theirs[at]!,
      }))
      .filter(({ python }) => !isPrecisionOfInteger(python))
      .filter(({ ours: one, python }) =>
        'error' in python || 'error' in one
          ? !('error' in one && 'error' in python)
          : one.text !== python.text,
      );
    expect(differing.slice(0, 10).map((one) => JSON.stringify(one))).toEqual([]);
    expect(ours.filter((answer) => 'text' in answer).length).toBeGreaterThan(questions.length / 10);
  });
});
