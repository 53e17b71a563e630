/**
 * Brings messages to another process, over a connection that may break at any time.
 *
 * One call at a time is under way. A transport keeps no process alive that has nothing else to do, but for what is
 * being connected or sent at the moment.
 */
export interface Transport {
  /** The most messages that one `send` takes. */
  readonly maxMessages: number;
  /** Opens the connection; does nothing if it is open. Rejects within a bounded time if it cannot be opened. */
  open(): Promise<void>;
  /**
   * Sends messages, each of them whole; settles within a bounded time.
   *
   * @throws {DeliveryFailure} `'retry'` if none of them is out, `'reject'` if they are lost or nobody can tell.
   */
  send(messages: readonly Buffer[]): Promise<void>;
  /** Lets go of the connection, what was sent going out first; it may be opened again. */
  close(): void;
}
