import { describe, expect, it, jest } from '@jest/globals';
import { JsonBudget, type MemberLead } from '../../lib/python/json/json-budget.js';
import { jsonValue } from '../../lib/python/json/json-value.js';
import { KnownKeys } from '../../lib/python/json/known-keys.js';

const value = { id: 1, 'two\nlines': { id: 2, '"': [{ id: 3 }] }, ['k'.repeat(300)]: 4, none: undefined };

function write(
  keys: KnownKeys<MemberLead> | undefined,
  characters = 10_000,
): { json: string | undefined; left: number } {
  const budget = new JsonBudget();
  budget.keys = keys;
  budget.reset(characters);
  return { json: jsonValue(value, budget), left: budget.charactersLeft };
}

describe('the keys that are remembered', () => {
  it.each([10_000, 40, 12])('change neither the JSON nor what is left of %d characters', (characters) => {
    const keys = new KnownKeys<MemberLead>();
    const plain = write(undefined, characters);
    expect(write(keys, characters)).toEqual(plain);
    expect(write(keys, characters)).toEqual(plain);
  });

  it('are put in quotes once', () => {
    const keys = new KnownKeys<MemberLead>();
    write(keys);
    const remember = jest.spyOn(keys, 'remember');
    write(keys);
    // The long one is not remembered.
    expect(remember).toHaveBeenCalledTimes(1);
  });

  it('are a thousand, none of them long', () => {
    const keys = new KnownKeys<MemberLead>();
    keys.remember('k'.repeat(129), ['"":', ',"":']);
    expect(keys.leadOf('k'.repeat(129))).toBeUndefined();
    for (let at = 0; at < 2_000; at += 1) keys.remember(`key${at}`, [`"key${at}":`, `,"key${at}":`]);
    expect(keys.leadOf('key999')).toEqual(['"key999":', ',"key999":']);
    expect(keys.leadOf('key1000')).toBeUndefined();
  });
});
