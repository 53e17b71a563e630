import { describe, expect, it } from '@jest/globals';
import { builtinComponents } from '../../lib/config/builtin-components.js';
import { readPage } from '../support/docs/markdown.js';
import { componentReference, withReference } from '../support/docs/option-tables.js';

const page = readPage('docs/configuration.md');

describe('the reference of built-in components', () => {
  it('is what `npm run docs` writes from their schemas', () => {
    expect(page.text).toBe(withReference(page.text));
  });

  it('has every component under every name', () => {
    const reference = componentReference();
    const names = Object.values(builtinComponents()).flatMap((components) => [...components.keys()]);
    expect(names.filter((name) => !reference.includes(`\`${name}\``) && !reference.includes(`### ${name}\n`))).toEqual([]);
  });

  it('tells what each option is for', () => {
    const silent = componentReference().split('\n').filter((line) => /^\| `.*\|\s*\|$/.test(line));
    expect(silent).toEqual([]);
  });
});
