import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Picklable, PyFloat, pickle } from '../../../lib/handlers/wire/pickle.js';
import { askPython, hasPython } from '../../support/live-python.js';

/** What Python reads from pickles, as its `repr`. */
function readByPython(values: readonly Picklable[]): unknown[] {
  const body = 'import pickle\nreturn repr(pickle.loads(bytes.fromhex(case)))';
  return askPython(
    body,
    values.map((value) => pickle(value).toString('hex')),
  ).map((answer) => (answer as { text?: unknown }).text ?? answer);
}

const describeLive = hasPython ? describe : describe.skip;

describeLive('a pickle, read by Python', () => {
  it('holds None, bool, int, float, str, list and dict', () => {
    const values: Picklable[] = [
      null,
      undefined,
      true,
      false,
      0,
      -1,
      1.5,
      new PyFloat(2),
      'é 日本 😀',
      [],
      {},
      [[1], { a: 'b' }],
    ];
    expect(readByPython(values)).toEqual([
      ...[
        'None',
        'None',
        'True',
        'False',
        '0',
        '-1',
        '1.5',
        '2.0',
        "'é 日本 😀'",
        '[]',
        '{}',
        "[[1], {'a': 'b'}]",
      ],
    ]);
  });

  it('holds numbers that are none as float', () => {
    expect(readByPython([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e21])).toEqual([
      'nan',
      'inf',
      '-0.0',
      '1e+21',
    ]);
  });

  it('holds integers of any size as int', () => {
    const edges = [8n, 16n, 31n, 32n, 63n, 64n, 2_040n].flatMap((bits) =>
      [-1n, 0n, 1n].flatMap((off) => [2n ** (bits - 1n) + off, -(2n ** (bits - 1n)) + off]),
    );
    const values = [...edges, ...edges.filter((edge) => Number.isSafeInteger(Number(edge))).map(Number)];
    expect(readByPython(values)).toEqual(values.map(String));
  });

  it('holds any JSON as Python reads that JSON', () => {
    const samples = fc.sample(fc.jsonValue({ maxDepth: 4 }), { numRuns: 300, seed: 7 }) as Picklable[];
    const expected = askPython(
      'import json\nreturn repr(json.loads(case))',
      samples.map((sample) => JSON.stringify(sample)),
    ).map((answer) => (answer as { text: string }).text);
    // JSON.stringify writes 1e21 and -0 as Python's json reads them otherwise.
    const isPlain = (text: string) => !/e\+?\d|-0|\d{16}/.test(text);
    const actual = readByPython(samples);
    const pairs = expected
      .map((text, index) => [actual[index], text] as const)
      .filter(([, text]) => isPlain(text));
    expect(pairs.length).toBeGreaterThan(100);
    for (const [got, want] of pairs) expect(got).toBe(want);
  });
});

describe('a pickle', () => {
  it('names no class and no function, so that reading it runs nothing', () => {
    const bytes = pickle({ text: 'cos\nsystem\n', list: [1, 'R', 'c'] });
    // Protocol 2, an empty dict, its items, the end: no GLOBAL (c), no REDUCE (R) among the opcodes.
    expect(bytes.toString('latin1')).toBe(
      '\x80\x02}(X\x04\0\0\0textX\x0b\0\0\0cos\nsystem\nX\x04\0\0\0list](J\x01\0\0\0X\x01\0\0\0RX\x01\0\0\0ceu.',
    );
  });
});
