import { globalSlot } from './global-slot.js';

/** Optional packages that the application has provided, by name. */
const provided = globalSlot('provided-packages.1', () => ({ byName: new Map<string, unknown>() }));

/**
 * Gives an optional package to the library, which then uses this copy instead of looking for one.
 *
 * Needed in a bundle whose bundler does not find the package by itself, such as `iconv-lite` with webpack.
 *
 * @param name The name the package is installed by, such as `'iconv-lite'`: any of the optional peer dependencies
 * but `typescript`.
 * @param module The imported module.
 * @example
 * import * as iconv from 'iconv-lite';
 * providePackage('iconv-lite', iconv);
 */
export function providePackage(name: string, module: unknown): void {
  provided.byName.set(name, module);
}

/** The package given to {@link providePackage} under this name; `undefined` if there is none. */
export function providedPackage(name: string): unknown {
  return provided.byName.get(name);
}
