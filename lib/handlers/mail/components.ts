/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { AdminEmailHandler, type AdminEmailHandlerOptions } from './admin-email.handler.js';
export { SMTPHandler } from './smtp.handler.js';
export type { SMTPHandlerOptions } from './smtp-options.js';
