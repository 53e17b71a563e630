/**
 * `Symbol.dispose`; where there is none, the symbol that esbuild, oxc and Babel make of it for `using`. Node 20 and 22
 * have it in their main context alone, and Vitest's `vmForks` and `vmThreads` run tests in others.
 */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** The same for `Symbol.asyncDispose` and `await using`. */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
