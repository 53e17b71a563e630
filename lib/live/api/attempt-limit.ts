/** Addresses that are remembered. */
const MAX_KEYS = 1_000;

/** Counts failed attempts by where they come from. */
export class AttemptLimit {
  readonly #counts = new Map<string, { count: number; until: number }>();

  /** @param most Attempts in a window. @param windowMs Milliseconds from the first attempt on. */
  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Notes a failed attempt. */
  count(key: string): void {
    const entry = this.#valid(key);
    if (entry !== undefined) entry.count += 1;
    else {
      // The oldest window is the first to end.
      if (this.#counts.size >= MAX_KEYS) this.#counts.delete(this.#counts.keys().next().value as string);
      this.#counts.set(key, { count: 1, until: this.now() + this.windowMs });
    }
  }

  /** Whether there were too many. */
  isOver(key: string): boolean {
    return (this.#valid(key)?.count ?? 0) >= this.most;
  }

  #valid(key: string): { count: number } | undefined {
    const entry = this.#counts.get(key);
    if (entry === undefined || entry.until > this.now()) return entry;
    this.#counts.delete(key);
    return undefined;
  }
}
