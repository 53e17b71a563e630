import { lookForTracing } from '../../context/context-provider.js';
import { type ContextStore, contexts } from '../../context/context-store.js';
import { getLogger } from '../../core/loggers/manager.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { brand, branded } from '../../runtime/brand.js';
import type { HandlerName } from '../work/handler-names.js';
import { levelTokenReader } from '../work/level-token-reader.js';
import { markLogged } from '../work/logged-failures.js';
import { randomUuid } from '../work/random-uuid.js';
import { currentWork, runAs, type Work } from '../work/running-work.js';
import type { Answered } from './failure-verdict.js';
import { logMessage, logOtherFailure, type MessageDescription, type Unanswered } from './message-record.js';

/** Gives messages their ids. */
export interface MessageIds {
  /** The id of a message. @param header Returns a header by its lower-case name. */
  ofMessage(header?: (name: string) => unknown): string;
}

/** A message, a job or an event while it is handled. */
export class Message implements Work {
  readonly startedAt = performance.now();
  readonly id: string;
  readonly store: ContextStore;
  readonly #failures: unknown[] = [];
  #answer: Answered | undefined;
  #isSettled = false;

  constructor(
    public description: MessageDescription,
    private readonly usesContext: boolean,
  ) {
    lookForTracing();
    const sender = description.isLocal === true ? contexts.storage.getStore() : undefined;
    const outer = sender?.fields;
    const given = outer?.request_id;
    this.id = typeof given === 'string' ? given : (description.id ?? randomUuid());
    const levels = sender?.levels ?? (description.header && levelTokenReader.read?.(description.header));
    this.store = { fields: Object.freeze({ ...outer, request_id: this.id }), owner: this, levels };
  }

  /** Whether anything was thrown. */
  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  /** Runs a function in the message's context. */
  run<T>(work: () => T): T {
    return runAs(this, this.usesContext, work);
  }

  /** Notes which handler it came to, where several handle its pattern. */
  reaches(handler: HandlerName): void {
    this.description = { ...this.description, fields: { ...this.description.fields, ...handler } };
  }

  /** Notes something thrown; its record is made when the message is settled. */
  fail(thrown: unknown): void {
    markLogged(thrown);
    if (!this.#failures.includes(thrown)) this.#failures.push(thrown);
  }

  /** Notes the error in the answer: what was thrown, or what a filter made of it. */
  answerWith(error: unknown): void {
    if (!this.hasFailed) this.fail(error);
    this.#answer = { value: error };
  }

  /** Logs the message's record, once; never throws. */
  settle(unanswered?: Unanswered): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    try {
      this.run(() => {
        const [first, ...others] = this.#failures;
        logMessage(this, this.hasFailed ? { thrown: first, answer: this.#answer } : undefined, unanswered);
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
