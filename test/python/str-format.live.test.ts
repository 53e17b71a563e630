import { it } from '@jest/globals';
import fc from 'fast-check';
import { strFormat } from '../../lib/python/str-format/str-format.js';
import { outcome, toPython } from '../support/live-python.js';
import {
  describeLive,
  expectSame,
  isMalformedAhead,
  number,
  sample,
  size,
  text,
} from '../support/python-cases.js';

describeLive('str.format beside the live interpreter', () => {
  it('str.format gives the text or the error that Python gives, with every spec', () => {
    const spec = fc
      .tuple(
        fc.constantFrom('', '', '<', '>', '^', '=', '*<', '0=', '😀^', '}>'.slice(1)),
        fc.constantFrom('', '', '+', '-', ' '),
        fc.constantFrom('', '', '', 'z'),
        fc.constantFrom('', '', '#'),
        fc.constantFrom('', '', '0'),
        size,
        fc.constantFrom('', '', ',', '_', ',_'),
        fc.oneof(
          { arbitrary: fc.constant(''), weight: 2 },
          size.map((p) => `.${p}`),
        ),
        fc.constantFrom('', '', ...'bcdeEfFgGnosxX%dfs', 'y', '日'),
      )
      .map((parts) => parts.join(''));
    // An integral number may be Python's float: a precision suits it, and a great one prints with an exponent.
    const isAmbiguous = ([s, v]: [string, unknown]) =>
      typeof v === 'number' && Number.isInteger(v) && (s === '' || /z.*[\d,_#]?n?$|z?\.\d+n?$/.test(s));
    const subject = fc.oneof(number, text);
    // Beyond 64 bits Python speaks of its C long before it speaks of characters.
    const isCharacterOutOfRange = (ours: unknown, python: unknown) =>
      JSON.stringify(ours).includes('%c arg not in range') && JSON.stringify(python).includes('C long');
    expectSame(
      sample(fc.tuple(spec, subject).filter((pair) => !isAmbiguous(pair))),
      'return ("{a:" + case["s"] + "}").format(a=case["v"])',
      ([s, v]) => ({ s, v: toPython(v) }),
      ([s, v]) => outcome(() => strFormat(`{a:${s}}`, [], { a: v })),
      isCharacterOutOfRange,
    );
  });

  it('str.format reads templates as Python does, malformed ones included', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '{{',
        '}}',
        '{}',
        '{a}',
        '{0}',
        '{1}',
        '{a!r}',
        '{a!s:>5}',
        '{a:>{b}}',
        '{a:{b}.{c}}',
        '{b:{a}',
      ],
      ...[
        '{a:',
        '!',
        ':',
        '[',
        ']',
        '.',
        'a',
        '{a!',
        '{a!r',
        '{a!x}',
        '{l[1]}',
        '{l[9]}',
        '{d[k]}',
        '{d[x]}',
        '{l[',
        '{l[]}',
      ],
      ...['{a.}', '{l[0]x}', '{a[0]}', '{:>4}', '{nope}', '日', '{a:{b:{c}}}', '{l[0][k]}', '{a!r:^{b}}'],
    );
    const template = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const args = ['x', 5];
    const kwargs = { a: 'héllo', b: 7, c: 2, d: { k: 'v' }, l: ['p', 'q'] };
    expectSame(
      sample(template).map((t) => ({ t })),
      'return "ok" if case["t"].format("x", 5, a="héllo", b=7, c=2, d={"k": "v"}, l=["p", "q"]) is not None else ""',
      (one) => one,
      ({ t }) => {
        const ours = outcome(() => strFormat(t, args, kwargs)) as { error?: string };
        return ours.error === undefined ? { text: 'ok' } : ours;
      },
      isMalformedAhead,
    );
  });
});
