import { lookForTracing } from '../../context/context-provider.js';
import { type ContextStore, contexts } from '../../context/context-store.js';
import { reportLoggingError } from '../../core/diagnostics.js';
import type { Fields } from '../../core/log-record.js';
import { getLogger } from '../../core/manager.js';
import { brand, branded } from '../../internal/brand.js';
import { type RequestHeaders, requestIdOf } from '../http/request-id.js';
import { currentWork, runAs, type Work } from '../running-work.js';
import { markTold } from '../told-failures.js';
import { logMessage, logOtherFailure } from './message-record.js';

/** The ways by which messages come, beside HTTP: each has a logger of its own, `nest.<kind>`. */
export type MessageKind = 'rpc' | 'ws' | 'schedule' | 'event';

/** What is known of a message when it comes. */
export interface MessageDescription {
  readonly kind: MessageKind;
  /** The pattern that matched, or the name of what runs. */
  readonly pattern: string;
  /** Further fields of its record. */
  readonly fields: Fields;
  /** What the transport tells of the message, the same object for everyone who gets it. */
  readonly source?: unknown;
  /** What came with the message, and may have its id. */
  readonly headers?: RequestHeaders | undefined;
  /** Whether it was sent by what is running here, and so shares its context. */
  readonly isLocal?: boolean;
}

/** A message, a job or an event while it is handled. */
export class Message implements Work {
  readonly startedAt = performance.now();
  readonly id: string;
  readonly store: ContextStore;
  readonly #failures: unknown[] = [];
  #isSettled = false;

  constructor(
    readonly description: MessageDescription,
    private readonly usesContext: boolean,
  ) {
    lookForTracing();
    const outer = description.isLocal === true ? contexts.storage.getStore()?.fields : undefined;
    const given = outer?.request_id;
    this.id = typeof given === 'string' ? given : requestIdOf(description.headers ?? {});
    this.store = { fields: Object.freeze({ ...outer, request_id: this.id }), owner: this };
  }

  /** Whether anything was thrown. */
  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  /** Runs a function in the message's context. */
  run<T>(work: () => T): T {
    return runAs(this, this.usesContext, work);
  }

  /** Notes something thrown; its record is made when the message is settled. */
  fail(thrown: unknown): void {
    markTold(thrown);
    if (!this.#failures.includes(thrown)) this.#failures.push(thrown);
  }

  /** Makes the message's one record, once; never throws. @param isCancelled Nobody waits for the rest of the answer. */
  settle(isCancelled = false): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    try {
      this.run(() => {
        const [first, ...others] = this.#failures;
        logMessage(this, this.hasFailed ? { thrown: first } : undefined, isCancelled);
        for (const thrown of others) logOtherFailure(this, thrown);
      });
    } catch (error) {
      reportLoggingError(getLogger(`nest.${this.description.kind}`), undefined, error);
    }
  }
}
brand(Message.prototype, 'message');

const isMessage = branded<Message>('message');

/** The message that is being handled where this is called, if any. */
export function currentMessage(): Message | undefined {
  const work = currentWork();
  return isMessage(work) ? work : undefined;
}
