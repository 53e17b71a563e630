import { describe, expect, it, jest } from '@jest/globals';
import { lazy, lazyProperty } from '../../lib/runtime/lazy.js';

describe('lazy', () => {
  it('computes once, on the first call', () => {
    const compute = jest.fn(() => ({}));
    const get = lazy(compute);
    expect(compute).not.toHaveBeenCalled();
    expect(get()).toBe(get());
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it('keeps undefined too', () => {
    const compute = jest.fn(() => undefined);
    const get = lazy(compute);
    get();
    get();
    expect(compute).toHaveBeenCalledTimes(1);
  });
});

describe('a lazy property', () => {
  class Base {
    declare static options: string[];
    static {
      lazyProperty(Base, 'options', () => ['base']);
    }
    name = 'base';
  }

  it('is computed once, also for classes that inherit it', () => {
    class Derived extends Base {}
    expect(Derived.options).toBe(Base.options);
    expect(Base.options).toEqual(['base']);
  });

  it('is an own, enumerable property from the start', () => {
    expect(Object.hasOwn(Base, 'options')).toBe(true);
    expect(Object.keys(Base)).toContain('options');
  });

  it('gives way to a field of a derived class', () => {
    class Derived extends Base {
      static override options = ['derived'];
    }
    expect(Derived.options).toEqual(['derived']);
    expect(Base.options).toEqual(['base']);
  });

  it('gives way to an assignment, which is what some compilers make of such a field', () => {
    class Derived extends Base {}
    Derived.options = ['assigned'];
    expect(Derived.options).toEqual(['assigned']);
    expect(Object.hasOwn(Derived, 'options')).toBe(true);
    expect(Base.options).toEqual(['base']);
  });
});
