/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { BufferingHandler, type BufferingHandlerOptions } from './buffering.handler.js';
export { MemoryHandler, type MemoryHandlerOptions } from './memory.handler.js';
