/** Times of records in nanoseconds since the epoch, as texts; those of records of one microsecond follow each other. */
export class NanosecondClock {
  #last = 0;
  #within = 0;

  /** @param created Seconds since the epoch, as records have it. */
  time(created: number): string {
    const seconds = Number.isFinite(created) && created > 0 ? created : Date.now() / 1_000;
    const microseconds = Math.round(seconds * 1e6);
    this.#within = microseconds === this.#last ? Math.min(999, this.#within + 1) : 0;
    this.#last = microseconds;
    return `${microseconds}${String(this.#within).padStart(3, '0')}`;
  }
}
