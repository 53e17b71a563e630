import { describe, expect, it } from '@jest/globals';
import { hiddenField } from '../../lib/internal/hidden-field.js';

describe('hiddenField', () => {
  it('keeps a value with an object of whatever kind', () => {
    const field = hiddenField<number>();
    const objects = [{}, Object.freeze({}), Object.create(null) as object, () => 0, new Map()];
    for (const [at, object] of objects.entries()) field.set(object, at);
    expect(objects.map((object) => field.get(object))).toEqual([0, 1, 2, 3, 4]);
    expect(field.get({})).toBeUndefined();
  });

  it('shows nobody that it is there', () => {
    const field = hiddenField<string>();
    const object = { a: 1 };
    field.set(object, 'secret');
    expect(Reflect.ownKeys(object)).toEqual(['a']);
    expect(field.get({ ...object })).toBeUndefined();
    expect(hiddenField<string>().get(object)).toBeUndefined();
  });

  it('stays when an object gets another prototype', () => {
    const field = hiddenField<string>();
    const object = Object.setPrototypeOf({}, null) as object;
    field.set(object, 'kept');
    Object.setPrototypeOf(object, Array.prototype);
    expect(field.get(object)).toBe('kept');
  });
});
