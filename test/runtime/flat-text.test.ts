import { expect, it } from '@jest/globals';
import { flatText } from '../../lib/runtime/flat-text.js';

it.each(['', 'a', '0', '17', '__proto__', 'constructor', 'é 日本 😀', '\ud83d', 'x'.repeat(1_000)])(
  'a flat text of %j is the same text',
  (text) => {
    expect(flatText(text)).toBe(text);
    expect(flatText(`${text}${text}`)).toBe(text + text);
  },
);
