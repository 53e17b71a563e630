// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Python's templates look like that
import { it } from '@jest/globals';
import fc from 'fast-check';
import { validateBraceFormat } from '../../lib/python/str-format/str-format.js';
import { substitute, validateDollarFormat } from '../../lib/python/string-template.js';
import { outcome } from '../support/live-python.js';
import { describeLive, expectSame, isMalformedAhead, sample } from '../support/python-cases.js';

describeLive('Templates and format styles beside the live interpreter', () => {
  it('string.Template substitutes as Python does', () => {
    const piece = fc.constantFrom(
      '$',
      '$$',
      '$a',
      '${a}',
      '${',
      '}',
      '$b_1',
      '${nope}',
      '$é',
      ' ',
      '\n',
      '\r\n',
      'x',
      '$A',
      '日',
      '\x85',
    );
    const template = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    expectSame(
      sample(template).map((t) => ({ t })),
      'import string\nreturn string.Template(case["t"]).substitute(a="<a>", b_1="<b>")',
      (one) => one,
      ({ t }) => outcome(() => substitute(t, { a: '<a>', b_1: '<b>' })),
      isMalformedAhead,
    );
  });

  it('the formats are validated as the styles of logging validate them', () => {
    const brace = fc.constantFrom(
      ...[
        '{',
        '}',
        '{{',
        '{}',
        '{a}',
        '{a b}',
        '{0.x}',
        '{a!r}',
        '{a!x}',
        '{a:>8}',
        '{a:>>}',
        '{a:{w}}',
        '{a:{w}.{p}f}',
      ],
      ...[
        '{a:y}',
        '{a:%}',
        '{a[0]}',
        '{a.b[c]}',
        '{a.}',
        '{é}',
        '{a:,.2f}',
        '{a!}',
        'x',
        '{a:z}',
        '$a',
        '${b}',
        '$',
        '$$',
      ],
    );
    const format = fc.array(brace, { maxLength: 3 }).map((pieces) => pieces.join(''));
    expectSame(
      sample(format.filter((f) => f !== '')).map((f) => ({ f })),
      'import logging\nreturn check(logging.StrFormatStyle, case["f"]) + "|" + check(logging.StringTemplateStyle, case["f"])'.replace(
        'import logging\n',
        'import logging\ndef check(style, f):\n    try: style(f).validate()\n    except ValueError as e: return str(e)\n    return "ok"\n',
      ),
      (one) => one,
      ({ f }) => ({
        text: `${verdict(() => validateBraceFormat(f))}|${verdict(() => validateDollarFormat(f))}`,
      }),
    );
  });
});

function verdict(check: () => void): string {
  try {
    check();
    return 'ok';
  } catch (error) {
    return (error as Error).message;
  }
}
