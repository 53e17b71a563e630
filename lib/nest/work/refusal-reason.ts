import { escapeControls } from '../../core/formatting/sanitize.js';
import { redactText } from '../../redaction/redact-text.js';
import { cutText } from '../../runtime/cut-text.js';

/** Characters of one reason that are logged, and reasons of one list. */
const MAX_LENGTH = 512;
const MAX_REASONS = 20;
type WithoutQuery = (text: string) => string;

/** The end of V8's message about a string, which it quotes, whole or in part. */
const NOT_JSON = ' is not valid JSON';

/**
 * Adds the field `reason` to those of a record: why a request or a message was refused, by what was thrown. It is the
 * text or the list that was given to the HttpException (that of ValidationPipe, for example) and the `errors` of its answer,
 * with the names of what they are about, else the error's message.
 *
 * Without control characters and without secrets that can be recognised, each text cut to 512 characters and a list to
 * 20. Neither the query of the request nor what a parser quotes of its body is in it. The field is left out where what
 * was thrown has no reason. Throws nothing.
 *
 * @param withoutQuery Takes the query of the request out of a text; a message has none.
 * @returns The reason as a string, for the message of the record.
 */
export function addReason(
  extra: Record<string, unknown>,
  thrown: unknown,
  withoutQuery: WithoutQuery = (text) => text,
): string | undefined {
  const reason = reasonOf(thrown, withoutQuery);
  if (reason === undefined) return undefined;
  extra.reason = reason;
  return typeof reason === 'string' ? reason : cutText(reason.join('; '), MAX_LENGTH, '…');
}

/** The parts of a record that change when a reason is added to the end of its message. */
interface ReasonedCall {
  msg: string;
  readonly args: unknown[];
  readonly extra: Record<string, unknown>;
  summarized: ReadonlySet<string>;
}

/** {@link addReason} for a message, with the reason at the end of the record's own, which then says what was thrown. */
export function endWithReason(call: ReasonedCall, thrown: unknown): void {
  const reason = addReason(call.extra, thrown);
  if (reason === undefined) return;
  call.msg += ': %s';
  call.args.push(reason);
  call.summarized = new Set([...call.summarized, 'error', 'reason']);
}

function reasonOf(thrown: unknown, withoutQuery: WithoutQuery): string | readonly string[] | undefined {
  try {
    const given = givenReason(thrown);
    if (typeof given === 'string') return given === '' ? undefined : clean(given, withoutQuery);
    const texts = given.slice(0, MAX_REASONS).flatMap((one) => textsOf(one, 0));
    return texts.length === 0
      ? undefined
      : texts.slice(0, MAX_REASONS).map((text) => clean(text, withoutQuery));
  } catch {
    return undefined;
  }
}

/**
 * The cause of the exception that refused a request. An error that Nest only turned into an HttpException with the same
 * text, as it does with those of body parsers and routers, is no cause. Throws nothing.
 */
export function causeOfRefusal(thrown: unknown): unknown {
  try {
    const { cause, message } = (thrown ?? {}) as { cause?: unknown; message?: unknown };
    if (typeof cause !== 'object' || cause === null) return cause ?? undefined;
    const original = cause as { message?: unknown; status?: unknown; statusCode?: unknown };
    const status = Number(original.statusCode ?? original.status);
    return status >= 400 && status < 500 && original.message === message ? undefined : cause;
  } catch {
    return undefined;
  }
}

function givenReason(thrown: unknown): string | readonly unknown[] {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown !== 'object' || thrown === null) return '';
  const { getResponse, message } = thrown as { getResponse?: unknown; message?: unknown };
  const response = typeof getResponse === 'function' ? (getResponse.call(thrown) as unknown) : undefined;
  const isObject = typeof response === 'object' && response !== null && !Array.isArray(response);
  const { message: own, errors } = (isObject ? response : {}) as { message?: unknown; errors?: unknown };
  const given = isObject ? own : response;
  if (Array.isArray(given)) return given;
  const listed = namedReasons(errors);
  if (typeof given === 'string') return listed.length > 0 && given !== '' ? [given, ...listed] : given;
  // Then Nest's message is only the name of the class.
  if (listed.length > 0) return listed;
  return typeof message === 'string' ? message : '';
}

/** `{ email: 'is taken', roles: ['unknown'] }` as `email: is taken`, `roles: unknown`; of a list its elements. */
function namedReasons(errors: unknown): readonly unknown[] {
  if (Array.isArray(errors)) return errors.slice(0, MAX_REASONS).flatMap((one) => textsOf(one, 0));
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.entries(errors)
    .slice(0, MAX_REASONS)
    .flatMap(([name, one]) => {
      const texts = (Array.isArray(one) ? one.slice(0, MAX_REASONS) : [one]).flatMap((each) =>
        textsOf(each, 0),
      );
      return texts.map((text) => named(name, text));
    });
}

/** Messages of class-validator begin with the name; `password: password …` would look like a secret. */
function named(name: string, text: string): string {
  return text.startsWith(name) ? text : `${cutText(name, MAX_LENGTH)}: ${text}`;
}

/** The path of an issue of zod, and of schemas like it: the names of properties, from the outermost inwards. */
function nameOf(path: unknown): string {
  if (!Array.isArray(path)) return '';
  const names = path
    .slice(0, MAX_REASONS)
    .map((key) => (typeof key === 'object' && key !== null ? '' : String(key)));
  return names.filter((name) => name !== '').join('.');
}

/** An earlier version of zod quotes the value in this one message alone. */
function withoutReceived(message: string, code: unknown): string {
  return code === 'invalid_enum_value' ? message.replace(/, received .*$/s, '') : message;
}

/** Of an element of a list: a string, or an object of class-validator with its constraints. Values are not read. */
function textsOf(element: unknown, depth: number): string[] {
  if (typeof element === 'string') return [element];
  if (typeof element !== 'object' || element === null || depth > 3) return [];
  const { message, path, code, constraints, children } = element as {
    message?: unknown;
    path?: unknown;
    code?: unknown;
    constraints?: unknown;
    children?: unknown;
  };
  if (typeof message === 'string') return [named(nameOf(path), withoutReceived(message, code))];
  const own = typeof constraints === 'object' && constraints !== null ? Object.values(constraints) : [];
  const inner = Array.isArray(children) ? children.slice(0, MAX_REASONS) : [];
  return [
    ...own.filter((text) => typeof text === 'string'),
    ...inner.flatMap((child) => textsOf(child, depth + 1)),
  ];
}

function clean(text: string, withoutQuery: WithoutQuery): string {
  const short = withoutBody(cutText(text, MAX_LENGTH * 8));
  const harmless = escapeControls(redactText(withoutQuery(short)), true);
  return cutText(harmless, MAX_LENGTH, '…');
}

/** Removes the body that a parser quotes. Not by one expression, which would take seconds for a string full of quotes. */
function withoutBody(text: string): string {
  const end = text.lastIndexOf(NOT_JSON);
  const start = text.indexOf('"');
  if (start < 0 || end <= start || !/"(?:\.{3})?$/.test(text.slice(start + 1, end))) return text;
  return `${text.slice(0, start).replace(/\.{3}$/, '')}the body${text.slice(end)}`;
}
