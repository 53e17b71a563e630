import { Catch, type Type, UseFilters } from '@nestjs/common';
import type { ExternalContextCreator } from '@nestjs/core';
import { globalSlot } from '../../runtime/global-slot.js';
import { expectInternal } from './expected-internals.js';

/**
 * A class for `@Catch()` that lets a filter see every exception and answer none.
 *
 * Nest goes through the filters of a handler, the nearest first. It takes the first filter with a class that the exception
 * is an `instanceof`. A class can decide that itself, by `Symbol.hasInstance`. This one always says no. But by then it has
 * seen the exception, and Nest goes on to the next filter as if this one were not there.
 *
 * No simpler way sees as much. A filter that takes an exception has to answer it, so that the application's own filters
 * would not run. Interceptors do not see what guards throw, and middleware sees nothing.
 *
 * @param observe Called with every exception. Must not throw.
 */
export function exceptionObserver(observe: (exception: unknown) => void): Type {
  // biome-ignore lint/complexity/noStaticOnlyClass: Nest takes classes here
  return class Observer {
    static [Symbol.hasInstance](exception: unknown): boolean {
      observe(exception);
      return false;
    }
  };
}

const here = globalSlot('nest.observers.1', () => ({ checked: new WeakSet<object>() }));

/**
 * Checks, once for each copy of Nest, that it asks such a filter and then takes the next one. It is reported if not.
 *
 * Nothing is waited for, and no filter of the application is asked.
 */
export function checkExceptionObservers(creator: Pick<ExternalContextCreator, 'create'>): void {
  if (here.checked.has(creator.constructor)) return;
  here.checked.add(creator.constructor);
  void isObservedAndAnsweredByNext(creator).then((isSo) => expectInternal('filterChoice', isSo));
}

/** @returns Whether what a handler throws is observed by one filter and answered by the other. */
export async function isObservedAndAnsweredByNext(
  creator: Pick<ExternalContextCreator, 'create'>,
): Promise<boolean> {
  let isObserved = false;
  class Observing {
    catch(): void {}
  }
  const type = exceptionObserver(() => {
    isObserved = true;
  });
  Catch(type)(Observing);
  class Answering {
    // A filter without classes takes every exception.
    catch(): unknown {
      return this;
    }
  }
  class Throwing {
    run(): never {
      throw new Error('which filter answers?');
    }
  }
  const answering = new Answering();
  const { prototype } = Throwing;
  const member = Object.getOwnPropertyDescriptor(prototype, 'run') as PropertyDescriptor;
  // The one that is bound last is asked first.
  UseFilters(answering, new Observing())(prototype, 'run', member);
  const given = [new Throwing(), prototype.run, 'run', undefined, undefined, undefined, undefined] as const;
  try {
    const run = creator.create(...given, { guards: false, interceptors: false, filters: true });
    return (await run()) === answering && isObserved;
  } catch {
    return false;
  }
}
