/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { RelpHandler, type RelpHandlerOptions } from './relp/relp.handler.js';
export { SysLogHandler } from './syslog.handler.js';
export type { SysLogHandlerOptions } from './syslog-options.js';
