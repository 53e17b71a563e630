import { describe, expect, it } from '@jest/globals';
import { builtinNames } from '../../lib/config/components/builtin-components.js';
import { builtinComponents } from '../support/builtin-components.js';
import { type Page, readPage, readPages } from '../support/docs/markdown.js';
import { componentReference, hasReference, withReference } from '../support/docs/option-tables.js';
import { countDifferences, differencesTable } from '../support/docs/python-differences.js';

const generated = readPages().filter(({ text }) => hasReference(text));

describe('generated parts of the documentation', () => {
  it.each(generated.map((page): [string, Page] => [page.path, page]))(
    '%s holds what `npm run docs` writes',
    (_, { text }) => {
      expect(text).toBe(withReference(text));
    },
  );

  it('are the options, the exported names and the differences from Python', () => {
    expect(generated.map(({ path }) => path)).toEqual([
      'docs/configuration.md',
      'docs/differences-from-python.md',
      'docs/handlers.md',
      'docs/reference.md',
      'docs/request-logging.md',
      'docs/tuning.md',
    ]);
  });
});

describe('the reference of built-in components', () => {
  it('has every component under every name', () => {
    const reference = componentReference();
    const names = (['handler', 'formatter', 'filter'] as const).flatMap(builtinNames);
    expect(
      names.filter((name) => !reference.includes(`\`${name}\``) && !reference.includes(`### ${name}\n`)),
    ).toEqual([]);
  });

  it('says what each option is for', () => {
    const silent = componentReference()
      .split('\n')
      .filter((line) => /^\| `.*\|\s*\|$/.test(line));
    expect(silent).toEqual([]);
  });
});

describe('the differences from Python', () => {
  it('have a row for each one in a doc comment', () => {
    expect(differencesTable().split('\n')).toHaveLength(countDifferences() + 3);
  });
});

describe('the page about handlers', () => {
  it('says for each what it is for', () => {
    const { text } = readPage('docs/handlers.md');
    const handlers = [...builtinComponents('handler').values()].map(({ name }) => name);
    expect(handlers.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
