import { StringDecoder } from 'node:string_decoder';
import { readLine } from './lines.mjs';

/**
 * Looks at everything that came out and says what became of each record: the one judge of all scenarios.
 *
 * Knows nothing of the library. What was issued and what was promised it learns from the {@link Ledger}s.
 */
export class Oracle {
  /** Lines that are not whole. */
  torn = 0;
  /** The first of them, for the report. */
  firstTorn;
  /** Whole lines, so many times each, by writer. @type {Map<number, Uint8Array>} */
  #seen = new Map();
  #delivered = 0;
  #doubled = 0;
  #mayDouble;

  /** @param options `mayDouble`: where a handler promises no more than at-least-once. */
  constructor({ mayDouble = false } = {}) {
    this.#mayDouble = mayDouble;
  }

  /** Takes all of a file. */
  read(text) {
    if (text === '') return;
    const lines = text.split('\n');
    // Every record ends its line.
    if (lines.pop() !== '') this.#tear(text.slice(-200));
    for (const line of lines) this.readLine(line);
  }

  /** A reader for what comes in pieces; `end` says whether the last line was whole. */
  reader() {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    return {
      read: (chunk) => {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop();
        for (const line of lines) this.readLine(line);
      },
      end: () => {
        if (rest !== '') this.#tear(rest);
        rest = '';
      },
    };
  }

  readLine(line) {
    const found = readLine(line);
    if (found === undefined) return this.#tear(line);
    const { writer, number } = found;
    let seen = this.#seen.get(writer);
    if (seen === undefined || number >= seen.length) {
      const grown = new Uint8Array(Math.max(1 << 14, 2 * number));
      if (seen !== undefined) grown.set(seen);
      this.#seen.set(writer, grown);
      seen = grown;
    }
    if (seen[number] > 0) this.#doubled += 1;
    else this.#delivered += 1;
    seen[number] = Math.min(255, seen[number] + 1);
  }

  has(writer, number) {
    return (this.#seen.get(writer)?.[number] ?? 0) > 0;
  }

  #tear(line) {
    this.torn += 1;
    this.firstTorn ??= line.slice(0, 160);
  }

  /**
   * @param {readonly import('./ledger.mjs').Ledger[]} ledgers
   * @param {(ledger) => number} promised How many of a writer's records, from the first on, had to come out.
   */
  judge(ledgers, promised = (ledger) => ledger.promised) {
    const known = new Map(ledgers.map((ledger) => [ledger.writer, ledger]));
    let [lost, forged, wasPromised, issued] = [0, 0, 0, 0];
    let firstLost;
    for (const ledger of ledgers) {
      const count = promised(ledger);
      issued += ledger.issued;
      wasPromised += count;
      for (let number = 0; number < count; number++) {
        if (this.has(ledger.writer, number)) continue;
        lost += 1;
        firstLost ??= `${ledger.writer}.${number}`;
      }
    }
    for (const [writer, seen] of this.#seen) {
      const end = known.get(writer)?.issued ?? 0;
      for (let number = end; number < seen.length; number++) if (seen[number] > 0) forged += 1;
    }
    const problems = [];
    if (lost > 0) problems.push(`${lost} of ${wasPromised} promised records lost, the first ${firstLost}`);
    if (this.torn > 0) problems.push(`${this.torn} torn lines, the first ${JSON.stringify(this.firstTorn)}`);
    if (forged > 0) problems.push(`${forged} forged records`);
    if (this.#doubled > 0 && !this.#mayDouble) problems.push(`${this.#doubled} records twice`);
    for (const ledger of ledgers) problems.push(...ledger.problems());
    return {
      issued,
      promised: wasPromised,
      delivered: this.#delivered,
      lost,
      torn: this.torn,
      forged,
      doubled: this.#doubled,
      thrown: ledgers.reduce((sum, { thrown }) => sum + thrown.length, 0),
      problems,
    };
  }
}
