import { expect, it } from '@jest/globals';
import { flatCopy, flatText } from '../../lib/runtime/flat-text.js';

const texts = ['', 'a', '0', '17', '__proto__', 'constructor', 'é 日本 😀', '\ud83d', 'x'.repeat(1_000)];

it.each(texts)('a flat text of %j is the same text', (text) => {
  for (const flat of [flatText, flatCopy]) {
    expect(flat(text)).toBe(text);
    expect(flat(`${text}${text}`)).toBe(text + text);
  }
});
