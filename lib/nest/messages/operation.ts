import type { ContextStore } from '../../context/context-store.js';
import { reportLoggingError } from '../../core/diagnostics.js';
import { ERROR, INFO, WARNING } from '../../core/levels.js';
import { getLogger } from '../../core/manager.js';
import { requestIdOf } from '../http/request-id.js';
import type { RequestState } from '../http/request-state.js';
import { runAs } from '../running-work.js';
import { judgeFailure } from './failure-verdict.js';
import type { FieldPath, ResolveInfo } from './graphql-edge.js';
import { kindOf } from './message-record.js';

const MAX_NAME = 128;

/** A field as its records have it. */
export interface FieldDescription {
  readonly info: ResolveInfo;
  readonly controller: string;
  readonly handler: string;
}

/** A GraphQL operation while it is resolved. */
export class Operation {
  readonly store: ContextStore;
  isSettled = false;
  readonly #startedAt = performance.now();
  readonly #id: string;
  readonly #type: string;
  readonly #name: string | null;
  readonly #fields = new Set<string>();
  readonly #failures = new Set<unknown>();
  #endedAt = 0;
  #running = 0;
  #level = INFO;

  constructor(
    { operation }: ResolveInfo,
    /** The HTTP request it came with. */
    readonly request: RequestState | undefined,
    readonly usesContext: boolean,
  ) {
    this.#type = operation.operation;
    this.#name = operation.name?.value.slice(0, MAX_NAME) ?? null;
    this.#id = request?.id ?? requestIdOf({});
    this.store = request?.store ?? { fields: Object.freeze({ request_id: this.#id }), owner: this };
    // An operation is over with its answer: what resolvers give may hold promises that nobody here sees.
    request?.beforeEnd(() => this.#settle());
  }

  /** A field begins to be resolved. */
  begin({ fieldName, path }: ResolveInfo): void {
    this.#running += 1;
    if (path.prev === undefined && this.#fields.size < MAX_NAME) this.#fields.add(fieldName);
  }

  /** A field is resolved. */
  end(): void {
    this.#running -= 1;
    this.#endedAt = performance.now();
    if (this.request === undefined && this.#running === 0) setImmediate(() => this.#settleIfIdle());
  }

  /** Logs what a field threw, once. */
  fail(thrown: unknown, { info, controller, handler }: FieldDescription): void {
    if (this.#failures.has(thrown)) return;
    this.#failures.add(thrown);
    const { isRefusal, hasTraceback } = judgeFailure(thrown);
    const level = isRefusal ? WARNING : ERROR;
    this.#level = Math.max(this.#level, level);
    if (this.request !== undefined) this.request.hasTold = true;
    const path = textOf(info.path);
    const field = `${info.parentType.name}.${info.fieldName}`;
    const extra = { ...this.#about(), field, path, controller, handler, error: kindOf(thrown) };
    getLogger('nest.graphql').logFrom(Operation.prototype.fail, level, '%s %s %s at %s', [
      this.#type,
      this.#name ?? '-',
      isRefusal ? 'refused' : 'failed',
      path,
      hasTraceback ? { extra, excInfo: thrown } : { extra },
    ]);
  }

  #settleIfIdle(): void {
    if (this.#running === 0) runAs(this, this.usesContext, () => this.#settle());
  }

  #settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    try {
      const logger = getLogger('nest.graphql');
      if (!logger.isEnabledFor(this.#level)) return;
      const durationMs = Math.round(((this.#endedAt || performance.now()) - this.#startedAt) * 1_000) / 1_000;
      const outcome = this.#level === ERROR ? 'failed' : this.#level === WARNING ? 'refused' : 'ok';
      const extra = {
        ...this.#about(),
        fields: [...this.#fields],
        duration_ms: durationMs,
        outcome,
        errors: this.#failures.size,
      };
      const args = [this.#type, this.#name ?? '-', outcome, durationMs, { extra }];
      logger.logFrom(Operation.prototype.fail, this.#level, '%s %s %s %.1fms', args);
    } catch (error) {
      reportLoggingError(getLogger('nest.graphql'), undefined, error);
    }
  }

  #about(): Record<string, unknown> {
    return {
      transport: 'graphql',
      operation: this.#name,
      operation_type: this.#type,
      request_id: this.#id,
    };
  }
}

function textOf(path: FieldPath): string {
  const keys: (string | number)[] = [];
  for (let part: FieldPath | undefined = path; part !== undefined; part = part.prev) keys.unshift(part.key);
  return keys.join('.');
}
