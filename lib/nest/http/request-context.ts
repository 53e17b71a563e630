import type { ContextStore } from '../../context/context-store.js';
import type { Fields } from '../../core/log-record.js';

/**
 * The context of a request. Its fields are made when somebody first asks for them: most requests log nothing but their
 * access record, and to freeze an object takes longer than to make all of the rest.
 */
export class RequestContext implements ContextStore {
  #fields: Fields | undefined;
  #isOver = false;

  constructor(readonly owner: { readonly id: string }) {}

  /** Frozen while they are shared; once the request is over, whoever asks gets fields of its own. */
  get fields(): Fields {
    if (this.#fields !== undefined) return this.#fields;
    const fields = { request_id: this.owner.id };
    if (this.#isOver) return fields;
    this.#fields = Object.freeze(fields);
    return fields;
  }
  set fields(fields: Fields) {
    this.#fields = fields;
  }

  /** To be called when the request is over, before its own records are made. */
  end(): void {
    this.#isOver = true;
  }
}
