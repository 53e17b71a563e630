/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { QueueHandler, type QueueHandlerOptions } from './queue.handler.js';
