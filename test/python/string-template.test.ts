// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Python's templates look like that
import { describe, expect, it } from '@jest/globals';
import { parseDollarFormat, substitute, validateDollarFormat } from '../../lib/python/string-template.js';

describe('substitute', () => {
  it('replaces names, bare and in braces, and takes two dollars for one', () => {
    expect(substitute('$a-${a}b $$a $_x1', { a: 1, _x1: null })).toBe('1-1b $a null');
  });

  it('takes ASCII identifiers only, and as long as they go', () => {
    expect(substitute('$aé ${a}', { a: 'x' })).toBe('xé x');
    expect(() => substitute('$ab', { a: 'x' })).toThrow("'ab'");
  });

  it('never reaches a prototype', () => {
    expect(() => substitute('$constructor', {})).toThrow(expect.objectContaining({ kind: 'KeyError' }));
  });

  it.each([
    ['$', 'line 1, col 1'],
    ['a $', 'line 1, col 3'],
    ['a\n  ${b c}', 'line 2, col 3'],
    ['日😀 $5', 'line 1, col 4'],
  ])('refuses %j at %s', (template, place) => {
    expect(() => substitute(template, {})).toThrow(`Invalid placeholder in string: ${place}`);
  });
});

describe('parseDollarFormat', () => {
  it('gives literals and plain placeholders in order', () => {
    const parts = parseDollarFormat('$$ $levelname: ${message}.');
    expect(parts.map((part) => (typeof part === 'string' ? part : `<${part.name}>`))).toEqual([
      '$ ',
      '<levelname>',
      ': ',
      '<message>',
      '.',
    ]);
    expect(parts.every((part) => typeof part === 'string' || part.isPlain)).toBe(true);
  });
});

describe('validateDollarFormat', () => {
  it('wants a field, and no dollar alone', () => {
    validateDollarFormat('$message');
    validateDollarFormat('$$ ${message}');
    expect(() => validateDollarFormat('$message $')).toThrow("invalid format: bare '$' not allowed");
    expect(() => validateDollarFormat('$$ plain')).toThrow('invalid format: no fields');
  });
});
