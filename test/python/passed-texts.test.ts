import { describe, expect, it } from '@jest/globals';
import { rememberPassed } from '../../lib/python/passed-texts.js';
import { ordinaryLines } from '../support/ordinary-lines.js';

/** A test of texts that counts how often it is asked. */
function counting(passes: (text: string) => boolean) {
  const asked: string[] = [];
  const test = rememberPassed((text) => {
    asked.push(text);
    return passes(text);
  });
  return { asked, test };
}

describe('rememberPassed', () => {
  it('asks once about a text that passes, each time about one that does not', () => {
    const { asked, test } = counting((text) => text !== 'bad');
    expect([test('good'), test('bad'), test('good'), test('bad')]).toEqual([true, false, true, false]);
    expect(asked).toEqual(['good', 'bad', 'bad']);
  });

  it('remembers names of what objects inherit like any others', () => {
    const { asked, test } = counting(() => true);
    for (const name of ['__proto__', 'constructor', '0', ''])
      expect([test(name), test(name)]).toEqual([true, true]);
    expect(asked).toEqual(['__proto__', 'constructor', '0', '']);
  });

  it('does not remember long texts', () => {
    const { asked, test } = counting(() => true);
    const long = 'x'.repeat(257);
    test(long);
    test(long);
    expect(asked).toHaveLength(2);
  });

  it('remembers so many and no more', () => {
    const { asked, test } = counting(() => true);
    for (let round = 0; round < 2; round += 1) for (let i = 0; i < 400; i += 1) test(`message ${i}`);
    expect(asked.length).toBeGreaterThanOrEqual(400 + 400 - 256);
  });

  it('remembers most ordinary texts, concatenated anew each time', () => {
    const { asked, test } = counting(() => true);
    const texts = ordinaryLines.filter((line) => line.length <= 256);
    for (const text of texts) test(text);
    asked.length = 0;
    for (const text of texts) test(`${text.slice(0, 1)}${text.slice(1)}`);
    expect(texts.length).toBeGreaterThan(40);
    expect(asked.length).toBeLessThan(texts.length / 6);
  });

  it('gives up for a while where texts seldom come again, and tries anew later', () => {
    const { asked, test } = counting(() => true);
    for (let i = 0; i < 2_000; i += 1) test(`order ${i}`);
    asked.length = 0;
    test('again');
    test('again');
    expect(asked).toEqual(['again', 'again']);
    for (let i = 0; i < 16_384; i += 1) test('again');
    asked.length = 0;
    test('again');
    expect(asked).toEqual([]);
  });

  it('tries anew less often the longer texts do not come again', () => {
    const { asked, test } = counting(() => true);
    let made = 0;
    const pass = (count: number): void => {
      for (let i = 0; i < count; i += 1) test(`order ${made++}`);
    };
    // A trial that fails after half of its calls, the rest after it, and a second trial.
    pass(513 + 16_384 + 513);
    asked.length = 0;
    for (let i = 0; i < 32_768; i += 1) test('again');
    expect(asked).toHaveLength(32_768);
    test('again');
    asked.length = 0;
    test('again');
    expect(asked).toEqual([]);
  });
});
