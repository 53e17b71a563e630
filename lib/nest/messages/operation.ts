import type { ContextStore } from '../../context/context-store.js';
import { ERROR, INFO, WARNING } from '../../core/levels.js';
import { getLogger } from '../../core/loggers/manager.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { cutText } from '../../runtime/cut-text.js';
import { roundedMs } from '../../runtime/units.js';
import { referenceTo } from '../work/failure-traceback.js';
import { randomUuid } from '../work/random-uuid.js';
import { endWithReason } from '../work/refusal-reason.js';
import type { RunningRequest } from '../work/running-request.js';
import { runAs } from '../work/running-work.js';
import { errorName } from '../work/thrown-status.js';
import { type Answered, judgeAnswered } from './failure-verdict.js';

/** The part of GraphQL's resolve info that is used. */
export interface ResolveInfo {
  readonly fieldName: string;
  readonly parentType: { readonly name: string };
  readonly path: FieldPath;
  readonly operation: { readonly operation: string; readonly name?: { readonly value: string } | undefined };
}

/** The way to a field, from the innermost outwards. */
export interface FieldPath {
  readonly key: string | number;
  readonly prev: FieldPath | undefined;
}

const MAX_NAME = 128;
/** What the message of a record sums up. */
const SUMMARIZED: ReadonlySet<string> = new Set([
  'operation',
  'operation_type',
  'path',
  'outcome',
  'duration_ms',
]);

/** A field as shown in its records. */
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
  readonly #roots = new Set<string | number>();
  readonly #failures = new Set<unknown>();
  #endedAt = 0;
  #running = 0;
  #level = INFO;

  constructor(
    { operation }: ResolveInfo,
    /** The HTTP request it came with. */
    readonly request: RunningRequest | undefined,
    readonly usesContext: boolean,
  ) {
    this.#type = operation.operation;
    this.#name = operation.name === undefined ? null : cutText(operation.name.value, MAX_NAME);
    this.#id = request?.id ?? randomUuid();
    this.store = request?.store ?? { fields: Object.freeze({ request_id: this.#id }), owner: this };
    // An operation ends with its answer: results of resolvers may contain promises that are not visible here.
    request?.beforeEnd(() => this.#settle());
  }

  /** A field begins to be resolved. */
  begin({ fieldName, path }: ResolveInfo): void {
    this.#running += 1;
    if (path.prev !== undefined) return;
    if (this.#fields.size < MAX_NAME) this.#fields.add(fieldName);
    if (this.#roots.size < MAX_NAME) this.#roots.add(path.key);
  }

  /** Whether a field at the root has begun before; an operation has each of them once. */
  hasBegun({ path }: ResolveInfo): boolean {
    return path.prev === undefined && this.#roots.has(path.key);
  }

  /** A field is resolved. */
  end(): void {
    this.#running -= 1;
    this.#endedAt = performance.now();
    if (this.request === undefined && this.#running === 0) setImmediate(() => this.#settleIfIdle());
  }

  /** Logs what a field threw, once. */
  fail(thrown: unknown, answer: Answered | undefined, { info, controller, handler }: FieldDescription): void {
    if (this.#failures.has(thrown)) return;
    this.#failures.add(thrown);
    const { isRefusal, hasTraceback } = judgeAnswered(thrown, answer);
    const level = isRefusal ? WARNING : ERROR;
    this.#level = Math.max(this.#level, level);
    if (this.request !== undefined) this.request.hasFailureRecord = true;
    const path = textOf(info.path);
    const field = `${info.parentType.name}.${info.fieldName}`;
    const extra = { ...this.#about(), field, path, controller, handler, error: errorName(thrown) };
    const logger = getLogger('nest.graphql');
    const excInfo = hasTraceback ? thrown : undefined;
    const call = {
      msg: '%s %s %s at %s',
      args: [this.#type, this.#name ?? '-', isRefusal ? 'refused' : 'failed', path],
      extra,
      summarized: SUMMARIZED,
      excInfo,
      excText: referenceTo(excInfo, logger, level, this.#startedAt),
    };
    if (isRefusal) endWithReason(call, thrown);
    logger.logRead(Operation.prototype.fail, level, call);
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
      const durationMs = roundedMs((this.#endedAt || performance.now()) - this.#startedAt);
      const outcome = this.#level === ERROR ? 'failed' : this.#level === WARNING ? 'refused' : 'ok';
      const extra = {
        ...this.#about(),
        fields: [...this.#fields],
        duration_ms: durationMs,
        outcome,
        errors: this.#failures.size,
      };
      const args = [this.#type, this.#name ?? '-', outcome, durationMs];
      logger.logRead(Operation.prototype.fail, this.#level, {
        msg: '%s %s %s %.1fms',
        args,
        extra,
        summarized: SUMMARIZED,
      });
    } catch (error) {
      reportLoggingError(getLogger('nest.graphql'), undefined, error);
    }
  }

  #about(): Record<string, unknown> {
    return {
      transport: 'graphql',
      operation: this.#name,
      operation_type: this.#type,
      request_id: this.request?.id ?? this.store.fields.request_id ?? this.#id,
    };
  }
}

function textOf(path: FieldPath): string {
  const keys: (string | number)[] = [];
  for (let part: FieldPath | undefined = path; part !== undefined; part = part.prev) keys.unshift(part.key);
  return keys.join('.');
}
