/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { DatagramHandler } from './datagram.handler.js';
export { SocketHandler, type SocketHandlerOptions } from './socket.handler.js';
