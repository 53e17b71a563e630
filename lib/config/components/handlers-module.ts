import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoggingError } from '../../core/errors.js';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';

/** The entry point with all handlers. */
const NAME = 'nestjs-logging/handlers';

/** What it exports. */
export type HandlersModule = Readonly<Record<string, unknown>>;

const offered: { module?: HandlersModule } = {};

/**
 * Called by the built entry point when it is loaded: configurations then make the classes that the program imports from
 * it, also where a `require` would load a copy of them.
 */
export function offerHandlers(module: HandlersModule): void {
  offered.module = module;
}

/**
 * The entry point with all handlers, loaded by the first call unless the program has imported it.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if its file cannot be loaded.
 */
export function handlersModule(): HandlersModule {
  return offered.module ?? required();
}

/** Becomes `require` when this package is built: bundlers then include what it names, and CommonJS finds it. */
declare const bundledRequire: (name: string) => HandlersModule;

/** Synchronous, because `dictConfig` is. */
const required = lazy((): HandlersModule => {
  let cause: unknown;
  for (const load of ways()) {
    try {
      return checked(load());
    } catch (error) {
      // In an ES module there is no `require`, which explains nothing.
      if (!(error instanceof ReferenceError)) cause ??= error;
    }
  }
  throw new LoggingError(
    'ERR_LOGGING_MISSING_PACKAGE',
    `the handlers that send records cannot be loaded here${reason(cause)}; import '${NAME}' before the configuration is applied`,
    { cause },
  );
});

/** In their order. A `require` that the application has made global would find its files, and run them: it comes last. */
function ways(): (() => HandlersModule)[] {
  const own = [requireOwn, requireCommonJs];
  return 'require' in globalThis ? [...own, requireBundled] : [requireBundled, ...own];
}

/** A bundler that leaves the `require` as it is makes it name a file of the application. */
function checked(module: HandlersModule): HandlersModule {
  if (typeof module.ShippingHandler !== 'function') throw new Error('another file is in their place');
  return module;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? ` (${cause.message.split('\n')[0]})` : '';
}

function requireBundled(): HandlersModule {
  return bundledRequire('../handlers.js');
}

function requireOwn(): HandlersModule {
  return ownPackage().load(NAME) as HandlersModule;
}

/**
 * A copy of the package, which shares all state with this one. Some cannot require an ES module: Jest before Node 24.9,
 * and versions of Node where the program imports this one but has not come to run it. And some programs are deployed with
 * those files alone that are seen to be needed, of which it is one.
 */
function requireCommonJs(): HandlersModule {
  const { load, root } = ownPackage();
  return load(join(root, 'dist/cjs/handlers.js')) as HandlersModule;
}

/**
 * A `require` that finds this package by its name, and the folder that it is in.
 *
 * @throws {Error} If this file is not part of that package: what is beside a bundle may be anybody's.
 */
function ownPackage(): { load: NodeJS.Require; root: string } {
  const load = nodeModule('node:module').createRequire(import.meta.url);
  const root = dirname(load.resolve('nestjs-logging/package.json'));
  const here = fileURLToPath(import.meta.url);
  if (!here.startsWith(root + sep)) throw new Error(`${here} is not part of ${root}`);
  return { load, root };
}
