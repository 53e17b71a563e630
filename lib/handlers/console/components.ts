/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { RedirectStdHandler, type RedirectStdHandlerOptions } from './redirect-std.handler.js';
export { StreamHandler, type StreamHandlerOptions } from './stream.handler.js';
