/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { HTTPHandler } from './http.handler.js';
export type { HTTPHandlerOptions } from './http-options.js';
