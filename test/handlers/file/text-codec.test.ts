import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EncodingErrors, encodingErrors, textCodec } from '../../../lib/handlers/file/text-codec.js';

const encodings = [
  'utf-8',
  'UTF_8',
  'utf-8-sig',
  'utf-16-le',
  'utf-16-be',
  'latin-1',
  'iso-8859-1',
  'ascii',
  'us-ascii',
];
const optional = ['cp1252', 'iso-8859-15', 'koi8-r', 'shift_jis', 'cp437'];

/** Encodes as Python does: hexadecimal, or null where Python refuses. */
const script = `
import json, sys
for line in sys.stdin:
    encoding, errors, text = json.loads(line)
    try: print(json.dumps(text.encode(encoding, errors).hex()))
    except UnicodeEncodeError as error: print(json.dumps(None))
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('python3 was not found: encodings are not compared with it');

type Question = readonly [encoding: string, errors: EncodingErrors, text: string];

function askPython(questions: readonly Question[]): (string | null)[] {
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const { stdout } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function encode([encoding, errors, text]: Question): string | null {
  const codec = textCodec(encoding, errors);
  try {
    return Buffer.from(codec.bom + codec.encode(text), codec.nodeEncoding).toString('hex');
  } catch {
    return null;
  }
}

const texts = fc.sample(
  fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        'a',
        '\n',
        '\u007f',
        '\u0080',
        'é',
        'ÿ',
        'Ā',
        '€',
        '日',
        '😀',
        '\ud800',
        '\udfff',
        '\udc80',
        '\udcff',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    maxLength: 8,
  }),
  { numRuns: 150, seed: 7 },
);

describe('textCodec', () => {
  const compare = hasPython ? it : it.skip;

  it.each(['hex', 'base64', 'Base-64'])(
    'refuses %s, which is no encoding of texts, as Python does',
    (name) => {
      expect(() => textCodec(name, 'strict')).toThrow(`encoding: "${name}" is unknown`);
    },
  );

  compare.each(encodingErrors.filter((errors) => errors !== 'namereplace'))(
    'encodes as Python does with errors: %s',
    (errors) => {
      const questions = encodings
        // Python's UTF-16 cannot give single bytes back.
        .filter((encoding) => errors !== 'surrogateescape' || !encoding.includes('16'))
        .flatMap((encoding) => texts.map((text): Question => [encoding, errors, text]));
      expect(questions.map(encode)).toEqual(askPython(questions));
    },
  );

  compare.each(optional)('encodes %s as Python does, by iconv-lite', (encoding) => {
    const characters = ['a', 'é', '€', '日', '😀', 'Я', 'ｱ', '╔', '?', '\ud800'];
    for (const errors of ['strict', 'replace', 'backslashreplace', 'xmlcharrefreplace'] as const) {
      const questions = [...characters, characters.join('')].map(
        (text): Question => [encoding, errors, text],
      );
      expect(questions.map(encode)).toEqual(askPython(questions));
    }
  });
});
