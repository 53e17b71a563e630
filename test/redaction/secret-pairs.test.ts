import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HarmlessNames } from '../../lib/redaction/harmless-names.js';
import { CENSOR } from '../../lib/redaction/redact-text.js';
import { secretKeys } from '../../lib/redaction/secret-keys.js';
import { redactPairs } from '../../lib/redaction/secret-pairs.js';

const redacted = (text: string, keys = secretKeys()) => redactPairs(text, keys, CENSOR);

const names = [
  'id',
  'key',
  'api key',
  'the key',
  'user',
  'user.token',
  'apiKey',
  'session.ts',
  'pässwort',
  'note',
];
const around = [
  ':',
  '=',
  '<',
  '>',
  '"',
  '\\"',
  ' ',
  '\n',
  '{',
  '}',
  ', ',
  'hunter2',
  '17',
  '%3D',
  '%22',
  'x'.repeat(70),
];

describe('pairs of a name and a value', () => {
  it('are the same whatever was searched before', () => {
    const keys = secretKeys();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names, ...around), { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        expect(redacted(text, keys)).toBe(redacted(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['"', "'", '`', '\\"', `${'\\'.repeat(8)}"`, '%22', '%27', '%5D', '%5d', '&quot;', ']', ' ', '" '])(
    'have a name that %j closes',
    (closing) => {
      expect(redacted(`x[password${closing}=hunter2`)).not.toContain('hunter2');
    },
  );

  it.each([`${'\\'.repeat(9)}"`, '%2', '%23', '5D"%', '&gt;', '%5D%5D'])('have none before %j', (closing) => {
    expect(redacted(`password${closing}=hunter2`)).toContain('hunter2');
  });

  it('are found in JSON within a URL', () => {
    const url = '/orders?q=%7B%22id%22%3A17%2C%22password%22%3A%22hunter2%22%7D';
    expect(redacted(url)).toBe(`/orders?q=%7B%22id%22%3A17%2C%22password%22%3A%22${CENSOR}%22%7D`);
    expect(redacted(url.replaceAll('%3A', ':'))).not.toContain('hunter2');
  });

  it('are found behind a name that is a secret only with the word before it', () => {
    const keys = secretKeys();
    for (const harmless of ['key: 1a2b', '"key": "1a2b"', 'sort key: 1a2b', 'the key: 1a2b'])
      expect(redacted(harmless, keys)).toBe(harmless);
    expect(redacted('api key: 1a2b', keys)).toBe(`api key: ${CENSOR}`);
  });
});

describe('harmless names', () => {
  it('are those that were added, and nothing else', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(letters), letters, (added, name) => {
        const known = new HarmlessNames();
        for (const one of added) known.add(one);
        const isKnown = known.has(`"${name}":`, 1, name.length + 1);
        if (isKnown) expect(added).toContain(name);
        if (added.at(-1) === name) expect(isKnown).toBe(true);
      }),
    );
  });
});
