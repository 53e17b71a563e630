/** The two clocks of a machine, in milliseconds. */
export interface Clocks {
  /** Since the epoch. It may be set, and it goes on while the machine sleeps. */
  wall(): number;
  /** Since any moment. Nobody can set it, and it may stop while the machine sleeps. */
  monotonic(): number;
}

/** The clocks of this process. */
export const systemClocks: Clocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};

/**
 * A moment that is reached when either clock says so. If the wall clock is set back, the monotonic clock is right. If the
 * machine has slept, the wall clock is right. If the wall clock is set forward, things end early, which does no harm.
 */
export class Expiry {
  readonly #at: number;
  readonly #monotonicAt: number;

  /**
   * @param at Milliseconds since the epoch.
   * @param longest The maximum distance, in milliseconds: another machine's clock may be wrong.
   */
  constructor(
    at: number,
    longest: number,
    private readonly clocks: Clocks,
  ) {
    const left = Math.min(at - clocks.wall(), longest);
    this.#at = clocks.wall() + left;
    this.#monotonicAt = clocks.monotonic() + left;
  }

  /** Milliseconds until then; 0 or less when it has come. */
  get left(): number {
    return Math.min(this.#at - this.clocks.wall(), this.#monotonicAt - this.clocks.monotonic());
  }
}
