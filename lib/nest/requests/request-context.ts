import { type ContextLevels, type ContextStore, mergeFields } from '../../context/context-store.js';
import type { Fields } from '../../core/records/log-record.js';

/** Whose context it is. */
export interface ContextOwner {
  readonly id: string;
  /** Whether the application gives fields for each request. */
  readonly hasContextFields: boolean;
  /** Asks the application for them. Throws nothing. */
  contextFields(): Fields | undefined;
  /** The application has bound another id. */
  rename(id: unknown): void;
}

/**
 * The context of a request. Its fields are made when they are first used. Most requests log only their access record, and
 * freezing an object takes longer than everything else here.
 */
export class RequestContext implements ContextStore {
  #fields: Fields | undefined;
  #isOver = false;
  levels: ContextLevels | undefined = undefined;

  constructor(readonly owner: ContextOwner) {}

  /** Frozen while they are shared; once the request has ended, each reader gets a copy. */
  get fields(): Fields {
    if (this.#fields !== undefined) return this.#fields;
    const { owner } = this;
    const fields = { request_id: owner.id };
    if (this.#isOver && !owner.hasContextFields) return fields;
    // Before the application is called: it may log.
    this.#fields = Object.freeze(fields);
    const given = owner.hasContextFields ? owner.contextFields() : undefined;
    if (given !== undefined) this.fields = mergeFields(this.#fields, given);
    return this.#fields;
  }
  set fields(fields: Fields) {
    this.#fields = fields;
    const { request_id: id } = fields;
    if (id !== undefined && id !== this.owner.id) this.owner.rename(id);
  }

  /** Called when the request is over, before its own records are made. */
  end(): void {
    this.#isOver = true;
  }
}
