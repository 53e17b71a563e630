import { beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../lib/core.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

beforeEach(resetLoggingAsPython);

/** What a reference stands for in a configuration that has these keys besides. */
function resolve(reference: string, own: Record<string, unknown>): unknown {
  const { handlers } = dictConfig({
    version: 1,
    ...own,
    handlers: { one: { class: 'logging.NullHandler', '.': { value: reference } } },
  });
  return (handlers.get('one') as { value?: unknown } | undefined)?.value;
}

const own = {
  list: ['a', 'b', 'c'],
  dict: { d: 'e', f: 3, nested: { list: ['g', ['h', 'i'], 'j'], dict: { a: 1 } } },
  nested: ['k', ['l', 'm'], 'n'],
  referring: ['o', 'cfg://own.list', 'p'],
  größe: { weiß: 7 },
  any: {
    'two words': 5,
    '%( - © ß¯': 9,
    'a ] b': 15,
    'c ]] d]': 19,
    ' e [ f] ': 11,
    ' spaced ': 32,
    '': 10,
    inner: { 'with ( and blanks': 4, '': 12, list: ['g', ['h', 'i'], 'j'], '7': 'seven' },
  },
};

describe('cfg://', () => {
  it.each([
    ['cfg://own.list[1]', 'b'],
    ['cfg://own.nested[1][1]', 'm'],
    ['cfg://own.dict.d', 'e'],
    ['cfg://own.dict[f]', 3],
    ['cfg://own.dict[ f ]', 3],
    ['cfg://own.dict.nested.dict.a', 1],
    ['cfg://own.dict[nested].dict[a]', 1],
    ['cfg://own.dict[nested][list][1][0]', 'h'],
    ['cfg://own.dict.nested.list[2]', 'j'],
    ['cfg://own.größe.weiß', 7],
    ['cfg://own.any[two words]', 5],
    ['cfg://own.any[%( - © ß¯]', 9],
    ['cfg://own.any[ spaced ]', 32],
    ['cfg://own.any[]', 10],
    ['cfg://own.any.inner[]', 12],
    ['cfg://own.any[inner][with ( and blanks]', 4],
    ['cfg://own.any[inner].list[1][1]', 'i'],
    ['cfg://own[any].inner[list][ 2 ]', 'j'],
    ['cfg://own.any[inner][list][01]', ['h', 'i']],
    ['cfg://own[any] . inner [ 7 ]', 'seven'],
    ['cfg://own.list', ['a', 'b', 'c']],
    ['cfg://own.referring', ['o', ['a', 'b', 'c'], 'p']],
  ])('%s leads to a value, references in it resolved', (reference, value) => {
    expect(resolve(reference, { own })).toEqual(value);
  });

  it.each([
    ['cfg://own.nosuch', 'no key "nosuch"'],
    ['cfg://!', 'must start with a key'],
    ['cfg://own.dict[2]', 'no key "2"'],
    ['cfg://own.list[3]', 'no key "3"'],
    ['cfg://own.any[a ] b]', 'no key "a"'],
    ['cfg://own.any[c ]] d] ]', 'no key "c"'],
    ['cfg://own.any[two words]] ]', 'cannot read'],
    ['cfg://own.any[ e [ f] ]', 'cannot read'],
    ['cfg://own.any[__proto__]', 'no key "__proto__"'],
    ['cfg://own.list[length]', 'no key "length"'],
    ['cfg://own.dict[d]]', 'cannot read'],
    ['cfg://own.dict[d [ e]', 'cannot read'],
    ['cfg://own.dict.constructor', 'no key "constructor"'],
  ])('%s leads nowhere', (reference, message) => {
    expect(() => resolve(reference, { own })).toThrow(message);
  });

  it('never leads in a circle', () => {
    expect(() => resolve('cfg://round', { round: 'cfg://round' })).toThrow('"cfg://round" refers to itself');
    expect(() => resolve('cfg://round', { round: { and: ['cfg://round', 'cfg://round'] } })).toThrow(
      'value.and.0: "cfg://round" refers to itself',
    );
  });

  it('changes nothing of the configuration', () => {
    const value = resolve('cfg://own.referring', { own }) as unknown[];
    value.pop();
    expect(own.referring).toEqual(['o', 'cfg://own.list', 'p']);
  });
});
