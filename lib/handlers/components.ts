/** The handlers that configurations can name: the list of each room. */

export * from './http/components.js';
export * from './local-components.js';
export * from './mail/components.js';
export * from './network/components.js';
export * from './shipping/components.js';
export * from './syslog/components.js';
