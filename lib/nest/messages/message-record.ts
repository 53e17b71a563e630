import type { ContextStore } from '../../context/context-store.js';
import { ERROR, INFO, WARNING } from '../../core/levels.js';
import { getLogger } from '../../core/loggers/manager.js';
import type { Fields } from '../../core/records/log-record.js';
import { roundedMs } from '../../runtime/units.js';
import { referenceTo } from '../work/failure-traceback.js';
import { endWithReason } from '../work/refusal-reason.js';
import { errorName } from '../work/thrown-status.js';
import { type Answered, judgeAnswered, judgeFailure } from './failure-verdict.js';

/** The kinds of messages, besides HTTP: each has a logger of its own, `nest.<kind>`. */
export type MessageKind = 'rpc' | 'ws' | 'schedule' | 'event' | 'bullmq';

/** What is known about a message when it arrives. */
export interface MessageDescription {
  readonly kind: MessageKind;
  /** The pattern that matched, or the name of what runs. */
  readonly pattern: string;
  /** More fields of its record. */
  readonly fields: Fields;
  /** The transport's context of the message, the same object for all its receivers. */
  readonly source?: unknown;
  /** The id that came with the message, or was made for it. */
  readonly id?: string | undefined;
  /** Finds a header of the message by its lower-case name, where its transport has headers. */
  readonly header?: ((name: string) => string | undefined) | undefined;
  /** Whether it was sent by the running work, and so shares its context. */
  readonly isLocal?: boolean;
  /** Whether what was thrown only says that the message is to be handled later. */
  readonly isPostponed?: (thrown: unknown) => boolean;
}

/** Why a message without a failure has no complete answer: nobody waits for the rest, or it is handled later. */
export type Unanswered = 'cancelled' | 'postponed';

/** A message as shown in its records. */
export interface LoggedMessage {
  readonly id: string;
  readonly store: ContextStore;
  readonly description: MessageDescription;
  readonly startedAt: number;
}

/** What the message of a record sums up. */
const SUMMARIZED: ReadonlySet<string> = new Set(['pattern', 'outcome', 'duration_ms']);

/** Logs the one record of a message, with what was thrown, if anything was. */
export function logMessage(
  message: LoggedMessage,
  failure: { readonly thrown: unknown; readonly answer: Answered | undefined } | undefined,
  unanswered: Unanswered | undefined,
): void {
  const { kind, pattern, fields } = message.description;
  const logger = getLogger(`nest.${kind}`);
  const verdict = failure && judgeAnswered(failure.thrown, failure.answer, fields.transport);
  const level = verdict === undefined ? INFO : verdict.isRefusal ? WARNING : ERROR;
  if (!logger.isEnabledFor(level)) return;
  const durationMs = roundedMs(performance.now() - message.startedAt);
  const outcome = verdict === undefined ? (unanswered ?? 'ok') : verdict.isRefusal ? 'refused' : 'failed';
  const extra: Record<string, unknown> = { ...fieldsOf(message), duration_ms: durationMs, outcome };
  if (failure !== undefined) extra.error = errorName(failure.thrown);
  const args = [kind, pattern, outcome, durationMs];
  const excInfo = verdict?.hasTraceback ? failure?.thrown : undefined;
  const excText = referenceTo(excInfo, logger, level, message.startedAt);
  const call = { msg: '%s %s %s %.1fms', args, extra, summarized: SUMMARIZED, excInfo, excText };
  if (verdict?.isRefusal) endWithReason(call, failure?.thrown);
  logger.logRead(logMessage, level, call);
}

/** Logs further errors while a message was handled: by a second listener, or by a filter. */
export function logOtherFailure(message: LoggedMessage, thrown: unknown): void {
  const { kind, pattern, fields } = message.description;
  const { isRefusal, hasTraceback } = judgeFailure(thrown, fields.transport);
  const extra: Record<string, unknown> = { ...fieldsOf(message), error: errorName(thrown) };
  const logger = getLogger(`nest.${kind}`);
  const level = isRefusal ? WARNING : ERROR;
  const excInfo = hasTraceback ? thrown : undefined;
  const excText = referenceTo(excInfo, logger, level, message.startedAt);
  const args = [kind, pattern];
  const call = { msg: '%s %s failed further', args, extra, summarized: SUMMARIZED, excInfo, excText };
  if (isRefusal) endWithReason(call, thrown);
  logger.logRead(logOtherFailure, level, call);
}

/** Logs a message that nothing handles. */
export function logUnhandled(transport: string, pattern: string): void {
  getLogger('nest.rpc').logRead(logUnhandled, WARNING, {
    msg: '%s %s unhandled',
    args: ['rpc', pattern],
    extra: { transport, pattern, outcome: 'unhandled' },
    summarized: SUMMARIZED,
  });
}

function fieldsOf({ id, store, description }: LoggedMessage): Record<string, unknown> {
  // What the application has bound instead is on all other records.
  const request_id = store.fields.request_id ?? id;
  return { ...description.fields, pattern: description.pattern, request_id };
}
