/**
 * Lets a plain `node` process run the TypeScript sources:
 *
 *     node --import ./test/support/ts-loader.mjs script.ts
 *
 * Compiled code carries an inline source map; add `--enable-source-maps` to see TypeScript positions.
 */
import module from 'node:module';
import * as hooks from './ts-hooks.mjs';

// The older way runs the hooks in a thread of their own, and warns since Node 26.
if (module.registerHooks) module.registerHooks(hooks);
else module.register('./ts-hooks.mjs', import.meta.url);
