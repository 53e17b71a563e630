/** The handlers that configurations can name: the list of each room. */

export * from './console/components.js';
export * from './file/components.js';
export * from './http/components.js';
export * from './mail/components.js';
export * from './memory/components.js';
export * from './network/components.js';
export { NullHandler } from './null.handler.js';
export * from './queue/components.js';
export * from './shipping/components.js';
export * from './syslog/components.js';
