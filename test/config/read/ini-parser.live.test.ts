import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseIni } from '../../../lib/config/read/ini-parser.js';
import { InterpolationError, interpolate } from '../../../lib/config/read/ini-reader.js';
import { LiteralError, parsePythonLiteral } from '../../../lib/python/python-literal-parser.js';
import { askPython, hasPython } from '../../support/live-python.js';

const live = hasPython ? describe : describe.skip;

/** What `configparser` reads, or that it cannot. */
const READ = `
import configparser
cp = configparser.ConfigParser()
try:
    cp.read_string(case)
    raw = {s: dict(cp._sections[s]) for s in cp.sections()}
    raw['DEFAULT'] = dict(cp._defaults)
except configparser.Error:
    return 'refused'
return json.dumps(raw)
`.trim();

function read(text: string): unknown {
  const { sections, defaults, issues } = parseIni(text);
  if (issues.length > 0) return 'refused';
  const plain = (keys: ReadonlyMap<string, { text: string }>) =>
    Object.fromEntries([...keys].map(([key, { text: value }]) => [key, value]));
  return {
    ...Object.fromEntries([...sections].map(([name, { keys }]) => [name, plain(keys)])),
    DEFAULT: plain(defaults),
  };
}

live('INI files are taken apart as by configparser', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '[a]',
      '[b]',
      '[DEFAULT]',
      '[a b]',
      ' [c]',
      '[d] x',
      '[]',
      '',
      '   ',
      '# x',
      '; x',
      '  # y',
      ' ; z',
    ),
    fc
      .tuple(
        fc.constantFrom('', '', ' ', '   ', '\t'),
        fc.constantFrom('k', 'Key', 'key two', 'x', ''),
        fc.constantFrom('=', ' = ', ':', ' : ', '', '=='),
        fc.constantFrom('', 'v', '1 # c', '1 ; c', "('a', 'b')", 'a=b', 'a:b', ' t '),
      )
      .map((parts) => parts.join('')),
    fc.constantFrom('  more', '\tmore', '    and [more]'),
  );
  const text = fc.array(line, { maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);

  it('whatever they hold', () => {
    const texts = fc.sample(text, { numRuns: 1500, seed: 7 });
    const answers = askPython(READ, texts) as { text: string }[];
    const told = answers.map((answer) =>
      answer.text === 'refused' ? 'refused' : (JSON.parse(answer.text) as unknown),
    );
    expect(texts.map((one) => [one, read(one)])).toEqual(texts.map((one, index) => [one, told[index]]));
    const sound = told.filter((answer) => answer !== 'refused').length;
    expect(sound).toBeGreaterThan(50);
  });
});

live('values refer to others as in configparser', () => {
  it('whatever they hold', () => {
    const value = fc
      .array(fc.constantFrom('%(a)s', '%(B)s', '%(c)s', '%(none)s', '%%', '%', 'x', '(', ')s', '%('), {
        maxLength: 4,
      })
      .map((parts) => parts.join(''));
    const cases = fc.sample(fc.record({ a: value, b: value, c: value }), { numRuns: 600, seed: 7 });
    const answers = askPython(
      `
import configparser
cp = configparser.ConfigParser()
cp.read_dict({'s': {}})
cp._sections['s'].update(case)
try: return cp.get('s', 'a')
except configparser.InterpolationError: return 'refused'
except RecursionError: return 'refused'
`.trim(),
      cases,
    ) as { text: string }[];
    const own = cases.map((one) => {
      try {
        return interpolate(one.a, (key) => (one as Record<string, string>)[key]);
      } catch (error) {
        if (error instanceof InterpolationError) return 'refused';
        throw error;
      }
    });
    expect(own.map((text, index) => [cases[index], text])).toEqual(
      answers.map(({ text }, index) => [cases[index], text]),
    );
  });
});

live('literals are read as by Python', () => {
  const leaf = fc.oneof(
    fc.constantFrom(
      '1',
      '-1',
      '1_000',
      '0x1F',
      '0o17',
      '0b11',
      '1.5',
      '.5',
      '2.',
      '1e3',
      'True',
      'False',
      'None',
      '007',
      '0',
    ),
    fc.constantFrom(
      "'a'",
      '"b"',
      "r'\\n'",
      "'\\n\\t\\x41\\u00e9\\101\\q\\''",
      "'a' 'b'",
      "'''c\nd'''",
      "u'e'",
      '""',
      "'unclosed",
      "'\\N{DASH}'",
    ),
  );
  const { literal } = fc.letrec<{ literal: string }>((tie) => ({
    literal: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('literal'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(tie('literal'), { maxLength: 3 })
        .map((items) => `(${items.map((item) => `${item},`).join(' ')})`),
      tie('literal').map((item) => `(${item})`),
      fc
        .array(tie('literal'), { maxLength: 2 })
        .map((items) => `{${items.map((item, index) => `'k${index}': ${item}`).join(',')}}`),
      // Numbers are calculated with; of truth values only Python thinks so.
      fc
        .tuple(
          tie('literal'),
          tie('literal').filter((text) => !/^[-([]/.test(text)),
        )
        .map((items) => items.join(' ')),
    ),
  }));

  it('whatever they hold', () => {
    const texts = fc.sample(literal, { numRuns: 1500, seed: 7 });
    const answers = askPython(
      `
import warnings
warnings.simplefilter('ignore')
try: return json.dumps(eval(case, {'__builtins__': {}}))
except Exception: return 'refused'
`.trim(),
      texts,
    ) as { text: string }[];
    const differing = texts.flatMap((text, index) => {
      const told = (answers[index] as { text: string }).text;
      const own = parse(text);
      // Names of characters are left to Python.
      if (text.includes('\\N')) return [];
      const expected = told === 'refused' ? told : (JSON.parse(told) as unknown);
      return JSON.stringify(own) === JSON.stringify(expected) ? [] : [{ text, own, expected }];
    });
    expect(differing).toEqual([]);
  });

  function parse(text: string): unknown {
    try {
      return parsePythonLiteral(text, () => undefined);
    } catch (error) {
      if (error instanceof LiteralError) return 'refused';
      throw error;
    }
  }
});

describe('literals', () => {
  const names = (name: string) =>
    name === 'sys.stdout' ? 'ext://sys.stdout' : name === 'DEBUG' ? 10 : undefined;

  it.each<[string, unknown]>([
    ['(sys.stdout,)', ['ext://sys.stdout']],
    ['(10 * 1024 ** 2, DEBUG + 5)', [10_485_760, 15]],
    ["('a' + 'b', 2 - -1)", ['ab', 3]],
    ['-2 ** 2', -4],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
  ])('%s', (text, value) => {
    expect(parsePythonLiteral(text, names)).toEqual(value);
  });

  it.each([
    ["(os.environ['HOME'],)", /os\.environ is not known/],
    ["(open('/etc/passwd'),)", /open\(…\) is a call, and nothing is called here/],
    ["__import__('os')", /is a call/],
    ['[x for x in ()]', /x is not known/],
    ['lambda: 1', /lambda is not known/],
    ["'a' * 3", /on numbers only/],
    ['(1, 2', /at the end/],
    ['', /at the end/],
    ['('.repeat(1000), /nested too deeply/],
  ])('%s is refused', (text, message) => {
    expect(() => parsePythonLiteral(text, names)).toThrow(LiteralError);
    expect(() => parsePythonLiteral(text, names)).toThrow(message);
  });
});
