import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultRedaction, redactText } from '../../lib/redaction/redact-text.js';
import { areHarmlessFrames, framesBelow } from '../../lib/redaction/stack-frames.js';

const { keys } = defaultRedaction;

const heads = fc.constantFrom('Error: ', 'TypeError: ', 'Token: ', 'Key: ', 'Bearer: ', 'curl: ', '');
const words = fc.constantFrom(
  ...[
    'token',
    'password',
    'api ',
    'key',
    'id',
    'x',
    'Bearer',
    'basic ',
    'curl ',
    'http ',
    'xh ',
    'the',
    'hunter2',
  ],
  ...[
    ':',
    '=',
    '>',
    '<',
    '"',
    "'",
    '`',
    '\\',
    '{',
    '[',
    '(',
    ',',
    ' ',
    '\n',
    '-u',
    '--user',
    '-a ',
    '//',
    '@',
    '%3A',
  ],
);
const frames = fc.constantFrom(
  '\n    at load (file:///app/x.js:1:2)',
  '\n    at curl (/app/curl.js:10:3)',
  '\n    at -u ada:pw',
  '\n    at xh -a ada:pw',
  '\n    at session.ts:12:7',
  '\n  key: x',
  "\n'abc' x",
  '\nhunter2',
  '\n dXNlcjpwYXNz',
);

describe('the frames of a stack', () => {
  it('are searched by themselves only where that finds what a search of all of it finds', () => {
    fc.assert(
      fc.property(
        heads,
        fc.array(words, { maxLength: 7 }),
        fc.array(frames, { maxLength: 3 }),
        (head, text, lines) => {
          const message = text.join('');
          const stack = head + message + lines.join('');
          const below = framesBelow(stack, message, keys);
          const isHarmless = redactText(message) === message;
          if (below === undefined || !isHarmless || !areHarmlessFrames(below, defaultRedaction)) return;
          expect(redactText(stack)).toBe(stack);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a message with quotes and colons', "cannot read 'x': no such file", true],
    ['a name of a secret before them', 'the token:', false],
    ['the name of a scheme before them', 'expected Bearer', false],
    ['options of a program in the message', 'exit 1: run -u', false],
    ['a message that is JSON', '{"id":17}', false],
  ])('are those below %s: %j, %p', (_what, message, isApart) => {
    const below = '\n    at load (file:///app/x.js:1:2)';
    expect(framesBelow(`Error: ${message}${below}`, message, keys)).toBe(isApart ? below : undefined);
  });
});
