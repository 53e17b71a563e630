/**
 * Brings messages to another process, over a connection that may break at any time.
 *
 * One call at a time is under way. A transport keeps no process alive that has nothing else to do, but for what is
 * being connected or sent at the moment.
 */
export interface Transport {
  /** The most messages that one `send` takes. */
  readonly maxMessages: number;
  /** The connection, `null` while there is none. Setting it replaces it; `null` releases it. */
  socket: object | null;
  /** Opens the connection; does nothing if it is open. Rejects within a bounded time if it cannot be opened. */
  open(): Promise<void>;
  /**
   * Sends messages, each of them whole; settles within a bounded time.
   *
   * @throws {DeliveryFailure} `'retry'` if none of them was sent, `'reject'` if they are lost or that is unknown.
   */
  send(messages: readonly Buffer[]): Promise<void>;
  /** Lets go of the connection, what was sent going out first; it may be opened again. */
  close(): void;
}
