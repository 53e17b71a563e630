/**
 * What a program under test says about itself, kept in another process: over a pipe, at once, so that it is known
 * whatever becomes of the program.
 *
 * One note a line: `i` a record is about to be issued, `p` so many are promised (all of them from the first on),
 * `x` the log call threw, `u` an uncaught exception, `s` the handler's statistics, `m` memory in bytes,
 * `r` a fault ended and this many milliseconds later everything was out, `n` anything else.
 */
export class Ledger {
  issued = 0;
  promised = 0;
  /** What log calls threw. @type {string[]} */
  thrown = [];
  /** @type {string[]} */
  uncaught = [];
  /** Each with `emitted`, `delivered`, `queued`, `dropped`. */
  stats = [];
  /** The most memory seen, in bytes. */
  peak = 0;
  /** The least, before the work began. */
  baseline = 0;
  /** The slowest recovery, in milliseconds. */
  recoveryMs = 0;
  recoveries = 0;
  /** @type {string[]} */
  notes = [];
  #listeners = [];

  constructor(
    /** Which writer's. */
    writer = 0,
  ) {
    this.writer = writer;
  }

  /** Takes notes from a stream until it ends. */
  follow(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) this.#note(line[0], line.slice(1));
    });
    stream.on('error', () => {});
    return this;
  }

  /** Resolves at the first note `n` that starts with `text`. */
  note(text) {
    const found = this.notes.find((note) => note.startsWith(text));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#listeners.push({ text, resolve }));
  }

  #note(kind, text) {
    if (kind === 'i') this.issued = Math.max(this.issued, Number(text) + 1);
    else if (kind === 'p') this.promised = Math.max(this.promised, Number(text));
    else if (kind === 'x') this.thrown.push(text);
    else if (kind === 'u') this.uncaught.push(text);
    else if (kind === 's') this.stats.push(JSON.parse(text));
    else if (kind === 'm') this.#memory(Number(text));
    else if (kind === 'r') {
      this.recoveries += 1;
      this.recoveryMs = Math.max(this.recoveryMs, Number(text));
    } else this.#other(text);
  }

  #memory(bytes) {
    if (this.baseline === 0) this.baseline = bytes;
    this.peak = Math.max(this.peak, bytes);
  }

  #other(text) {
    this.notes.push(text);
    for (const { resolve } of this.#listeners.filter(({ text: start }) => text.startsWith(start)))
      resolve(text);
    this.#listeners = this.#listeners.filter(({ text: start }) => !text.startsWith(start));
  }

  /** What must not be in any ledger. */
  problems() {
    const problems = [];
    if (this.thrown.length > 0)
      problems.push(`the log call threw ${this.thrown.length} times: ${this.thrown[0]}`);
    if (this.uncaught.length > 0) problems.push(`uncaught: ${this.uncaught[0]}`);
    for (const stats of this.stats) {
      const { emitted, delivered, queued, dropped, filtered = 0, spooled = 0 } = stats;
      if (emitted !== delivered + queued + dropped + filtered + spooled)
        problems.push(`the account is wrong: ${JSON.stringify(stats)}`);
    }
    if (this.recoveryMs > 5_000)
      problems.push(`${this.recoveryMs} ms from the end of a fault to a fresh record`);
    return problems;
  }
}
