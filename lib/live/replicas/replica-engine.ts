/** How long an instance that is down is remembered, in milliseconds. */
export const FORGET_AFTER_MS = 3_600_000;

/** What the engine keeps for all replicas. */
export interface Stored {
  /** Changes with each write; writers compare and swap by it. */
  readonly revision: string;
  /** `undefined` where nothing is kept. */
  readonly document: string | undefined;
}

/** What is known after a heartbeat. */
export interface Heard {
  /** The revision that is stored by now. */
  readonly revision: string;
  /** The engine's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** The last heartbeat of each instance, and when it came by that clock. */
  readonly heartbeats: readonly { readonly text: string; readonly seenAt: number }[];
}

/** Called by an engine, at any time. */
export interface EngineEvents {
  /** What is stored has changed. */
  changed(): void;
  /** The engine is reached, for the first time or again. */
  reached(): void;
}

/**
 * Where replicas keep what they share. A call that fails rejects; none takes longer than 1.5 s.
 */
export interface ReplicaEngine {
  /** Begins to connect; it need not wait until it is connected. @throws Permanent errors. */
  open(events: EngineEvents): Promise<void>;
  read(): Promise<Stored>;
  /** Writes a document if nobody else has written since. @returns Its revision; `undefined` if somebody has. */
  swap(document: string, version: number, since: string): Promise<string | undefined>;
  /** Keeps the heartbeat of an instance in place of its last one. */
  beat(instance: string, text: string): Promise<Heard>;
  /** Called when there was no answer in time: the connection may be dead. */
  reconnect(): void;
  /** Removes the heartbeat and disconnects. */
  close(instance: string): Promise<void>;
}

/**
 * The error of a call while there is no connection.
 *
 * @param reason Why, by the last attempt. Its message alone is shown: errors of clients carry the command, which may be the
 * one with the password.
 */
export function notConnected(engine: string, reason: unknown): Error {
  // Where a name has several addresses, the error of all has no message.
  const { message, code } = (reason ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  const why = message || code;
  return new Error(`not connected to ${engine}${why ? `: ${String(why)}` : ''}`);
}
