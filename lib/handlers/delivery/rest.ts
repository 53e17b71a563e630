/** What is waited for: enough records for a batch, a receiver to recover, or the time it asked for. */
export type RestReason = 'turn' | 'backoff' | 'asked';

/** A wait that others may shorten or end. */
export class Rest {
  #reason: RestReason | undefined;
  #startedAt = 0;
  #endsAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #resolve: (() => void) | undefined;

  /**
   * Waits.
   *
   * @param waitMs Milliseconds; 0 or less does not wait.
   * @param keepsAlive Whether it keeps the process alive.
   */
  start(reason: RestReason, waitMs: number, keepsAlive: boolean): Promise<void> {
    if (waitMs <= 0) return Promise.resolve();
    this.#reason = reason;
    this.#startedAt = performance.now();
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#arm(waitMs);
      if (!keepsAlive) this.#timer?.unref();
    });
  }

  /** Ends the wait, if there is one for this reason; default: whatever the reason. */
  end(reason?: RestReason): void {
    if (this.#resolve === undefined || (reason !== undefined && reason !== this.#reason)) return;
    clearTimeout(this.#timer);
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve();
  }

  /** Makes a back-off end no later than `waitMs` after it began, give or take a quarter; other waits stay. */
  shorten(waitMs: number): void {
    if (this.#resolve === undefined || this.#reason !== 'backoff') return;
    const endsAt = this.#startedAt + waitMs;
    if (this.#endsAt <= endsAt) return;
    const jitter = waitMs * 0.25 * Math.random();
    clearTimeout(this.#timer);
    this.#arm(Math.max(1, endsAt - jitter - performance.now()));
    this.#timer?.unref();
  }

  #arm(waitMs: number): void {
    this.#endsAt = performance.now() + waitMs;
    this.#timer = setTimeout(() => this.end(), waitMs);
  }
}
