import { Injectable } from '@nestjs/common';

/** One remarkable event, as it is kept. */
export interface AuditEntry {
  readonly at: string;
  readonly level: string;
  readonly event: string;
  readonly order: unknown;
}

/** Stands in for the table or the service where a real application keeps its audit trail. */
@Injectable()
export class AuditTrail {
  readonly #entries: AuditEntry[] = [];

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  /** Adds an entry and forgets the oldest ones beyond `keep`. */
  add(entry: AuditEntry, keep: number): void {
    this.#entries.push(entry);
    if (this.#entries.length > keep) this.#entries.splice(0, this.#entries.length - keep);
  }
}
