import * as handlers from '../../lib/handlers.js';

/**
 * In place of `lib/config/components/handlers-module.ts` where sources run: Jest cannot require an ES module, and Node
 * cannot require TypeScript. What the package itself does is tested with the package.
 */
export const handlersModule = () => handlers;
