import { ERROR, INFO, WARNING } from '../../core/levels.js';
import { getLogger } from '../../core/manager.js';
import { className } from '../../core/traceback.js';
import { judgeFailure } from './failure-verdict.js';
import type { Message } from './message.js';

/** Logs the one record of a message, with what was thrown, if anything was. */
export function logMessage(
  message: Message,
  failure: { readonly thrown: unknown } | undefined,
  isCancelled: boolean,
): void {
  const { kind, pattern, fields } = message.description;
  const logger = getLogger(`nest.${kind}`);
  const verdict = failure === undefined ? undefined : judgeFailure(failure.thrown, fields.transport);
  const level = verdict === undefined ? INFO : verdict.isRefusal ? WARNING : ERROR;
  if (!logger.isEnabledFor(level)) return;
  const durationMs = Math.round((performance.now() - message.startedAt) * 1_000) / 1_000;
  const outcome =
    verdict === undefined ? (isCancelled ? 'cancelled' : 'ok') : verdict.isRefusal ? 'refused' : 'failed';
  const extra: Record<string, unknown> = { ...fieldsOf(message), duration_ms: durationMs, outcome };
  if (failure !== undefined) extra.error = kindOf(failure.thrown);
  const args: unknown[] = [
    kind,
    pattern,
    outcome,
    durationMs,
    verdict?.hasTraceback ? { extra, excInfo: failure?.thrown } : { extra },
  ];
  logger.logFrom(logMessage, level, '%s %s %s %.1fms', args);
}

/** Logs what else was thrown while a message was handled: by a second listener, or by a filter. */
export function logOtherFailure(message: Message, thrown: unknown): void {
  const { kind, pattern, fields } = message.description;
  const { isRefusal, hasTraceback } = judgeFailure(thrown, fields.transport);
  const extra = { ...fieldsOf(message), error: kindOf(thrown) };
  const options = hasTraceback ? { extra, excInfo: thrown } : { extra };
  getLogger(`nest.${kind}`).logFrom(logOtherFailure, isRefusal ? WARNING : ERROR, '%s %s failed further', [
    kind,
    pattern,
    options,
  ]);
}

/** Logs a message that nothing handles. */
export function logUnhandled(transport: string, pattern: string): void {
  getLogger('nest.rpc').logFrom(logUnhandled, WARNING, '%s %s unhandled', [
    'rpc',
    pattern,
    { extra: { transport, pattern, outcome: 'unhandled' } },
  ]);
}

/** What a record says of the type of something thrown. */
export function kindOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? className(thrown) : typeof thrown;
}

function fieldsOf({ id, description }: Message): Record<string, unknown> {
  return { ...description.fields, pattern: description.pattern, request_id: id };
}
