/** What is allowed of one kind of record, and what was suppressed. */
export class TokenBucket {
  /** Records suppressed since the last summary. */
  withheld = 0;
  /** How many of these repeated the previous one. */
  repeated = 0;
  /** The last of them. */
  last:
    | { readonly name: string; readonly levelno: number; readonly text: string; readonly at: number }
    | undefined;
  /** The last message that passed, and when, by `performance.now()`. */
  message: string | undefined;
  passedAt = Number.NEGATIVE_INFINITY;
  /** When the first was suppressed. */
  since = 0;

  #tokens: number;
  #filledAt: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    now: number,
  ) {
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** Takes a token if there is one. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#filledAt) / 1_000) * this.rate);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Buckets by key, the most recently used: bounded, because keys come from messages. */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly maxKeys: number,
    private readonly evicted: (bucket: TokenBucket) => void,
  ) {}

  /** The bucket of a key, created if needed; the least recently used one makes room. */
  get(key: string, now: number): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.maxKeys) this.#evict();
      bucket = new TokenBucket(this.rate, this.burst, now);
    } else {
      this.#buckets.delete(key);
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** How many there are. */
  get size(): number {
    return this.#buckets.size;
  }

  /** All of them. */
  all(): Iterable<TokenBucket> {
    return this.#buckets.values();
  }

  #evict(): void {
    for (const [key, bucket] of this.#buckets) {
      this.#buckets.delete(key);
      this.evicted(bucket);
      return;
    }
  }
}
