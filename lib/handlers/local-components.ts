/**
 * The handlers that come with `nestjs-logging/core`: those that write to streams and files, collect records, or hand
 * them to a queue. The others are loaded when a configuration names one.
 */

export * from './console/components.js';
export * from './file/components.js';
export * from './memory/components.js';
export { NullHandler } from './null.handler.js';
export * from './queue/components.js';
