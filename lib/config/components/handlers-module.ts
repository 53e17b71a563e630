import { join } from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';
import { providedPackage } from '../../runtime/provided-packages.js';

/** The entry point with all handlers. */
const NAME = 'nestjs-logging/handlers';

/** What it exports. */
export type HandlersModule = Readonly<Record<string, unknown>>;

/**
 * The entry point with all handlers, loaded by the first call unless it was passed to `providePackage`.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if its file cannot be loaded.
 */
export function handlersModule(): HandlersModule {
  return (providedPackage(NAME) as HandlersModule | undefined) ?? required();
}

/** Becomes `require` when this package is built: bundlers then include what it names, and CommonJS finds it. */
declare const bundledRequire: (name: string) => HandlersModule;

/** Synchronous, because `dictConfig` is. Every version of Node that is supported can require an ES module. */
const required = lazy((): HandlersModule => {
  try {
    return bundledRequire('../handlers.js');
  } catch {
    // In an ES module there is no such function.
    return requireFile();
  }
});

/** The file is one folder up from a bundle, and two from the sources. */
function requireFile(): HandlersModule {
  const { createRequire } = nodeModule('node:module');
  let cause: unknown;
  for (const file of ['../handlers.js', '../../handlers.js']) {
    try {
      return createRequire(import.meta.url || join(process.cwd(), 'index.js'))(file) as HandlersModule;
    } catch (error) {
      cause ??= error;
    }
  }
  throw new LoggingError(
    'ERR_LOGGING_MISSING_PACKAGE',
    `the handlers that send records cannot be loaded here; import * as handlers from '${NAME}', and call providePackage('${NAME}', handlers) first`,
    { cause },
  );
}
