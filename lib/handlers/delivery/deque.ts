/** A queue whose two ends are cheap to reach; an array shifts all its members for each one taken from its front. */
export class Deque<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The member at the front, left where it is. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Adds at the back. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes from the front. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Half of the array is used up: copying the other half costs less than was saved so far.
    if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Puts back at the front. */
  unshift(item: T): void {
    if (this.#head === 0) {
      this.#items.unshift(item);
      return;
    }
    this.#head -= 1;
    this.#items[this.#head] = item;
  }
}
