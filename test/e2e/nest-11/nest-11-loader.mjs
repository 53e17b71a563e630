/**
 * Lets a plain `node` process take the older line of Nest, which is installed beside this file:
 *
 *     node --import ./test/e2e/nest-11/nest-11-loader.mjs script.js
 */
import { register } from 'node:module';

register('./nest-11-hooks.mjs', import.meta.url);
