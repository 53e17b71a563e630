import { type ContextStore, contexts } from '../../context/context-store.js';
import type { Fields } from '../../core/log-record.js';
import { brand, branded } from '../../internal/brand.js';
import type { RequestState } from '../http/request-state.js';
import { currentWork, runAs } from '../running-work.js';
import { markTold } from '../told-failures.js';
import type { ResolveInfo } from './graphql-edge.js';
import type { Operation } from './operation.js';

/** One call of a resolver. */
export class OperationField {
  #hasFailed = false;

  constructor(
    private readonly operation: Operation,
    private readonly info: ResolveInfo,
    private readonly handler: { readonly controller: string; readonly handler: string },
  ) {}

  /** The HTTP request the operation came with. */
  get request(): RequestState | undefined {
    return this.operation.request;
  }

  /** Where it runs: the fields are those of the context around it, so that what is bound in it stays. */
  get store(): ContextStore {
    return new SharedStore(contexts.storage.getStore() ?? this.operation.store, this);
  }

  /** Resolves the field and tells what it threw. @param inContext Whether filters are to find the field. */
  async resolve(inContext: boolean, resolve: () => Promise<unknown>): Promise<unknown> {
    this.operation.begin(this.info);
    try {
      return await (inContext ? runAs(this, this.operation.usesContext, resolve) : resolve());
    } catch (error) {
      // What filters made of a failure is the answer, not a further failure.
      if (!this.#hasFailed) this.fail(error);
      throw error;
    } finally {
      this.operation.end();
    }
  }

  /** Notes something thrown, and logs it. */
  fail(thrown: unknown): void {
    this.#hasFailed = true;
    markTold(thrown);
    this.operation.fail(thrown, { info: this.info, ...this.handler });
  }
}
brand(OperationField.prototype, 'operation-field');

const isField = branded<OperationField>('operation-field');

/** A context whose fields are those of another. */
class SharedStore implements ContextStore {
  constructor(
    private readonly shared: ContextStore,
    readonly owner: object,
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
