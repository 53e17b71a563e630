/**
 * Lets a plain `node` process run the TypeScript sources:
 *
 *     node --import ./test/support/ts-loader.mjs script.ts
 *
 * Compiled code carries an inline source map; add `--enable-source-maps` to see TypeScript positions.
 */
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
