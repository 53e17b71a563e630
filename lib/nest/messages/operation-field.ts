import { type ContextLevels, type ContextStore, contexts } from '../../context/context-store.js';
import type { Fields } from '../../core/records/log-record.js';
import { brand, branded } from '../../runtime/brand.js';
import { markLogged } from '../work/logged-failures.js';
import type { RunningRequest } from '../work/running-request.js';
import { currentWork, runAs } from '../work/running-work.js';
import type { Answered } from './failure-verdict.js';
import { Operation, type ResolveInfo } from './operation.js';

/** One call of a resolver. */
export class OperationField {
  readonly #failures: unknown[] = [];
  #isResolved = false;

  constructor(
    private readonly operation: Operation,
    private readonly info: ResolveInfo,
    private readonly handler: { readonly controller: string; readonly handler: string },
  ) {}

  /** The HTTP request the operation came with. */
  get request(): RunningRequest | undefined {
    return this.operation.request;
  }

  /** The context it runs in, with the fields of the surrounding context, so that what is bound in it stays. */
  get store(): ContextStore {
    const { store } = this.operation;
    const surrounding = contexts.storage.getStore() ?? store;
    return new SharedStore(surrounding, this, surrounding.levels ?? store.levels);
  }

  /** Resolves the field and reports what it threw. @param inContext Whether filters are to find the field. */
  async resolve(inContext: boolean, resolve: () => Promise<unknown>): Promise<unknown> {
    this.operation.begin(this.info);
    try {
      const value = await (inContext ? runAs(this, this.operation.usesContext, resolve) : resolve());
      // The result of exception filters is the answer, not another failure; a returned Error is a failure.
      this.#resolved(value instanceof Error ? { value } : undefined);
      return value;
    } catch (error) {
      if (this.#failures.length === 0) this.fail(error);
      this.#resolved({ value: error });
      throw error;
    } finally {
      this.operation.end();
    }
  }

  /** Notes something thrown; it is logged after the exception filters have run. */
  fail(thrown: unknown): void {
    markLogged(thrown);
    if (this.#isResolved) this.#log(thrown, undefined);
    else this.#failures.push(thrown);
  }

  #resolved(answer: Answered | undefined): void {
    this.#isResolved = true;
    for (const thrown of this.#failures) this.#log(thrown, answer);
  }

  #log(thrown: unknown, answer: Answered | undefined): void {
    this.operation.fail(thrown, answer, { info: this.info, ...this.handler });
  }
}
brand(OperationField.prototype, 'operation-field');

const isField = branded<OperationField>('operation-field');

/** A context whose fields are those of another. */
class SharedStore implements ContextStore {
  constructor(
    private readonly shared: ContextStore,
    readonly owner: object,
    readonly levels: ContextLevels | undefined,
  ) {}

  get fields(): Fields {
    return this.shared.fields;
  }
  set fields(fields: Fields) {
    this.shared.fields = fields;
  }
}

/** The resolver that is called where this is asked, if any. */
export function currentField(): OperationField | undefined {
  const work = currentWork();
  return isField(work) ? work : undefined;
}
