import { beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../lib/core/index.js';
import { resetLogging } from '../support/reset-logging.js';

beforeEach(resetLogging);

/** What a reference stands for in a configuration that has these keys besides. */
function resolve(reference: string, own: Record<string, unknown>): unknown {
  const { handlers } = dictConfig({ version: 1, ...own, handlers: { one: { class: 'logging.NullHandler', '.': { value: reference } } } });
  return (handlers.get('one') as { value?: unknown } | undefined)?.value;
}

const own = {
  list: ['a', 'b', 'c'],
  dict: { d: 'e', f: 3, nested: { list: ['g', ['h', 'i'], 'j'], dict: { a: 1 } } },
  nested: ['k', ['l', 'm'], 'n'],
  referring: ['o', 'cfg://list', 'p'],
  größe: { weiß: 7 },
};

describe('cfg://', () => {
  it.each([
    ['cfg://list[1]', 'b'],
    ['cfg://nested[1][1]', 'm'],
    ['cfg://dict.d', 'e'],
    ['cfg://dict[f]', 3],
    ['cfg://dict[ f ]', 3],
    ['cfg://dict.nested.dict.a', 1],
    ['cfg://dict[nested].dict[a]', 1],
    ['cfg://dict[nested][list][1][0]', 'h'],
    ['cfg://dict.nested.list[2]', 'j'],
    ['cfg://größe.weiß', 7],
    ['cfg://list', ['a', 'b', 'c']],
    ['cfg://referring', ['o', ['a', 'b', 'c'], 'p']],
  ])('%s leads to a value, references in it resolved', (reference, value) => {
    expect(resolve(reference, own)).toEqual(value);
  });

  it.each([
    ['cfg://nosuch', 'no key "nosuch"'],
    ['cfg://!', 'must start with a key'],
    ['cfg://dict[2]', 'no key "2"'],
    ['cfg://list[3]', 'no key "3"'],
    ['cfg://dict[a ]] b]', 'cannot read'],
    ['cfg://dict[a [ b]', 'cannot read'],
    ['cfg://dict.constructor', 'no key "constructor"'],
  ])('%s leads nowhere', (reference, message) => {
    expect(() => resolve(reference, own)).toThrow(message);
  });

  it('never leads in a circle', () => {
    expect(() => resolve('cfg://round', { round: 'cfg://round' })).toThrow('"cfg://round" refers to itself');
    expect(() => resolve('cfg://round', { round: { and: ['cfg://round', 'cfg://round'] } })).toThrow('value.and.0: "cfg://round" refers to itself');
  });

  it('changes nothing of the configuration', () => {
    const value = resolve('cfg://referring', own) as unknown[];
    value.pop();
    expect(own.referring).toEqual(['o', 'cfg://list', 'p']);
  });
});
