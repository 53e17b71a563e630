import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerText, parseAddress, parseAddresses } from '../../../lib/handlers/mail/mail-address.js';

const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;

describe('parseAddress', () => {
  it.each([
    ['ada@example.com', '', 'ada@example.com'],
    [' Ada <ada@example.com> ', 'Ada', 'ada@example.com'],
    ['"Lovelace, Ada" <ada@example.com>', 'Lovelace, Ada', 'ada@example.com'],
    ['root@localhost', '', 'root@localhost'],
    ['ada@[127.0.0.1]', '', 'ada@[127.0.0.1]'],
  ])('reads %j', (text, name, address) => {
    expect(parseAddress(text)).toEqual({ name, address });
  });

  it.each([
    ...[
      '',
      'root',
      'a@b, c@d',
      'a@b\r\nBcc: c@d',
      'a@b\0',
      '<a@b> <c@d>',
      'a b@c',
      'a@b c@d',
      'a@b>',
      '<<a@b>>',
      'a@b;c@d',
    ],
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('never lets a control character, a second address or a bracket through', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab@<>," .;:\\\r\n\0é'), maxLength: 24 }), (text) => {
        const parsed = parseAddress(text);
        if (parsed === undefined) return;
        expect(parsed.address).toMatch(/^[^\s<>,;]+@[^\s<>,;@]+$/);
        expect(parsed.name + parsed.address).not.toMatch(CONTROL);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseAddresses', () => {
  it('reads a list, or a text with commas', () => {
    const expected = ['a@example.com', 'b@example.com'];
    expect(parseAddresses(expected)?.map(({ address }) => address)).toEqual(expected);
    expect(parseAddresses('"x, y" <a@example.com>, b@example.com')?.map(({ address }) => address)).toEqual(
      expected,
    );
  });

  it('refuses the whole list for one that is no address', () => {
    expect(parseAddresses(['a@example.com', 'b'])).toBeUndefined();
    expect(parseAddresses('a@example.com,')).toBeUndefined();
  });
});

describe('headerText', () => {
  it('is one line of at most 900 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const header = headerText(text);
        expect(header).not.toMatch(CONTROL);
        expect(header.length).toBeLessThanOrEqual(900);
      }),
    );
  });
});
