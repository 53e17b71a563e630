/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { DatagramHandler } from './datagram.handler.js';
export { SocketHandler } from './socket.handler.js';
export type { SocketHandlerOptions } from './socket-options.js';
